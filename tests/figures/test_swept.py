"""Figures of a sweep: bands, odds and tornado, from its own draws alone."""

import numpy as np
import pytest

import buildout as bo
from buildout import figures
from buildout.cli.main import main
from buildout.errors import ResultsError, UnknownNameError
from buildout.figures import SWEPT_GALLERY
from buildout.figures.tidy import pick

DRAWS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("swept")
    bo.sweep(
        bo.latin_hypercube(DRAWS, seed=3, vary=["addressable embedded share", "ramp*", "luck"]),
        ["status-quo", "mobilization"],
        outputs=["defense coverage", "US magnet output total"],
        reductions=bo.At([2027.0, 2035.0]),
        out=place,
    )
    return place


@pytest.fixture(scope="module")
def swept(folder):
    return bo.load_sweep(folder)


@pytest.mark.quick_for("slide")
@pytest.mark.parametrize("page", ["slide", "column", "phone"])
@pytest.mark.parametrize("drawing", SWEPT_GALLERY, ids=lambda drawing: drawing.name)
def test_no_word_of_a_sweeps_figure_is_cut_off_or_written_over_another(check, drawing, page, swept):
    check(drawing.name, drawing.draw(swept, page=page))


def test_the_bands_are_quantiles_of_the_draws(swept):
    row = pick(figures.sweep_bands_data(swept), outcome="US magnet output total", year=2035.0)
    drawn = swept["us_magnet_output_total"].sel(year=2035.0)
    for path in swept["pathway"].values:
        own = pick(row, pathway=path).iloc[0]
        assert own["p95"] == pytest.approx(np.quantile(drawn.sel(pathway=path), 0.95))


def test_the_odds_are_shares_of_the_draws(swept):
    table = figures.sweep_odds_data(swept)
    met = (swept["defense_coverage"].sel(year=2027.0) >= 1).mean("draw")
    for row in pick(table, year=2027.0).itertuples():
        share = met.sel(pathway=row.pathway, magnet_class=row.magnet_class)
        assert row.value == pytest.approx(100 * float(share))
        assert row.low <= row.value <= row.high


def test_the_tornado_finds_what_an_outcome_was_made_of(swept):
    made = swept.copy()
    names = [str(name) for name in made["parameter"].values]
    place = names.index("addressable embedded share")
    values = made["drawn"].values[:, place]
    made["us_magnet_output_total"] = made["us_magnet_output_total"].copy(
        data=np.broadcast_to(values[None, :, None], made["us_magnet_output_total"].shape).copy()
    )
    table = figures.sweep_tornado_data(made)
    first = table.iloc[0]
    assert first["parameter"] == "addressable embedded share"
    assert first["low"] < -first["chance"] < first["chance"] < first["high"]
    assert (table["parameter"] != "luck of regime").all()


def test_a_figure_of_a_run_is_none_of_a_sweep_and_the_other_way_round(swept, three):
    with pytest.raises(UnknownNameError, match="figure of a sweep `deadline_card`"):
        figures.paint(swept, figures=["deadline_card"])
    with pytest.raises(UnknownNameError, match="figure `sweep_odds`"):
        figures.paint(three, figures=["sweep_odds"])
    with pytest.raises(ResultsError, match="These results are no sweep"):
        figures.sweep_odds(three)


def test_a_sweep_without_dates_or_coverage_says_how_to_get_them(swept):
    with pytest.raises(ResultsError, match="Sweep anew with `--at`"):
        figures.sweep_bands(swept.isel(year=0))
    with pytest.raises(ResultsError, match="Sweep without `--outputs`"):
        figures.sweep_odds(swept.drop_vars("defense_coverage"))


def test_the_command_draws_a_folder_of_a_sweep_at_several_sizes(folder, tmp_path, capsys):
    """W19: figures of a sweep asked to simulate past 2027.0."""
    words = ["figures", "sweep_tornado", "--from", folder, "--size", "slide,phone"]
    words += ["--format", "svg,png", "--out", tmp_path / "out"]
    assert main([str(word) for word in words]) == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    pictures = {f"sweep_tornado{page}.{kind}" for page in ("", "-phone") for kind in ("svg", "png")}
    assert names == pictures | {"sweep_tornado.csv", "README.md", "manifest.json"}
    assert main(["report", "--from", str(folder), "--out", str(tmp_path / "report")]) == 2
    assert "holds a sweep. A report shows runs" in capsys.readouterr().err
    assert main(["figures", "--from", str(folder), "--draws", "9", "--out", str(tmp_path)]) == 2
    assert "the sweep has its own" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--size", "a4"], "`a4` is none. Accepted: slide, column, phone"),
        (["--format", "png,gif"], "`gif` is none. Accepted: png, svg, pdf"),
    ],
)
def test_what_is_no_size_or_format_is_refused(words, said, capsys):
    with pytest.raises(SystemExit):
        main(["figures", *words])
    assert said in capsys.readouterr().err


def test_a_mistyped_figure_gets_the_nearest(tmp_path, capsys):
    assert main(["figures", "deadline_cart", "--out", str(tmp_path)]) == 2
    assert "Unknown figure or pathway `deadline_cart`. Nearest: `deadline_card`" in (
        capsys.readouterr().err
    )

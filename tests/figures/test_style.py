"""Pathways are told apart by the colour-blind and in grey; equal results give equal pictures."""

import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from buildout import figures
from buildout.errors import InputError
from buildout.figures import FORMATS, looks, render
from buildout.figures.constraints import CAUSES
from buildout.figures.labels import apart

CANONICAL = ("status-quo", "mobilization", "china-deal")
# Machado, Oliveira and Fernandes (2009), IEEE TVCG 15(6), table 1, severity 1.0; on linear RGB.
BLIND = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)  # sRGB, D65 (IEC 61966-2-1)
WHITE = np.array([0.9505, 1.0, 1.089])


def linear(color):
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB of linear RGB (CIE 15:2004)."""
    ratio = XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", ["full", *BLIND])
def test_canonical_pathways_differ_in_colour_for_every_sight(sight):
    matrix = np.eye(3) if sight == "full" else np.array(BLIND[sight])
    colors = [lab(matrix @ linear(looks.LOOKS[name].color)) for name in CANONICAL]
    for one, other in itertools.combinations(colors, 2):
        # A difference of 2.3 is just noticeable (Mahy et al. 1994); lines are thin: ten times it.
        assert np.linalg.norm(one - other) > 23


def test_canonical_pathways_differ_in_grey():
    shades = sorted(lab(linear(looks.LOOKS[name].color))[0] for name in CANONICAL)
    assert np.diff(shades).min() > 12


def test_no_two_pathways_share_colour_line_or_marker():
    every = [*looks.LOOKS.values(), *looks.SPARE]
    for feature in ("color", "marker"):
        assert len({getattr(look, feature) for look in every}) == len(every)
    assert len({str(look.line) for look in looks.SPARE}) == len(looks.SPARE)
    drawn = {str(looks.LOOKS[name].line) for name in CANONICAL}
    assert len(drawn) == len(CANONICAL)


@pytest.mark.parametrize("sight", ["full", *BLIND])
def test_own_pathways_differ_in_colour_for_every_sight_and_in_grey(sight):
    matrix = np.eye(3) if sight == "full" else np.array(BLIND[sight])
    colors = [lab(matrix @ linear(look.color)) for look in looks.SPARE]
    for one, other in itertools.combinations(colors, 2):
        assert np.linalg.norm(one - other) > 23
    greys = sorted(lab(linear(look.color))[0] for look in looks.SPARE)
    assert np.diff(greys).min() > 5


@pytest.mark.parametrize("sight", ["full", *BLIND])
def test_plain_constraints_differ_in_colour_for_every_sight_and_in_grey(sight):
    matrix = np.eye(3) if sight == "full" else np.array(BLIND[sight])
    plain = [cause.face for cause in CAUSES.values() if not cause.hatch]
    for one, other in itertools.combinations(plain, 2):
        assert np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other))) > 23
    assert np.diff(sorted(lab(linear(face))[0] for face in plain)).min() > 10


def test_hatched_constraints_have_each_a_hatching_of_its_own():
    hatches = [cause.hatch for cause in CAUSES.values() if cause.hatch]
    assert len(set(hatches)) == len(hatches) == 4


def test_a_pathway_keeps_its_look_whatever_is_drawn_beside_it():
    alone = looks.looks(["china-deal"])["china-deal"]
    among = looks.looks(["mine", "other", "china-deal"])
    assert among["china-deal"] == alone
    assert among["mine"] != among["other"]


@pytest.mark.quick_for("svg")
@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_results_give_the_same_bytes(kind, three):
    first, second = (render(figures.deadline_card(three), kind) for _ in range(2))
    assert first == second
    for dated in (b"dc:date", b"CreationDate"):
        assert dated not in first


@pytest.mark.slow
def test_a_figure_looks_the_same_whatever_the_user_has_set(three):
    plain = render(figures.prices(three))
    with matplotlib.rc_context({"font.size": 20, "lines.linewidth": 9, "axes.grid": False}):
        assert render(figures.prices(three)) == plain


def test_another_format_is_refused(three):
    with pytest.raises(InputError, match="Accepted: png, svg, pdf"):
        render(figures.prices(three), "bmp")


def test_names_at_the_ends_of_curves_keep_their_distance_and_their_order():
    places = [0.5, 0.51, 0.02, 0.98, 0.5]
    moved = apart(places, 0.1)
    assert np.diff(sorted(moved)).min() >= 0.1 - 1e-12
    assert min(moved) >= 0.05 - 1e-12
    assert max(moved) <= 0.95 + 1e-12
    assert np.argmin(moved) == 2
    assert np.argmax(moved) == 3

"""What `frontier` says, as rows of tables, as sentences and as pathway files."""

import json
from typing import Any

import numpy as np
import xarray as xr

from buildout._util.numbers import number, three_digits
from buildout.analysis.dial_space import GROUND
from buildout.analysis.front import ABOUT_THE_SAME, DATE, MONEY, UNMET
from buildout.inputs.pathway_text import pathway_text
from buildout.inputs.settings import Setting
from buildout.outcomes.odds import BAND

#: Columns that stand for the outcomes, in their order.
OUTCOME_COLUMNS = ("half_home", "public_money", "unmet_civil", "smco_covered", "us_output_2035")
#: What a free lever is, in words for people.
FREE_WORDS = "the model charges no public money for"
_BILLION = 1000.0
_ALMOST = 0.9
_NEARLY_NONE = 0.05  # Months: no date moves by less.


def frontier_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """One row for each member of the front, and for each packaged pathway.

    Parameters
    ----------
    ds : Dataset
        From `frontier`.

    Returns
    -------
    list of dict
        candidate, found, front, knee, beaten_by; each outcome of `OUTCOME_COLUMNS` in the single
        run and its band over draws (Year, MUSD, t, Year, t/Year); each dial from 0 to 1.
    """
    rows = []
    for name in ds["candidate"].values:
        here = ds.sel(candidate=name)
        row: dict[str, Any] = {
            "candidate": str(name),
            **{key: bool(here[key]) for key in ("found", "front", "knee")},
            "beaten_by": str(here["beaten_by"].item()),
        }
        for place, column in enumerate(OUTCOME_COLUMNS):
            row[column] = float(here["value"][place])
            row |= {f"{column}_{q}": float(here[f"value_{q}"][place]) for q in BAND}
        dials = zip(ds["dial"].values, here["dial_at"].values, strict=True)
        rows.append(row | {str(dial): float(share) for dial, share in dials})
    return rows


def same_money_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """For each packaged pathway the member within its money, if there is one.

    Returns
    -------
    list of dict
        compared; candidate, empty for none; as_good, the cheapest that makes about the same; gain
        of each outcome of `OUTCOME_COLUMNS` in the single run (months, MUSD, t), its band and
        `odds`, the share of draws in which it is no worse; odds_of_all.
    """
    rows = []
    for name in ds["compared"].values:
        here = ds.sel(compared=name)
        row: dict[str, Any] = {
            "compared": str(name),
            "candidate": str(here["same_money"].item()),
            "as_good": str(here["as_good"].item()),
            "odds_of_all": float(here["odds_of_all"]),
        }
        for place, column in enumerate(OUTCOME_COLUMNS):
            for key in ("gain", *(f"gain_{q}" for q in BAND), "odds"):
                row[f"{column}_{key}"] = float(here[key][place])
        rows.append(row)
    return rows


def dial_rows(ds: xr.Dataset) -> list[dict[str, Any]]:
    """Each dial: where it leads, whether the model charges it, and what it does by itself.

    Returns
    -------
    list of dict
        dial, pathway, costs, held; months, public_money, unmet_civil: how far the dial alone, all
        the way on, moves what is minimised (single runs; NaN where it is held); almost_all: share
        of the members that have it at 0.9 or more.
    """
    members = ds["dial_at"].values[ds["found"].values]
    places = {str(name): place for place, name in enumerate(ds["dial"].values)}
    rows = []
    for dial in json.loads(ds.attrs["dials"]):
        place = places.get(dial["name"])
        alone = [np.nan] * 3 if place is None else ds["alone"].values[place, :3].tolist()
        share = np.nan if place is None else float((members[:, place] >= _ALMOST).mean())
        rows.append(
            {
                "dial": dial["name"],
                "pathway": dial["pathway"],
                "costs": "charged" if dial["charged"] else "free",
                "held": dial["held"],
                "months": 12 * alone[DATE],
                "public_money": alone[MONEY],
                "unmet_civil": alone[UNMET],
                "almost_all": share,
            }
        )
    return rows


def frontier_answer(ds: xr.Dataset) -> dict[str, Any]:
    """All that `buildout frontier --json` prints.

    Returns
    -------
    dict
        `tried`, `size_of_front`, `generations`, `population`, `draws`, `drawn`, `like`, `end`,
        `model_sha256`; `minimised`; `sentences`; `front`: rows of `frontier_rows`; `same_money`;
        `dials`.
    """
    about = ("tried", "size_of_front", "generations", "population", "draws", "drawn", "like", "end")
    return {
        **{key: ds.attrs[key] for key in (*about, "model_sha256")},
        "minimised": [str(o) for o in ds["outcome"].values[ds["minimised"].values]],
        "sentences": frontier_sentences(ds),
        "front": frontier_rows(ds),
        "same_money": same_money_rows(ds),
        "dials": dial_rows(ds),
    }


def dials_in_words(ds: xr.Dataset, name: str) -> str:
    """The dials of a member that are on, furthest first, with how far in percent.

    Parameters
    ----------
    ds : Dataset
    name : str
        Of the candidate.
    """
    shares = ds["dial_at"].sel(candidate=name).values
    order = [i for i in np.argsort(-shares, kind="stable") if shares[i] > 0]
    return ", ".join(f"{ds['dial'].values[i]} {100 * shares[i]:.0f}" for i in order) or "none"


def frontier_sentences(ds: xr.Dataset) -> list[str]:
    """The finding in words: the third pathway, the knee, and what costs nothing."""
    said = [say(ds, name) for name in _spoken_of(ds) for say in (_third, _cheaper)]
    said = [sentence for sentence in said if sentence]
    knee = str(ds["candidate"].values[ds["knee"].values][0])
    said.append(f"The knee of the front is {knee}: {_in_numbers(ds, knee)}. {_beaten(ds, knee)}")
    return [*said, _free(ds), _fixed(ds)]


def _spoken_of(ds: xr.Dataset) -> list[str]:
    """The pathway that was named, else the canonical ones for which something is found."""
    if ds.attrs["like"]:
        return [ds.attrs["like"]]
    wanted = ("mobilization", "china-deal", GROUND)
    best = ds["same_money"].sel(compared=list(wanted)).values
    return [name for name, member in zip(wanted, best, strict=True) if member][:1] or [wanted[0]]


def _third(ds: xr.Dataset, compared: str) -> str:
    best = str(ds["same_money"].sel(compared=compared).item())
    own = f"`{compared}` ({_in_numbers(ds, compared)})"
    if not best:
        return f"Within the money of {own} nothing was found that is no worse in the single run."
    words = f"Within the money of {own} the best found is {best}: {_in_numbers(ds, best)}."
    words += f" Its dials, in percent: {dials_in_words(ds, best)}."
    if not ds.attrs["draws"]:
        return words
    here = ds.sel(compared=compared)
    odds = [100 * float(here["odds"][place]) for place in (DATE, MONEY, UNMET)]
    return (
        f"{words} Of {ds.attrs['draws']:,} draws it is no later in {odds[0]:.0f} percent, no "
        f"dearer in {odds[1]:.0f}, has no more unmet in {odds[2]:.0f}, all three at once in "
        f"{100 * float(here['odds_of_all']):.0f}. {_tails(ds, best, compared)}"
    )


def _cheaper(ds: xr.Dataset, compared: str) -> str:
    """The cheapest that makes about the same in the single run, and what it lacks in draws."""
    near = str(ds["as_good"].sel(compared=compared).item())
    if not near:
        return ""
    words = (
        f"The cheapest that makes about the same in the single run, within a month and "
        f"{100 * ABOUT_THE_SAME:.0f} percent, is {near}: {_in_numbers(ds, near)}. Its dials, in "
        f"percent: {dials_in_words(ds, near)}."
    )
    return f"{words} {_tails(ds, near, compared)}" if ds.attrs["draws"] else words


def _tails(ds: xr.Dataset, name: str, compared: str) -> str:
    """What draws say besides: the worst of them, and what is not minimised."""
    own, other = (ds.sel(candidate=candidate) for candidate in (name, compared))
    unmet = [three_digits(float(here["value_p95"][UNMET])) for here in (own, other)]
    output = [three_digits(float(here["value_p50"][-1])) for here in (own, other)]
    return (
        f"The worst twentieth of draws leaves {unmet[0]} t unmet or more (`{compared}` "
        f"{unmet[1]}); US magnet output in 2035, not minimised, is {output[0]} t a year in the "
        f"median ({output[1]})."
    )


def _in_numbers(ds: xr.Dataset, name: str) -> str:
    value = ds["value"].sel(candidate=name).values
    date = "never" if value[DATE] != value[DATE] else f"{value[DATE]:.1f}"
    return (
        f"{number(value[MONEY] / _BILLION, 3)} billion USD, half from home {date}, "
        f"{three_digits(value[UNMET])} t unmet"
    )


def _beaten(ds: xr.Dataset, name: str) -> str:
    if not ds.attrs["draws"]:
        return "Without draws nothing is said of luck."
    by = str(ds["beaten_by"].sel(candidate=name).item())
    return f"In the median of the draws {by or 'nobody here'} beats it."


def _free(ds: xr.Dataset) -> str:
    rows = dial_rows(ds)
    free = [row for row in rows if row["costs"] == "free"]
    names = ", ".join(row["dial"] for row in free)
    if all(row["held"] for row in free):
        where = f"as in `{ds.attrs['like'] or GROUND}`"
        return f"Held {where} are the dials that {FREE_WORDS}: {names}."
    alone = ds["free_alone"].values
    leading = [row["dial"] for row in free if row["almost_all"] > 0.5]
    most = f"; {' and '.join(leading)} are at 90 percent or more in most members" * bool(leading)
    return (
        f"Beware: {names} cost nothing here, since {FREE_WORDS} them. By themselves, all the way "
        f"on, they move the date by {12 * alone[DATE]:+.1f} months, unmet demand by "
        f"{three_digits(alone[UNMET])} t and money by {alone[MONEY] / _BILLION:+.1f} billion, for "
        f"plants that follow{most}. `--hold free` searches without them."
    )


def _fixed(ds: xr.Dataset) -> str:
    moved = 12 * float(np.abs(ds["alone"].values[:, 3]).max())
    if moved < _NEARLY_NONE:
        return (
            "The date of full coverage of the hardest class is not searched for: no dial moves it "
            "in the single run."
        )
    return f"By itself no dial moves the date of full coverage by more than {moved:.1f} months."


def member_file(ds: xr.Dataset, name: str, purpose: str) -> str:
    """A member as a pathway file that `buildout run` takes, with the same numbers.

    Parameters
    ----------
    ds : Dataset
        From `frontier`.
    name : str
        Of the member.
    purpose : str
        What it was chosen for, as its title.
    """
    settings = [Setting(*setting) for setting in json.loads(ds.attrs["settings"])[name]]
    comments = [
        f"Found by buildout frontier ({ds.attrs['tried']:,} pathways tried); no forecast, no plan.",
        f"Single run: {_in_numbers(ds, name)}.",
        "Dials, in percent of the way from the status quo to the pathway in the note:",
        f"{dials_in_words(ds, name)}.",
        f"Costs nothing in the model, so beware: {', '.join(free_dials(ds))}.",
    ]
    description = f"{_in_numbers(ds, name)}. Dials in percent: {dials_in_words(ds, name)}."
    return pathway_text(purpose, description, [GROUND], settings, comments=comments)


def free_dials(ds: xr.Dataset) -> list[str]:
    """Dials for which the model charges no public money, by name."""
    return [dial["name"] for dial in json.loads(ds.attrs["dials"]) if not dial["charged"]]

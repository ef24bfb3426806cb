"""What waiting costs: magnets not made to 2035 for each year by which a programme comes later.

python figures/recipes/cost_of_delay.py FOLDER
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import buildout as bo

PROGRAMME, LABEL = "mobilization", "mobilization"
YEARS = (1, 2, 3, 5)
OUTCOME = ("US magnets made since 2025", 2035)


def main(folder: Path, draws: int = 200) -> None:
    """Draw the loss by years of delay, and save its numbers beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    ds = bo.delay(PROGRAMME, years=YEARS, outcomes=[OUTCOME], draws=draws)
    ds = ds.isel(row=0).sel(delay=list(YEARS))
    # A loss is shown as a loss: the other way round than the difference.
    lost = -ds["p50"].values / 1000
    ends = [lost + ds["p95"].values / 1000, -ds["p05"].values / 1000 - lost]

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    names = [f"{year} year{'s' * (year > 1)} later" for year in YEARS]
    axes.bar(names, lost, color="#b5542b", width=0.6)
    axes.errorbar(names, lost, ends, fmt="none", ecolor="black", capsize=4)
    for place, value in enumerate(lost):
        axes.annotate(f"{value:,.1f}", (place, value / 4), ha="center", color="white", fontsize=12)
    axes.set_ylabel("US magnets not made to 2035, 1,000 t")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(f"A year of waiting costs about {10 * lost[0]:,.0f}00 t of magnets", loc="left")
    told = f"{LABEL}; bars and lines: median and 5-95% of {draws:,} paired draws"
    figure.text(0.01, -0.04, told, fontsize=8)
    figure.savefig(folder / "cost_of_delay.png", dpi=150, bbox_inches="tight")
    plt.close(figure)
    ds[["p05", "p50", "p95"]].to_dataframe()[["p05", "p50", "p95"]].to_csv(
        folder / "cost_of_delay.csv"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "."))

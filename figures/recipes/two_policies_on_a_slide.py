"""A slide: how often two policies meet the rule on 1 January 2027, under a title of your own.

python figures/recipes/two_policies_on_a_slide.py FOLDER
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import buildout as bo

TITLE = "No money decided now moves 1 January 2027"
POLICIES = {"status-quo": "policy of mid-2026", "mobilization": "500 billion USD"}
COLORS = {"status-quo": "#9a9a9a", "mobilization": "#1f5a96"}


def main(folder: Path, draws: int = 1000) -> None:
    """Draw the slide, 16 to 9, and save what it shows beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    ds = bo.simulate(list(POLICIES))
    share = 100 * bo.odds(ds, draws=draws)["share_covered_2027"]
    classes = [str(name) for name in share["magnet_class"].values]

    figure, axes = plt.subplots(figsize=(13.33, 7.5), layout="constrained")
    for place, (policy, label) in enumerate(POLICIES.items()):
        rows = [row - 0.2 + 0.4 * place for row in range(len(classes))]
        values = share.sel(pathway=policy).values
        bars = axes.barh(rows, values, height=0.36, color=COLORS[policy], label=label)
        axes.bar_label(bars, fmt="%.0f%%", padding=6, fontsize=20)
    axes.set_yticks(range(len(classes)), classes, fontsize=22)
    axes.invert_yaxis()
    axes.set(xlim=(0, 112), xticks=[])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.legend(fontsize=18, frameon=False, loc="lower right")
    figure.suptitle(TITLE, fontsize=30, x=0.01, ha="left")
    axes.set_xlabel(
        f"Share of {draws:,} draws in which the whole US defense need is met on that day; "
        f"buildout {bo.__version__}",
        fontsize=14,
        loc="left",
    )
    figure.savefig(folder / "two_policies_on_a_slide.png", dpi=144)
    plt.close(figure)
    share.to_series().round(1).to_csv(folder / "two_policies_on_a_slide.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "."))

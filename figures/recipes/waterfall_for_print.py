"""From one policy to another, instrument by instrument, in black and white and with own labels.

python figures/recipes/waterfall_for_print.py FOLDER
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import buildout as bo

BASE, OTHER, OUTCOME, YEAR = "status-quo", "mobilization", "US magnet output", 2035
#: In the language of your readers, here German; what is not named keeps its name.
LABELS = {
    "contracts and floors": "Abnahmeverträge, Mindestpreise",
    "permits and coordination": "Genehmigungen, Koordination",
    "people and know-how": "Fachkräfte, Wissen",
    "allies": "Verbündete",
    "money and grants": "Geld, Zuschüsse",
    "emergency and public build": "Notstand, Staatsbauten",
    "home demand and recycling": "Nachfrage, Kreislauf",
    "stockpiles and qualification": "Vorräte, Zulassung",
    "tariffs and China": "Zölle, China",
}
LEAST = 20.0  # t a year: what moves less stands together


def main(folder: Path) -> None:
    """Draw the way from one to the other, for print, and save its numbers beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    ds = bo.attribute(BASE, OTHER, outcome=OUTCOME, year=YEAR)
    parts = ds["part"].to_series().sort_values(ascending=False)
    small = parts[parts.abs() < LEAST]
    parts = parts.drop(small.index)
    names = [LABELS.get(str(name), str(name)) for name in parts.index]
    steps = [float(ds["base_value"]), *parts, small.sum()]
    names = ["Stand 2026", *names, "Übriges", "Mobilisierung"]
    ends = np.cumsum(steps) / 1000

    figure, axes = plt.subplots(figsize=(17 / 2.54, 9 / 2.54), layout="constrained")
    plain = {"edgecolor": "black", "linewidth": 0.8}
    for place, (step, end) in enumerate(zip(steps, ends, strict=True)):
        look = {"color": "white" if place else "black", "hatch": "" if step >= 0 else "////"}
        bars = axes.bar(place, step / 1000, bottom=end - step / 1000, **look, **plain)
        axes.bar_label(bars, [_number(step, "+" if place else "-")], padding=3)
    bars = axes.bar(len(steps), ends[-1], color="black", **plain)
    axes.bar_label(bars, [_number(1000 * ends[-1])], padding=3)
    axes.set_xticks(range(len(steps) + 1), names, rotation=30, ha="right", fontsize=8)
    axes.set_ylabel("US-Magnete 2035, 1.000 t")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylim(0, 1.1 * ends.max())
    figure.savefig(folder / "waterfall_for_print.pdf", metadata={"CreationDate": None})
    figure.savefig(folder / "waterfall_for_print.png", dpi=200)
    plt.close(figure)
    ds["part"].to_series().to_csv(folder / "waterfall_for_print.csv")


def _number(tonnes: float, sign: str = "-") -> str:
    return f"{tonnes / 1000:{sign}.1f}".replace(".", ",")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "."))

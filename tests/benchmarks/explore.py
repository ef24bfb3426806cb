"""How fast the page of sliders answers in a browser, and how large it is; writes EXPLORE.md.

    python tests/benchmarks/explore.py [--events N] [--fans N] [--print]

A slider is moved as a hand does: an `input` event, then the page's own work, then the layout that
it asks for, all by the clock of the page. Events come every 40 ms, at values that never repeat, so
that nothing is remembered; draws begin when the slider rests, as they do for a reader. Chromium
runs without a window.
"""

import argparse
import gzip
import os
import platform
import shutil
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from buildout.page.explore import save_explore

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DONE = "body.ready:not(.counting)"
SLIDERS = ("allied-access", "defense-need", "programme-money", "ramp")
PAUSE = 40
WANTED = {"line": 16.0, "fan": 500.0, "kernel": 150.0}

# Moves sliders in turn and gives, for each event, ms of the page's work and of the layout after it.
MOVES = """async ([names, events, pause]) => {
    const sliders = names.map((name) => document.getElementById(`slide-${name}`));
    const times = [];
    for (let i = 0; i < events; i += 1) {
        const slider = sliders[i % sliders.length];
        const [low, high] = [Number(slider.min), Number(slider.max)];
        const steps = Math.round((high - low) / Number(slider.step));
        slider.value = low + (high - low) * ((((i * 0.61803398875) % 1) * steps) | 0) / steps;
        const start = performance.now();
        slider.dispatchEvent(new Event("input"));
        const worked = performance.now();
        document.body.getBoundingClientRect();
        times.push([worked - start, performance.now() - start]);
        await new Promise((resume) => setTimeout(resume, pause));
    }
    return times;
}"""
TAKEN = "name => performance.getEntriesByName(name).map((entry) => entry.duration)"


def main() -> None:
    """Build the page, move it, write the table."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        path = save_explore(Path(folder) / "explore.html")
        rows = [*_sizes(path), *_times(path, options.events, options.fans)]
    text = _text(rows, options)
    print(text)
    if not options.print:
        (HERE / "EXPLORE.md").write_text(text, encoding="utf-8")


def _sizes(path: Path) -> list[tuple[str, str, str]]:
    from buildout.page import bundle

    kernel = (bundle.PAGE_FOLDER / "kernel.wasm").read_bytes()
    packed = len(gzip.compress(kernel, 9, mtime=0)) / 1000
    data = path.read_bytes()
    return [
        ("kernel, gzipped, kB", f"<= {WANTED['kernel']:g}", f"{packed:.0f}"),
        ("kernel, kB", "", f"{len(kernel) / 1000:.0f}"),
        ("page, kB", "", f"{len(data) / 1000:.0f}"),
        ("page, gzipped, kB", "", f"{len(gzip.compress(data, 9)) / 1000:.0f}"),
    ]


def _times(path: Path, events: int, fans: int) -> list[tuple[str, str, str]]:
    place = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(path.as_uri())
        page.wait_for_selector(DONE)
        first = page.evaluate(TAKEN, "fan")
        page.evaluate(MOVES, [SLIDERS, 20, PAUSE])  # The browser compiles what it meets often.
        page.evaluate("performance.clearMeasures()")
        times = np.array(page.evaluate(MOVES, [SLIDERS, events, PAUSE]))
        parts = {name: page.evaluate(TAKEN, name) for name in ("kernel", "draw")}
        drawn = _fans(page, fans)
        version = browser.version
        browser.close()
    return [
        ("browser", "", f"Chromium {version}, without a window, 1440 x 900"),
        ("slider to line, ms", f"<= {WANTED['line']:g}", _both(times[:, 1])),
        ("of it the run of the model, ms", "", _both(parts["kernel"])),
        ("of it verdict, words and paths, ms", "", _both(parts["draw"])),
        ("of it the layout, ms", "", _both(times[:, 1] - times[:, 0])),
        ("100 draws in the worker, ms", f"<= {WANTED['fan']:g}", _both(drawn)),
        ("the first 100 draws, with the worker's start, ms", "", f"{first[0]:.0f}"),
    ]


def _fans(page: Page, fans: int) -> list[float]:
    page.wait_for_selector(DONE)
    page.evaluate("performance.clearMeasures()")
    for i in range(fans):
        page.locator("#slide-heavy-content").fill(str(round(0.015 + 0.001 * i, 4)))
        page.wait_for_selector(DONE)
    taken: list[float] = page.evaluate(TAKEN, "fan")
    return taken


def _both(values: object) -> str:
    """Median and 95% point."""
    middle, late = np.quantile(np.asarray(values, float), [0.5, 0.95])
    return f"{middle:.1f} ({late:.1f})" if late < 100 else f"{middle:.0f} ({late:.0f})"


def _text(rows: list[tuple[str, str, str]], options: argparse.Namespace) -> str:
    load = os.getloadavg()[1]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"""# Benchmark of the page of sliders

Made by `python tests/benchmarks/explore.py`: {options.events} moves, {options.fans} fans.
Times by the clock of the page: median (95% point).

- Machine: {_machine()}, {os.cpu_count()} cores, {platform.system()}
- Load over the last five minutes, our own included: {load:.1f}
- Date: {date.today().isoformat()}

| what | wanted | measured |
|---|---|---|
{table}
"""


def _machine() -> str:
    """The processor's maker and line, as RESULTS.md says it."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return names[0] if names else platform.machine()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--fans", type=int, default=20)
    parser.add_argument("--print", action="store_true", help="write no file")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""A browser for the tests of the page, where this machine has one."""

import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


# Playwright runs an event loop in this thread while it is open, beside which no other can run.
@pytest.fixture(scope="module")
def browser():
    """Chromium without a window; where there is none, tests say that they are skipped."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    place = next(filter(None, map(shutil.which, BROWSERS)), None)
    with api.sync_playwright() as playwright:
        try:
            # Tests may run as root in a container, where the browser's own sandbox cannot.
            chromium = playwright.chromium.launch(executable_path=place, args=["--no-sandbox"])
        except api.Error:
            pytest.skip(f"no browser is found: none of {', '.join(BROWSERS)}, nor Playwright's own")
        yield chromium
        chromium.close()

"""Fifty mangled addresses: the page opens, says what it ignored, and runs nothing of them."""

import pytest

from buildout.page.explore import save_explore

pytestmark = pytest.mark.slow

ALL, LEFT = "all of it", "Of the address this was ignored"
OPENED = ""
#: Address, what is said (nothing: it is taken as it stands), levers moved.
ADDRESSES = (
    ("#", OPENED, 0),
    ("##", "does not say its version", 0),
    ("#v", "version", 0),
    ("#v=", "version", 0),
    ("#v=2", "version “2” is not known", 0),
    ("#v=01", "version “01” is not known", 0),
    ("#v=1.0", "version “1.0” is not known", 0),
    ("#v=%31", OPENED, 0),
    ("#V=1", "does not say its version", 0),
    ("#v=1&v=2", "a second “v”", 0),
    ("#p=mobilization", "does not say its version", 0),
    ("#%", "does not say its version", 0),
    ("#v=1&p=%", "“%”", 0),
    ("#v=1&p=%E0%A4%A", "pathway", 0),
    ("#v=1&p=%00", "pathway “?”", 0),
    ("#v=1&p=", "pathway “”", 0),
    ("#v=1&p=mobilization%20", "which this page does not have", 0),
    ("#v=1&p=MOBILIZATION", "which this page does not have", 0),
    ("#v=1&p=constructor", "“constructor”", 0),
    ("#v=1&p=hasOwnProperty", "“hasOwnProperty”", 0),
    ("#v=1&p=<script>ran=1</script>", "“<script>ran=1</script>”", 0),
    ("#v=1&p=<img src=x onerror=ran=1>", "“<img src=x onerror=ran=1>”", 0),
    ("#v=1&p=javascript:ran=1", "“javascript:ran=1”", 0),
    ("#v=1&p=%22%3E%3Csvg%20onload%3Dran%3D1%3E", "<svg onload=ran=1>", 0),
    ("#v=1&set=", OPENED, 0),
    ("#v=1&set=,", "which no lever is called", 0),
    ("#v=1&set=:", "which no lever is called", 0),
    ("#v=1&set=ramp", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:0.3:0.4", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:-0", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:Infinity", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:0x1", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:0b1", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:1_0", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:0.3;ran=1", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:0.3/**/", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:%E0%A5%A7", "0.1 to 0.6 is accepted", 0),
    ("#v=1&set=ramp:0.2,ramp:0.4", "a second value of “ramp”", 1),
    ("#v=1&set=ramp:0.3,ramp:0.4", "a second value of “ramp”", 0),
    ("#v=1&set=Ramp:0.3", "which no lever is called", 0),
    ("#v=1&set=__proto__:1", "“__proto__:1”", 0),
    ("#v=1&set=ramp:0.2,valueOf:1", "“valueOf:1”", 1),
    ("#v=1&set=rule-regime:2.5", "one of 1, 2, 3 is accepted", 0),
    ("#v=1&set=rule-regime:B", "one of 1, 2, 3 is accepted", 0),
    ("#v=1&set=ramp:0.2&set=ramp:0.3", "a second “set”", 1),
    ("#v=1&pinset=ramp:0.3", "a pinned run that it does not name", 0),
    ("#v=1&pin=nobody&pinset=ramp:0.3", "“nobody”", 0),
    ("#v=1&pin=", "pathway “”", 0),
    ("#v=1&m=%FF&set=ramp:0.2", "another version of the model", 1),
    ("#v=1&=1", "ignored: “=1”", 0),
    ("#v=1&&&&", "“”", 0),
    ("#v=1&x=" + "y" * 7900, "yyy…", 0),
    ("#v=1&" + "p=a&" * 1990, "a second “p”", 0),
    ("#" + "v=1&" * 2001, "more than an address has", 0),
    ("#v=1&set=ramp:0.3\u202e", "0.1 to 0.6 is accepted", 0),
    ("#v=1&p=a\u2028b", "pathway “a?b”", 0),
)


def test_what_a_mangled_address_says_and_shows(browser, tmp_path):
    built = save_explore(tmp_path / "explore.html", ["status-quo", "mobilization"])
    page = browser.new_context().new_page()
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: errors.append(dialog.message) or dialog.dismiss())
    page.goto(built.as_uri())
    wrong = []
    for address, said, moved in ADDRESSES:
        page.evaluate("address => { location.hash = ''; location.hash = address; }", address)
        page.wait_for_selector("body.ready")
        page.wait_for_timeout(30)
        told = (
            page.locator("#ignored").inner_text() if page.locator("#ignored").is_visible() else ""
        )
        count = page.locator(".control.moved").count()
        shown = page.locator("#pathway").input_value()
        ran = page.evaluate("'ran' in window") or page.locator("#ignored *").count()
        fits = said in told if said else not told
        if not fits or count != moved or shown != "status-quo" or ran or len(told) > 400:
            wrong.append((address[:80], told[:200], count, shown, ran))
    assert wrong == []
    assert errors == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)

"""The page of conditioning says in short what its tables hold."""

import re

from buildout.inputs import places
from buildout.pages.conditioning import conditioning_summary

PAGE = places.model_file().with_name("CONDITIONING.md")


def test_the_summary_is_the_sentence_of_the_page():
    text = PAGE.read_text(encoding="utf-8")
    summary = conditioning_summary(text)
    assert summary.startswith("conditioned to 2022, the draws are nearer")
    assert "\n" not in summary
    nearer, count = map(int, re.findall(r"on (\d+) of (\d+) scored series", summary)[0])
    table = [line for line in text.splitlines() if "| scored |" in line]
    importance = [line.split("|")[5].strip() for line in table]
    assert count == len(table)
    assert nearer == sum(cell.startswith("**") for cell in importance)
    assert nearer > count / 2


def test_a_page_without_a_sentence_has_no_summary():
    assert conditioning_summary("# Page\n") == ""

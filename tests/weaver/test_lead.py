"""What stands before a lesson is taken from the lesson."""

import json

import pytest

from tests.topic import make
from weaver.fills import faults, fills, measured
from weaver.lead import lead, minutes
from weaver.page import PageError, read
from weaver.site import Site


def test_a_lesson_tells_its_step_its_minutes_and_its_goal(tmp_path, monkeypatch):
    make(tmp_path)
    monkeypatch.chdir(tmp_path)
    site = Site.load()
    (page,) = site.pages.values()
    told = "1 of 1 · 1 min · you will be able to say what the area of a circle is"
    assert lead(page, site) == f"{told}\n{{ .lead }}"
    page.meta["hide"] = ["toc"]
    assert lead(page, site) == ""


def test_a_page_takes_a_minute_for_200_words_and_for_3_programs(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("word " * 600 + "\n\n```python\nx\n```\n" * 6, encoding="utf-8")
    assert minutes(read(path)) == 3 + 2


def test_cards_lead_to_the_steps_with_their_figures_and_questions():
    site = Site.load()
    home = site.pages["index.md"]
    made = fills(home, site)["<!--cards-->"]
    assert made.count("<a href=") == 6
    assert '<a href="tutorial/data.html"><svg aria-hidden="true"' in made
    assert "<span>Where do the points come from, and what is there to find in them?</span>" in made
    assert fills(home, site)["<!--strip-->"].startswith("**6** steps, ")


def test_planted_faults_are_summed_up_and_shown_kind_by_kind(tmp_path):
    file = tmp_path / "counts.csv"
    with pytest.raises(PageError, match=r"counts\.csv does not exist: make faults"):
        faults(file)
    rows = "2026-11-27,what changes,red,not noticed\nfault,digit,3,1\nfault,sign,2,0\n"
    file.write_text(f"{rows}harmless,comma,1,4\n", encoding="utf-8")
    told = faults(file)
    assert told.startswith("On 2026-11-27, 6 faults were planted: 5 red, 1 not noticed. Of 5 harm")
    assert "harmless changes, 1 turned red." in told
    assert "\n    | fault | sign | 2 | 0 |\n    | harmless | comma | 1 | 4 |\n" in told


def test_measured_values_are_shown_part_by_part(tmp_path):
    file = tmp_path / "measured.json"
    with pytest.raises(PageError, match=r"measured\.json does not exist: make bench"):
        measured(file)
    rows = {"fit": {"floors": 2.5}, "peer": {"memory": 3.0, "floors": 123000.0}}
    part = {"date": "2026-11-27", "machine": "Abacus", "rounds": 5, "rows": rows}
    file.write_text(json.dumps({"library": part}), encoding="utf-8")
    told = measured(file)
    assert told.startswith('??? note "Library"\n\n    On 2026-11-27, on Abacus; rounds: 5.')
    assert "\n    | what | floors | memory |\n" in told
    assert "\n    | fit | 2.5 |  |\n    | peer | 123000 | 3 |\n" in told

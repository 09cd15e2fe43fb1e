"""Finding and replacing, without any widget."""

from __future__ import annotations

import re

import pytest

from tflab.ui.widgets.text_search import Query, matches, nearest, replaced

LINES = ["loss = 1", "Loss += loss", "", "closs()"]


def query(written: str) -> Query:
    """A query that can be parsed."""
    parsed = Query.parse(written)
    assert parsed is not None
    return parsed


def test_small_letters_are_found_in_any_case_and_capitals_as_they_are() -> None:
    assert matches(LINES, query("loss")) == [(0, 0, 4), (1, 0, 4), (1, 8, 12), (3, 1, 5)]
    assert matches(LINES, query("Loss")) == [(1, 0, 4)]


def test_plain_text_is_no_pattern_and_slashes_make_one() -> None:
    assert matches(["a.b", "axb"], query("a.b")) == [(0, 0, 3)]
    assert matches(["a.b", "axb"], query("/a.b/")) == [(0, 0, 3), (1, 0, 3)]
    assert matches(["f()"], query("()")) == [(0, 1, 3)]


@pytest.mark.parametrize("written", ["", "/", "/(/", "/[/"])
def test_what_is_not_finished_is_no_query(written: str) -> None:
    assert Query.parse(written) is None


def test_empty_matches_are_none() -> None:
    assert matches(["aaa", ""], query("/b*/")) == []
    assert replaced("aaa", query("/b*/"), "x") == "aaa"


def test_the_nearest_match_goes_around_the_ends() -> None:
    found = matches(LINES, query("loss"))
    assert nearest(found, (0, 1)) == 1
    assert nearest(found, (3, 2)) == 0
    assert nearest(found, (0, 0), backwards=True) == 3
    assert nearest(found, (1, 8), backwards=True) == 1
    assert nearest([], (0, 0)) is None


def test_a_replacement_names_groups_only_of_a_pattern() -> None:
    assert replaced("rate_1 rate_2", query(r"/rate_(\d)/"), r"r\1") == "r1 r2"
    assert replaced("rate_1", query("rate_"), r"\1") == r"\11"
    assert replaced("rate_1", query(r"/rate/"), r"\7") == r"\7_1"


def test_a_pattern_keeps_case_unless_it_says_otherwise() -> None:
    assert query("/Loss/").pattern.flags & re.IGNORECASE == 0
    assert matches(LINES, query("/(?i)loss/")) == matches(LINES, query("loss"))

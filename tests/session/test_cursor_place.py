"""Where a cursor stands in code that need not be valid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.session.cursor_place import LONGEST, place_at


@pytest.mark.parametrize(
    ("source", "callee", "index", "keyword"),
    [
        ("f(", "f", 0, ""),
        ("f(a, ", "f", 1, ""),
        ("f(a, b=", "f", 1, "b"),
        ("f(a, b=1, ", "f", 2, ""),
        ("f((1, 2), [3, 4], {5: 6}, ", "f", 3, ""),
        ("tf.keras.layers.Dense(10, act", "tf.keras.layers.Dense", 1, ""),
        ("f(g(1), ", "f", 1, ""),
        ("f(g(1", "g", 0, ""),
        ("f(a == 1, ", "f", 1, ""),
        ("f('(,', ", "f", 1, ""),
        ("f(# a, (\n  b, ", "f", 1, ""),
        ("f(lambda x=1: ", "f", 0, "x"),
        ("x = (f(1), ", "", 0, ""),
        ("def f(a, ", "", 0, ""),
        ("class C(", "", 0, ""),
        ("g()(", "", 0, ""),
        ("values[0](", "", 0, ""),
        ("f(1)\ng", "", 0, ""),
        ("f('unclosed\ng(1, ", "g", 1, ""),
    ],
)
def test_the_call_around_the_cursor(source: str, callee: str, index: int, keyword: str) -> None:
    call = place_at(source, len(source)).call
    found = ("", 0, "") if call is None else (call.callee, call.index, call.keyword)
    assert found == (callee, index, keyword)


def test_the_keywords_that_were_given() -> None:
    call = place_at("f(a=1, b==2, c=3, ", 18).call
    assert call is not None
    assert call.given == {"a", "c"}


@pytest.mark.parametrize(
    ("source", "string", "subscripted"),
    [
        ("x = 'da", "da", ""),
        ('open("data/', "data/", ""),
        ('digits["im', "im", "digits"),
        ('a.b["', "", "a.b"),
        ('digits[0, "im', "im", ""),
        ('f(x)["im', "im", ""),
        ("x = 'done' + ", None, ""),
        ("'''a\nb'c", "a\nb'c", ""),
        ("'a\\'b", "a\\'b", ""),
        ("'open at the end of a line\nx", None, ""),
        ("# it's", None, ""),
    ],
)
def test_the_string_around_the_cursor(source: str, string: str | None, subscripted: str) -> None:
    place = place_at(source, len(source))
    assert (place.string, place.subscripted) == (string, subscripted)


def test_a_comment_ends_with_its_line() -> None:
    assert place_at("x # note", 8).comment
    assert not place_at("x # note\ny", 10).comment


@given(st.text(alphabet="ab.=,()[]{}'\"#\\\n ", max_size=60))
def test_any_text_has_a_place(source: str) -> None:
    for position in range(len(source) + 1):
        place_at(source, position)


def test_only_the_text_before_the_cursor_is_looked_at_and_not_too_much_of_it() -> None:
    source = "f(" + " " * LONGEST + "g(1)"
    assert place_at(source, 2).call is not None
    assert place_at(source, len(source)).call is None

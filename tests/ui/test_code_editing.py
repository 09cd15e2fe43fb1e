"""What the editor does beyond inserting a character."""

from __future__ import annotations

import pytest

from tflab.ui.widgets import code_editing
from tflab.ui.widgets.code_editing import Edit, Position
from tflab.ui.widgets.completion_list import Offer


def applied(source: str, edit: Edit | None) -> str:
    """The source after the edit, ``|`` where the cursor is; unchanged for None."""
    assert edit is not None
    lines = source.split("\n")
    (first, left), (last, right) = edit.start, edit.end
    text = "\n".join([*lines[:first], lines[first][:left] + edit.text + lines[last][right:], *lines[last + 1 :]])
    row, column = edit.cursor
    changed = text.split("\n")
    changed[row] = changed[row][:column] + "|" + changed[row][column:]
    return "\n".join(changed)


def at_cursor(marked: str) -> tuple[str, list[str], Position]:
    """Source, lines and the position of ``|``."""
    before = marked.split("|")[0]
    source = marked.replace("|", "")
    return source, source.split("\n"), (before.count("\n"), len(before.split("\n")[-1]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1|", "x = 1\n|"),
        ("    x = 1|", "    x = 1\n    |"),
        ("for i in x:|", "for i in x:\n    |"),
        ("for i in x:  # all|", "for i in x:  # all\n    |"),
        ("    return x|", "    return x\n|"),
        ("        break|", "        break\n    |"),
        ("f(|)", "f(\n    |\n)"),
        ("    f(|", "    f(\n        |"),
        ("ab|cd", "ab\n|cd"),
        ("# note:|", "# note:\n|"),
        ("|", "\n|"),
    ],
)
def test_enter_indents_as_python_wants(before: str, after: str) -> None:
    source, lines, at = at_cursor(before)
    assert applied(source, code_editing.new_line(lines, at, at)) == after


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        ("f|", "(", "f(|)"),
        ("f(|)", ")", "f()|"),
        ("x = |", "[", "x = [|]"),
        ("x = |", '"', 'x = "|"'),
        ('x = "|"', '"', 'x = ""|'),
        ("f|", '"', 'f"|"'),
    ],
)
def test_brackets_and_quotes_come_in_pairs(before: str, key: str, after: str) -> None:
    source, lines, at = at_cursor(before)
    assert applied(source, code_editing.typed(key, lines, at, at)) == after


@pytest.mark.parametrize(
    ("before", "key"), [("|word", "("), ("it|", "'"), ('"abc|', '"'), ("x|", "a"), ("x|", ")"), ('""|', '"')]
)
def test_elsewhere_a_character_is_only_itself(before: str, key: str) -> None:
    _, lines, at = at_cursor(before)
    assert code_editing.typed(key, lines, at, at) is None


def test_a_selection_is_put_between_brackets() -> None:
    edit = code_editing.typed("(", ["a + b"], (0, 0), (0, 5))
    assert edit == Edit("(a + b)", (0, 0), (0, 5), (0, 1), (0, 6))


@pytest.mark.parametrize(
    ("before", "after"), [("f(|)", "f|"), ("        |x", "    |x"), ("      |x", "    |x"), ('"|"', "|")]
)
def test_backspace_takes_a_pair_or_a_tab_stop(before: str, after: str) -> None:
    source, lines, at = at_cursor(before)
    assert applied(source, code_editing.backspace(lines, at)) == after


@pytest.mark.parametrize("before", ["ab|", "|", " |x", "(|x)"])
def test_elsewhere_backspace_is_only_itself(before: str) -> None:
    _, lines, at = at_cursor(before)
    assert code_editing.backspace(lines, at) is None


def test_comments_go_out_and_in() -> None:
    source = "def f():\n    a = 1\n\n    b = 2"
    lines = source.split("\n")
    out = code_editing.toggle_comment(lines, (1, 0), (3, 5))
    commented = applied(source, out).replace("|", "")
    assert commented == "def f():\n    # a = 1\n\n    # b = 2"
    back = code_editing.toggle_comment(commented.split("\n"), (1, 0), (3, 5))
    assert applied(commented, back).replace("|", "") == source


def test_rows_are_shifted_moved_and_duplicated() -> None:
    source = "a\nb\nc"
    lines = source.split("\n")
    assert applied(source, code_editing.shift_rows(lines, (0, 0), (1, 1), deeper=True)) == "    a\n    b|\nc"
    assert applied("      a", code_editing.shift_rows(["      a"], (0, 6), (0, 6), deeper=False)) == "  |a"
    assert applied(source, code_editing.move_rows(lines, (0, 0), (0, 1), True)) == "b\na|\nc"
    assert applied(source, code_editing.move_rows(lines, (2, 0), (2, 0), False)) == "a\n|c\nb"
    assert code_editing.move_rows(lines, (2, 0), (2, 0), True) is None
    assert code_editing.move_rows(lines, (0, 0), (0, 0), False) is None
    assert applied(source, code_editing.duplicate_rows(lines, (0, 0), (1, 1))) == "a\nb\na\nb|\nc"


def test_a_selection_that_ends_before_a_row_does_not_touch_it() -> None:
    edit = code_editing.toggle_comment(["a", "b"], (0, 0), (1, 0))
    assert applied("a\nb", edit).replace("|", "") == "# a\nb"


def test_offsets_and_positions_are_two_names_of_a_place() -> None:
    lines = ["ab", "", "cde"]
    source = "\n".join(lines)
    for offset in range(len(source) + 1):
        at = code_editing.position_of(lines, offset)
        assert code_editing.offset_of(lines, at) == offset
    assert code_editing.position_of(lines, 99) == (2, 3)


def test_names_that_fit_the_word_at_the_cursor() -> None:
    offer = Offer(3, (("GradientTape", "class"), ("gradients", ""), ("constant", "function")))
    assert [name for name, _ in offer.fitting("tf.", 3)] == ["GradientTape", "gradients", "constant"]
    assert [name for name, _ in offer.fitting("tf.gra", 6)] == ["gradients"]
    assert [name for name, _ in offer.fitting("tf.GRA", 6)] == ["GradientTape", "gradients"]
    assert offer.fitting("tf.con(", 7) == []
    assert offer.fitting("tf", 2) == []

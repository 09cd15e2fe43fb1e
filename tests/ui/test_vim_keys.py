"""Vim's keys on lines, without any widget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.ui.widgets.code_editing import Position
from tflab.ui.widgets.vim_keys import VimKeys


class Typed:
    """A text that keys are pressed in; letters typed in insert mode are inserted."""

    def __init__(self, text: str, at: Position = (0, 0)) -> None:
        self.lines = text.split("\n")
        self.anchor = self.cursor = at
        self.vim = VimKeys()
        self.actions: list[str] = []
        self.copied: list[str] = []

    def press(self, keys: str) -> Typed:
        """Letters one by one; ``⎋`` is Escape."""
        for key in keys:
            outcome = self.vim.press("escape" if key == "⎋" else key, key, self.lines, self.anchor, self.cursor)
            if outcome is None:
                if key != "⎋":
                    self._replace(key, self.cursor, self.cursor)
                    self.anchor = self.cursor = (self.cursor[0], self.cursor[1] + 1)
                continue
            if outcome.edit is not None:
                edit = outcome.edit
                self._replace(edit.text, edit.start, edit.end)
                self.anchor, self.cursor = edit.anchor, edit.cursor
            if outcome.selection is not None:
                self.anchor, self.cursor = outcome.selection
            if outcome.action:
                self.actions.append(outcome.action)
            if outcome.copied:
                self.copied.append(outcome.copied)
        return self

    def _replace(self, text: str, start: Position, end: Position) -> None:
        before, after = self.lines[start[0]][: start[1]], self.lines[end[0]][end[1] :]
        self.lines[start[0] : end[0] + 1] = (before + text + after).split("\n")

    @property
    def text(self) -> str:
        """What is there."""
        return "\n".join(self.lines)


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        ("l", (0, 1)),
        ("3l", (0, 3)),
        ("99l", (0, 12)),
        ("j", (1, 0)),
        ("G", (3, 0)),
        ("2G", (1, 4)),
        ("Ggg", (0, 0)),
        ("$", (0, 12)),
        ("$0", (0, 0)),
        ("j^", (1, 4)),
        ("w", (0, 4)),
        ("www", (0, 10)),
        ("4w", (0, 11)),
        ("e", (0, 2)),
        ("ee", (0, 8)),
        ("$b", (0, 11)),
        ("fa", (0, 6)),
        ("t(", (0, 8)),
        ("$Ff", (0, 2)),
        ("}", (2, 0)),
    ],
)
def test_motions(keys: str, cursor: Position) -> None:
    assert Typed("def train(x):\n    pass\n\nx").press(keys).cursor == cursor


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("x", "ne two\n  three\nfour"),
        ("3x", " two\n  three\nfour"),
        ("dw", "two\n  three\nfour"),
        ("d$", "\n  three\nfour"),
        ("D", "\n  three\nfour"),
        ("dd", "  three\nfour"),
        ("2dd", "four"),
        ("5dd", ""),
        ("Gdd", "one two\n  three"),
        ("dj", "four"),
        ("dG", ""),
        ("cwnew⎋", "new two\n  three\nfour"),
        ("ccnew⎋", "new\n  three\nfour"),
        ("jccnew⎋", "one two\n  new\nfour"),
        ("Cnew⎋", "new\n  three\nfour"),
        ("ix⎋", "xone two\n  three\nfour"),
        ("ax⎋", "oxne two\n  three\nfour"),
        ("jIx⎋", "one two\n  xthree\nfour"),
        ("Ax⎋", "one twox\n  three\nfour"),
        ("ox⎋", "one two\nx\n  three\nfour"),
        ("jOx⎋", "one two\n  x\n  three\nfour"),
        ("yyp", "one two\none two\n  three\nfour"),
        ("yyP", "one two\none two\n  three\nfour"),
        ("yw2P", "one one one two\n  three\nfour"),
        ("ywp", "oone ne two\n  three\nfour"),
        ("ddp", "  three\none two\nfour"),
        ("xp", "noe two\n  three\nfour"),
        ("ra", "ane two\n  three\nfour"),
        ("3rx", "xxx two\n  three\nfour"),
        ("J", "one two three\nfour"),
        ("~", "One two\n  three\nfour"),
        (">>", "    one two\n  three\nfour"),
        ("2>>", "    one two\n      three\nfour"),
        ("j<<", "one two\nthree\nfour"),
        ("dtw", "wo\n  three\nfour"),
        ("dft", "wo\n  three\nfour"),
        ("diw", " two\n  three\nfour"),
        ("daw", "two\n  three\nfour"),
        ("wdaw", "one\n  three\nfour"),
        ("vex", " two\n  three\nfour"),
        ("Vd", "  three\nfour"),
        ("Vjd", "four"),
        ("vjd", " three\nfour"),
        ("S1⎋", "1\n  three\nfour"),
        ("d⎋x", "ne two\n  three\nfour"),
        ("dZx", "ne two\n  three\nfour"),
    ],
)
def test_changes(keys: str, text: str) -> None:
    assert Typed("one two\n  three\nfour").press(keys).text == text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("di(", "f() + g['x']"),
        ("da(", "f + g['x']"),
        ("ci(1⎋", "f(1) + g['x']"),
        ("$hhdi'", "f(a, (b)) + g['']"),
        ("$di[", "f(a, (b)) + g[]"),
        ("yi(P", "f(a, (b)a, (b)) + g['x']"),
    ],
)
def test_text_objects(keys: str, text: str) -> None:
    start = (0, 0) if keys.startswith("$") else (0, 3)
    assert Typed("f(a, (b)) + g['x']", start).press(keys).text == text


def test_modes_and_what_is_left_to_the_editor() -> None:
    typed = Typed("abc").press("i")
    assert typed.vim.mode == "insert"
    assert typed.press("⎋").vim.mode == "normal"
    assert typed.press("v").vim.mode == "visual"
    assert typed.press("v").vim.mode == "normal"
    assert typed.press("uU/nN").actions == ["undo", "redo", "find", "find_next", "find_previous"]
    assert typed.vim.press("escape", None, ["abc"], (0, 0), (0, 0)) is None
    assert typed.vim.press("f5", None, ["abc"], (0, 0), (0, 0)) is None
    assert typed.vim.press("ctrl+r", "\x12", ["abc"], (0, 0), (0, 0)) is None


@pytest.mark.parametrize(
    ("keys", "text", "cursor"),
    [(">>", "    a", (0, 4)), (">0<0", "a", (0, 0)), ("2>><<", "a", (0, 0)), ("jA long⎋>k", "    a", (0, 4))],
)
def test_rows_that_were_shifted_have_the_cursor_where_their_text_begins(keys: str, text: str, cursor: Position) -> None:
    typed = Typed("a\nb").press(keys)
    assert typed.lines[0] == text
    assert typed.cursor == cursor
    assert Typed("\n").press("dGP").cursor == (0, 0)


def test_what_is_yanked_goes_to_the_clipboard() -> None:
    assert Typed("one two").press("yw").copied == ["one "]
    assert Typed("one\ntwo").press("yy").copied == ["one\n"]


@given(
    text=st.text(alphabet='ab ("\n', max_size=30),
    keys=st.text(alphabet='hjklwbe0$^GgdcyxXpPvVJ~<>iaIAoOrftDCSs{}("23⎋', max_size=25),
)
def test_no_keys_lead_out_of_the_text(text: str, keys: str) -> None:
    typed = Typed(text)
    for key in keys:
        typed.press(key)
        for row, column in (typed.anchor, typed.cursor):
            assert 0 <= row < len(typed.lines)
            assert 0 <= column <= len(typed.lines[row])

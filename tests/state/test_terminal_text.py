"""Whatever a program writes, what reaches the lab's terminal is text and colours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.state.terminal_text import LONGEST_LINE, TerminalText, plain

_SGR = re.compile(r"\x1b\[[0-9;]*m")


def lines_of(*pieces: str) -> list[str]:
    """All lines that the pieces make, the open one too."""
    reader = TerminalText()
    lines = [line for piece in pieces for line in reader.feed(piece)]
    last = reader.finish()
    return lines if last is None else [*lines, last]


def test_plain_text_is_cut_at_line_breaks() -> None:
    assert lines_of("one\ntwo\n", "th", "ree") == ["one", "two", "three"]


def test_an_open_line_is_seen_before_it_ends() -> None:
    reader = TerminalText()
    assert reader.feed("half") == []
    assert reader.is_open
    assert reader.open_line == "half"


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("10 %\r20 %", "20 %"),
        ("12345\rab", "ab345"),
        ("12345\r\x1b[Kab", "ab"),
        ("12345\x1b[2K\rab", "ab"),
        ("abc\b\bX", "aXc"),
        ("a\tb", "a       b"),
        ("abc\r\n", "abc"),
        ("a\x00b\x07c", "abc"),
        ("5/5 ━━━\b\b\b\b\b\b\b3/5", "3/5 ━━━"),
    ],
)
def test_controls_on_one_line_are_carried_out(written: str, seen: str) -> None:
    assert lines_of(written) == [seen]


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b]52;c;c3RvbGVu\x07",
        "\x1b]52;c;c3RvbGVu\x1b\\",
        "\x1b]0;a title\x07",
        "\x1b[?2004h",
        "\x1b[?1049h",
        "\x1b[2J\x1b[H",
        "\x1b[10;20H",
        "\x1b[5A",
        "\x1bc",
        "\x1b(0",
        "\x1bP1$r0m\x1b\\",
        "\x1b_hidden\x1b\\",
        "\x1b[>4;2m",
        "\x9b",
        "\x7f",
    ],
)
def test_sequences_for_a_terminal_never_reach_it(sequence: str) -> None:
    assert lines_of(f"a{sequence}b") == ["ab"]
    # ... in whatever pieces they come
    assert lines_of("a", *sequence, "b") == ["ab"]


def test_an_unfinished_string_sequence_does_not_swallow_the_next_lines() -> None:
    assert lines_of("a\x1b]0;never closed\n", "b\n") == ["a", "b"]


def test_colours_stay_and_each_sequence_gives_the_whole_look() -> None:
    assert lines_of("\x1b[1m\x1b[31mred\x1b[0m plain") == ["\x1b[1;31mred\x1b[m plain"]
    assert lines_of("\x1b[38;5;208mo\x1b[38;2;1;2;3mx\x1b[39m.") == ["\x1b[38;5;208mo\x1b[38;2;1;2;3mx\x1b[m."]


def test_a_colour_that_is_left_on_colours_the_next_lines() -> None:
    assert lines_of("\x1b[32mone\ntwo\x1b[m\nthree") == ["\x1b[32mone\x1b[m", "\x1b[32mtwo\x1b[m", "three"]


def test_a_long_line_is_clipped() -> None:
    (line,) = lines_of("x" * 100_000)
    assert line == "x" * LONGEST_LINE + "…"
    assert lines_of("x" * 5000 + "\n", "y\n") == ["x" * LONGEST_LINE + "…", "y"]


def test_names_and_messages_become_one_plain_line() -> None:
    assert plain("\x1b[31mValue\nError\x1b]52;c;x\x07 \t") == "Value Error"


@given(st.lists(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\x1b[]m;0123\x07\x9b\r\n\\")))))
def test_nothing_but_text_and_colour_comes_out(pieces: list[str]) -> None:
    for line in lines_of(*pieces):
        rest = _SGR.sub("", line)
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", rest)
        assert len(rest) <= LONGEST_LINE + 1


@given(st.text(alphabet="ab\x1b[31m]0;\x07\r\n\\P?hK\b"), st.integers(min_value=1, max_value=5))
def test_the_pieces_in_which_text_comes_make_no_difference(written: str, size: int) -> None:
    pieces = [written[at : at + size] for at in range(0, len(written), size)]
    assert lines_of(*pieces) == lines_of(written)

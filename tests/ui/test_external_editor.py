"""A trip to another editor and back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.ui.doubles import lesson
from tests.ui.lab_driver import lab
from tflab.ui.external_editor import NoEditor, edit_outside, editor_command


def editor(folder: Path, script: str, name: str = "editor") -> str:
    """A program of that name that edits the file named last as ``script`` says."""
    path = folder / name
    path.write_text(f'#!/bin/sh\nfor file in "$@"; do :; done\n{script}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize("source", ["x = 1", "x = 1\n", "", "a\nb\n\n"])
def test_what_is_not_changed_comes_back_as_it_was(tmp_path: Path, source: str) -> None:
    assert edit_outside(source, 1, {"EDITOR": editor(tmp_path, ":")}) == source


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    command = editor(tmp_path, "printf 'y = 2\\r\\n' >> \"$file\"")
    assert edit_outside("x = 1", 1, {"EDITOR": command}) == "x = 1\ny = 2"


def test_visual_wins_over_editor_and_may_have_arguments(tmp_path: Path) -> None:
    command = editor(tmp_path, 'echo "# $1" > "$file"')
    assert edit_outside("x", 1, {"VISUAL": f"{command} --wait", "EDITOR": "nothing"}) == "# --wait"


def test_an_editor_that_is_known_is_opened_at_the_line(tmp_path: Path) -> None:
    command = editor(tmp_path, 'echo "# $1" > "$file"', name="vim")
    assert edit_outside("a\nb\nc", 3, {"EDITOR": command}) == "# +3"


def test_an_editor_that_gives_up_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(NoEditor, match="status 3"):
        edit_outside("x", 1, {"EDITOR": editor(tmp_path, "exit 3")})


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoEditor):
        edit_outside("x", 1, {"EDITOR": editor(tmp_path, "printf '\\377\\376' > \"$file\"")})


def test_a_missing_editor_is_named() -> None:
    with pytest.raises(NoEditor, match="no-such-editor"):
        edit_outside("x", 1, {"EDITOR": "no-such-editor"})
    with pytest.raises(NoEditor, match="EDITOR"):
        editor_command({"EDITOR": "vim 'oh"})


def test_without_a_wish_a_common_editor_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoEditor):
        editor_command({})
    path = editor(tmp_path, ":", name="nano")
    assert editor_command({}) == [path]


async def test_where_the_terminal_cannot_be_given_away_a_line_says_so() -> None:
    async with lab(lesson("x = 1")) as running:
        await running.press("alt+e")
        await running.sees("No other editor can be opened here")
        assert running.source() == "x = 1"

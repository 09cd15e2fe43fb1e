"""A syntax error shows the line that was run, not what a file of that name holds."""

from __future__ import annotations

from pathlib import Path

from tests.sessions import LiveSession


def test_a_cell_of_a_script_shows_its_own_line_and_column(session: LiveSession, tmp_path: Path) -> None:
    # GIVEN a file on the disk that differs from what is run
    script = tmp_path / "script.py"
    script.write_text("a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n")

    # WHEN a cell that begins in its line 4 cannot be parsed
    run = session.run("value = 1\ndef broken(:)", filename=str(script), first_line=4)

    # THEN the line counts in the file, and text and caret are those of the cell
    error = run.finished.error
    assert error is not None
    assert (error.name, error.line) == ("SyntaxError", 5)
    shown, caret = error.traceback.splitlines()[1:3]
    assert shown.strip() == "def broken(:)"
    assert shown[caret.index("^")] == ":"

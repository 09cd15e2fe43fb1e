"""Lesson 1 in Indonesian with the mouse alone, in a real pseudo-terminal."""

from __future__ import annotations

from tests.end_to_end.conftest import LOADING, OpenLab
from tests.end_to_end.terminal import Terminal


def click(terminal: Terminal, words: str, line: int | None = None) -> None:
    """Clicks these words once they are there, anywhere or in that line (negative: from below)."""

    def place(screen: str) -> tuple[int, int] | None:
        lines = list(enumerate(screen.split("\n")))
        return next(
            ((row.index(words), y) for y, row in (lines if line is None else [lines[line]]) if words in row), None
        )

    at = place(terminal.wait_until(lambda screen: place(screen) is not None, f"{words!r} to be clicked", LOADING))
    assert at is not None
    terminal.click(at[0] + len(words) // 2, at[1])


def test_lesson_1_is_begun_with_the_mouse_alone(open_lab: OpenLab) -> None:
    terminal = open_lab(columns=80, lines=24, TFLAB_LANG="id")

    # WHEN the welcome is clicked THEN it is gone, and the lesson there
    click(terminal, "Semuanya juga bisa diklik")
    terminal.wait_gone("Selamat datang")
    terminal.wait_for("sesi siap", LOADING)

    # WHEN the step is run THEN its output is there
    click(terminal, "Jalankan", -1)
    terminal.wait_for("TensorFlow: tf.Tensor(14.0", LOADING)
    # ... and the bar has its keys back, which stand elsewhere while something runs
    terminal.wait_for("sesi siap")
    click(terminal, "Gradien ")
    terminal.wait_for("gradien di baris 12")

    # WHEN the lesson goes on THEN so does the code, and back
    click(terminal, "Lanjut", -1)
    terminal.wait_for("langkah 2/10")
    click(terminal, "tflab", 0)
    click(terminal, "Langkah sebelumnya")
    terminal.wait_for("langkah 1/10")

    # WHEN the last word of the bar is clicked THEN the terminal is as it was
    click(terminal, "Keluar", -1)
    assert terminal.wait_exit() == 0
    assert terminal.restored()

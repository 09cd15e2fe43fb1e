"""An exercise from the first failure to the reason why it works, in a real pseudo-terminal."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from tests.end_to_end.terminal import Terminal

CHECKED = 120.0
"""Seconds that a check may take on a slow and busy machine."""


def show_exercise(terminal: Terminal) -> None:
    """Goes to the first exercise of lesson 17."""
    for number in range(2, 6):
        terminal.press("f4")
        terminal.wait_for(f"step {number}/")
    terminal.wait_for("Exercise: six traces")


def test_an_exercise_fails_with_its_evidence_is_mended_passes_and_is_remembered(
    ready_lab: Callable[..., Terminal],
) -> None:
    terminal = ready_lab("17")
    show_exercise(terminal)

    # WHEN the starter is checked THEN the evidence names the count and the argument to blame
    terminal.press("f9")
    screen = terminal.wait_until(
        lambda screen: all(shown in screen for shown in ("Not yet, checked", "expected 1", "saw 6")),
        "the verdict with its evidence",
        CHECKED,
    )
    assert "Why it works" not in screen

    # WHEN a hint is asked for THEN it is the first of three
    terminal.press("f6")
    terminal.wait_until(
        lambda screen: "Hint 1 of 3" in screen and "Not yet, checked" in screen, "a hint above the verdict"
    )

    # WHEN the expected words are only printed THEN that does not pass
    terminal.press("ctrl+end", "enter")
    terminal.write("print('1 traces')")
    terminal.wait_for("print('1 traces')")
    terminal.press("f9")
    terminal.wait_gone("Not yet, checked", CHECKED)
    screen = terminal.wait_for("Not yet, checked", CHECKED)
    assert "Why it works" not in screen

    # WHEN the code is mended: a signature in the decorator's line
    terminal.press("ctrl+home", "end")
    terminal.write("(input_signature=[tf.TensorSpec([], tf.int32)])")
    terminal.press("f9")

    # THEN it passes, and the reason is shown
    terminal.wait_for("Passed, checked", CHECKED)
    terminal.wait_for("Why it works")
    # ... and the live session was not touched: nothing has been traced there.
    terminal.wait_for("Nothing has been traced yet.")

    # WHEN the lab is killed and opened again THEN pass, draft and place are still there
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.wait_exit() == -signal.SIGKILL
    again = ready_lab()
    again.wait_for("Exercise: six traces")
    again.wait_for("input_signature=")
    again.wait_for("Why it works")
    again.press("f10")
    assert again.wait_exit() == 0


def test_a_check_can_be_stopped(ready_lab: Callable[..., Terminal]) -> None:
    terminal = ready_lab("17")
    show_exercise(terminal)
    terminal.press("ctrl+end", "enter")
    terminal.write("while True: pass")
    terminal.press("f9")
    terminal.wait_for("Stop the check", CHECKED)
    terminal.press("ctrl+c")
    terminal.wait_gone("Stop the check", CHECKED)
    terminal.wait_for("session idle")
    terminal.press("f10")
    assert terminal.wait_exit() == 0

"""From the key press to the moving curve, in a real pseudo-terminal, with real TensorFlow."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.conftest import LOADING, OpenLab, close_welcome
from tests.end_to_end.terminal import Terminal

ReadyLab = Callable[..., Terminal]

LOOP = '''\
"""Fits a line, by hand."""
import tensorflow as tf

tf.random.set_seed(3)
x = tf.random.normal([256, 1])
y = 3.0 * x + 2.0 + tf.random.normal([256, 1], stddev=0.1)

slope = tf.Variable([[0.0]], name="slope")
offset = tf.Variable([0.0], name="offset")
variables = [slope, offset]
rate = 0.1


@tf.function
def train_step(inputs, targets):
    with tf.GradientTape() as tape:
        predictions = inputs @ slope + offset
        loss = tf.reduce_mean(tf.square(predictions - targets))
    gradients = tape.gradient(loss, variables)
    for variable, gradient in zip(variables, gradients):
        variable.assign_sub(rate * gradient)
    return loss


for epoch in range(20):
    for start in range(0, 256, 100):
        loss = train_step(x[start : start + 100], y[start : start + 100])

print(f"slope {float(slope[0, 0]):.1f} offset {float(offset[0]):.1f}")
'''


def braille(screen: str) -> str:
    """The curve alone: its braille dots, in place."""
    return "\n".join("".join(c if "\u2800" < c <= "\u28ff" else " " for c in line) for line in screen.split("\n"))


def go_to_step(terminal: Terminal, wanted: int, title: str) -> None:
    """Presses F4 up to the step of that number, which has that title."""
    for number in range(2, wanted + 1):
        terminal.press("f4")
        terminal.wait_for(f"step {number}/")
    terminal.wait_for(title)


def show(terminal: Terminal, tab: str) -> None:
    """Clicks a tab of the inspector."""
    for number, line in enumerate(terminal.text().split("\n")):
        # The prose may name a panel, too; only the tabs stand all in one line.
        if "Tensors " in line and "Curves " in line:
            terminal.click(line.index(tab) + 1, number)
            return
    raise AssertionError(f"no tabs on the screen\n{terminal.text()}")


def test_lesson_14_from_the_key_press_to_the_moving_curve(ready_lab: ReadyLab) -> None:
    # GIVEN the lesson, at the step that trains as a graph
    terminal = ready_lab("14")
    terminal.wait_for("Training loops")
    go_to_step(terminal, 6, "The loop, as a graph")

    # ... which trains until it is stopped: a busy machine may draw as seldom as it has to
    terminal.press("ctrl+home")
    terminal.write("def range(_): return iter(int, 1)")
    terminal.press("enter")
    terminal.wait_for("return iter(int, 1)")

    # WHEN everything up to there runs
    terminal.press("f5")
    terminal.wait_for("running step 6", LOADING)

    # THEN the curve moves while a cell runs
    frames: list[str] = []

    def moved(screen: str) -> bool:
        curve = braille(screen)
        if curve.strip() and "running step" in screen and (not frames or frames[-1] != curve):
            frames.append(curve)
        return len(frames) >= 5

    terminal.wait_until(moved, "five different frames of the curve while a cell runs", 90)
    assert len(set(frames)) >= 5

    # ... the gradients have a row a layer, once the last and smaller batch of an epoch was there as well
    terminal.wait_until(lambda screen: re.search(r"epoch +\d+: loss \d", screen) is not None, "an epoch's end", 90)
    terminal.press("ctrl+c")
    terminal.wait_for("session idle", 90)
    show(terminal, "Gradients")
    terminal.wait_for("kernel")
    terminal.wait_for("bias")

    # ... and the one retrace is explained, with both shapes
    show(terminal, "Traces")
    terminal.wait_until(
        lambda screen: all(shown in screen for shown in ("new shape", "(32, 64)", "(29, 64)")),
        "the reason of the retrace with both shapes",
    )

    # WHEN the person quits THEN the terminal is as it was
    terminal.press("f10")
    assert terminal.wait_exit() == 0
    assert terminal.restored()


def test_a_program_from_elsewhere_is_opened_run_edited_and_run_again(ready_lab: ReadyLab, work_folder: Path) -> None:
    program = work_folder / "line.py"
    program.write_text(LOOP)
    terminal = ready_lab("open", "line.py")

    terminal.press("ctrl+r")
    terminal.wait_for("slope 3.0 offset 2.0", 90)
    terminal.wait_for("session idle", 90)
    show(terminal, "Gradients")
    terminal.wait_for("slope")
    terminal.wait_for("offset")

    # A click brings the focus back from the inspector to the code; its frame shows it.
    terminal.click(*terminal.locate("Fits a line"))
    terminal.wait_for("┏━ Code")
    terminal.press("ctrl+end", "enter")
    terminal.write("print('edited', 6 * 7)")
    terminal.press("ctrl+r")
    terminal.wait_for("edited 42", 90)

    terminal.press("f10")
    assert terminal.wait_exit() == 0
    assert terminal.restored()
    assert program.read_text() == LOOP, "the file itself is not changed by editing in the lab"


def test_the_lab_is_there_before_tensorflow_and_runs_a_queued_cell_when_it_is(
    open_lab: OpenLab, work_folder: Path
) -> None:
    (work_folder / "small.py").write_text("print('sum', sum(range(5)))\n")
    terminal = open_lab("open", "small.py")
    terminal.wait_for("loading TensorFlow")
    terminal.wait_for("sum(range(5))")
    assert "any key closes this" not in terminal.text()
    terminal.press("ctrl+r")
    terminal.wait_for("sum 10", LOADING)
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0


def test_faults_end_in_a_clear_line_and_what_was_typed_is_still_there(ready_lab: ReadyLab, work_folder: Path) -> None:
    (work_folder / "faults.py").write_text("# %%\nvalue = 1\n")
    terminal = ready_lab("open", "faults.py")
    terminal.press("ctrl+end", "enter")

    # What a program writes for the terminal (its title, its clipboard, its modes) does not get there.
    hostile = "e = chr(27); print(e + ']0;mine' + chr(7) + e + ']52;c;bWluZQ==' + chr(7) + e + '[?1337h' + 'so' + 'me')"
    terminal.write(hostile)
    terminal.press("ctrl+r")
    terminal.wait_for("some", 60)
    assert not any(sequence in terminal.raw() for sequence in (b"\x1b]0;mine", b"\x1b]52;c;bWluZQ", b"\x1b[?1337h"))
    terminal.press(*["backspace"] * len(hostile))

    # A syntax error shows its line; the next run is as good as new.
    terminal.write("def broken(:")
    terminal.press("ctrl+r")
    terminal.wait_for("SyntaxError")
    terminal.press(*["backspace"] * len("def broken(:"))
    terminal.wait_until(lambda screen: not re.search(r"^┃.*def broken", screen, re.MULTILINE), "the code without it")

    # A session that dies is replaced, and the text stays.
    terminal.write("import os; os._exit(7)")
    terminal.press("ctrl+r")
    terminal.wait_for("crashed (exit status 7)", 60)
    terminal.wait_for("import os; os._exit(7)")
    terminal.wait_for("session idle", 60)
    terminal.press(*["backspace"] * len("import os; os._exit(7)"))
    terminal.wait_gone("os._exit")

    # An endless loop is interrupted by Ctrl+C while the editor has the focus.
    terminal.write("while True: pass")
    terminal.press("ctrl+r")
    terminal.wait_for("running step")
    terminal.press("ctrl+c")
    terminal.wait_for("interrupted", 60)
    terminal.wait_for("session idle", 60)
    terminal.wait_for("while True: pass")

    # What was typed is there at the next start.
    terminal.press("f10")
    assert terminal.wait_exit() == 0
    again = ready_lab("open", "faults.py")
    again.wait_for("while True: pass")


def test_a_tiny_window_and_a_resize(ready_lab: ReadyLab) -> None:
    terminal = ready_lab("14", columns=80, lines=24)
    terminal.resize(20, 8)
    terminal.wait_for("too small")
    terminal.resize(120, 36)
    terminal.wait_for("Training loops")
    terminal.press("f10")
    assert terminal.wait_exit() == 0
    assert terminal.restored()


def test_without_tensorflow_the_lab_still_opens_and_says_so(open_lab: OpenLab, tmp_path: Path) -> None:
    broken = tmp_path / "broken" / "tensorflow"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text(
        'raise ModuleNotFoundError("No module named \'tensorflow\'", name="tensorflow")\n'
    )
    terminal = open_lab("14", PYTHONPATH=str(broken.parent))
    close_welcome(terminal)
    terminal.wait_for("no session", LOADING)
    terminal.wait_for("TensorFlow")
    terminal.press("f10")
    assert terminal.wait_exit() == 0


def test_a_terminated_lab_restores_the_terminal(ready_lab: ReadyLab) -> None:
    terminal = ready_lab("14")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.wait_exit() in (128 + signal.SIGTERM, -signal.SIGTERM)
    assert terminal.restored()


def test_the_lab_speaks_indonesian(open_lab: OpenLab) -> None:
    terminal = open_lab("--lang", "id", "14")
    screen = terminal.wait_for("Keluar", LOADING)
    assert "Quit" not in screen

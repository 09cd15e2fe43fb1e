"""The lab in a real pseudo-terminal: whatever ends it, the terminal is as it was and what was typed is kept."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fault() -> str:
    """What is wrong with the session."""
    return ""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The file in which the lab keeps its draft."""
    return tmp_path / "draft"


@pytest.fixture
def redirection() -> str:
    """What the shell does with the lab's streams."""
    return ""


@pytest.fixture
def opened(draft: Path, fault: str, redirection: str) -> Iterator[Terminal]:
    """A lab that is ready."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "DRAFT_FILE": str(draft),
        "TFLAB_LANG": "en",
    }
    command = ["sh", "-c", f"exec {sys.executable} -m tests.ui.lab_program {fault} {redirection}"]
    with Terminal(command, columns=120, lines=36, environment=environment) as terminal:
        terminal.wait_for("session idle")
        yield terminal


@pytest.mark.parametrize("key", ["f10", "ctrl+q"])
def test_quitting(opened: Terminal, draft: Path, key: str) -> None:
    opened.write("# typed ")
    opened.press(key)
    assert opened.wait_exit() == 0
    assert opened.restored()
    assert draft.read_text() == "# typed x = 1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals(opened: Terminal, draft: Path, number: signal.Signals) -> None:
    opened.write("# typed ")
    opened.wait_for("# typed x = 1")
    os.kill(opened.pid, number)
    assert opened.wait_exit() == 128 + number
    assert opened.restored()
    assert draft.read_text() == "# typed x = 1"


@pytest.mark.parametrize("fault", ["stuck"])
def test_a_lab_that_cannot_end_ends_all_the_same_after_a_signal(opened: Terminal, draft: Path) -> None:
    opened.write("# typed ")
    opened.wait_for("# typed x = 1")
    os.kill(opened.pid, signal.SIGTERM)
    assert opened.wait_exit() == 128 + signal.SIGTERM
    assert draft.read_text() == "# typed x = 1"


@pytest.mark.parametrize("fault", ["crash"])
def test_a_fault_of_the_lab_itself(opened: Terminal, draft: Path) -> None:
    opened.write("# typed ")
    opened.press("ctrl+r")
    assert opened.wait_exit() == 1
    assert opened.restored()
    assert b"a fault in the lab itself" in opened.raw()
    assert draft.read_text() == "# typed x = 1"


@pytest.mark.parametrize("fault", ["hostile"])
def test_what_a_program_prints_cannot_reach_the_terminal(opened: Terminal) -> None:
    opened.press("ctrl+r")
    opened.wait_for("harmless")
    raw = opened.raw()
    assert b"c3RvbGVu" not in raw
    assert b"stolen title" not in raw
    assert b"\x1b[?1049l" not in raw
    assert "x = 1" in opened.text()
    opened.press("f10")
    assert opened.wait_exit() == 0


def test_resizing_through_all_sizes(opened: Terminal) -> None:
    for columns, lines, wanted in (
        (20, 8, "too small"),
        (80, 24, "Output"),
        (160, 48, "Inspector"),
        (100, 30, "Lesson"),
    ):
        opened.resize(columns, lines)
        opened.wait_for(wanted)
    opened.press("f10")
    assert opened.wait_exit() == 0


@pytest.mark.parametrize("redirection", ["2>/dev/null"])
def test_the_lab_is_drawn_on_the_terminal_wherever_errors_go(opened: Terminal) -> None:
    opened.press("f10")
    assert opened.wait_exit() == 0
    assert opened.restored()

"""Text before anything heavy is imported, and the terminal as it was whatever follows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
WAIT = "print('waiting', flush=True); import signal; signal.pause()"


def program(after: str) -> list[str]:
    """A program that shows the splash and goes on with ``after``."""
    return [sys.executable, "-c", f"from tflab.ui import splash\nsplash.show('loading the lab')\n{after}"]


def test_the_splash_is_shown_and_leaves_nothing() -> None:
    with Terminal(program(WAIT), environment=ENVIRONMENT) as terminal:
        terminal.wait_for("tflab  loading the lab")
        terminal.wait_for("waiting")
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.wait_exit() == -signal.SIGTERM
        assert terminal.restored()


@pytest.mark.parametrize(
    ("after", "status"),
    [("pass", 0), ("raise SystemExit(3)", 3), ("1 / 0", 1), ("import os; os.kill(os.getpid(), 1)", -signal.SIGHUP)],
)
def test_the_terminal_is_restored_however_the_program_ends(after: str, status: int) -> None:
    with Terminal(program(after), environment=ENVIRONMENT) as terminal:
        assert terminal.wait_exit() == status
        assert terminal.restored()


def test_a_traceback_is_printed_where_it_stays() -> None:
    with Terminal(program("1 / 0"), environment=ENVIRONMENT) as terminal:
        terminal.wait_exit()
        raw = terminal.raw()
        assert raw.index(b"\x1b[?1049l") < raw.index(b"ZeroDivisionError")


def test_what_is_printed_after_hiding_stays() -> None:
    with Terminal(program("splash.hide(); print('no such file')"), environment=ENVIRONMENT) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.raw().index(b"\x1b[?1049l") < terminal.raw().index(b"no such file")
        assert terminal.raw().count(b"\x1b[?1049l") == 1


def test_without_a_terminal_nothing_is_written() -> None:
    done = subprocess.run(program("pass"), env=ENVIRONMENT, capture_output=True, timeout=60, check=True)
    assert done.stdout == b""


def test_no_colours_where_none_are_wanted() -> None:
    with Terminal(program("pass"), environment={**ENVIRONMENT, "NO_COLOR": "1"}) as terminal:
        terminal.wait_exit()
        assert b"38;5" not in terminal.raw()
        assert b"loading the lab" in terminal.raw()


def test_the_splash_imports_little() -> None:
    script = (
        "import sys; before = set(sys.modules); from tflab.ui import splash; "
        "print(sorted({name.partition('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, timeout=60, check=True)
    assert done.stdout.decode().strip() == "['tflab']"

"""The lab in a terminal, as a person opens it: a fresh user, nothing mocked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.end_to_end.terminal import Terminal

HERE = Path(__file__).parent
LOADING = 150.0
"""Seconds until a session is there, TensorFlow's import included, on a slow and busy machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a whole program needs on a slow and busy machine is more than what a test of a part may take."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(600))


class OpenLab(Protocol):
    """Opens ``tflab`` with arguments in a terminal; the same user at every call of one test."""

    def __call__(
        self,
        *arguments: str,
        columns: int = 160,
        lines: int = 48,
        answers: Mapping[bytes, bytes] | None = None,
        **variables: str,
    ) -> Terminal: ...


@pytest.fixture
def user(tmp_path: Path) -> dict[str, str]:
    """The environment of a person who never opened the lab; where the state lives."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "TFLAB_", "LC_", "LANG"))}
    # Without bytecode TensorFlow's import takes four times as long.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {
        **kept,
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TFLAB_LANG": "en",
    }


@pytest.fixture
def work_folder(tmp_path: Path) -> Path:
    """Where the person keeps programs, and where the lab is started."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def open_lab(user: dict[str, str], work_folder: Path) -> Iterator[OpenLab]:
    """Opens labs and ends those that are still open."""
    with ExitStack() as stack:

        def opened(
            *arguments: str,
            columns: int = 160,
            lines: int = 48,
            answers: Mapping[bytes, bytes] | None = None,
            **variables: str,
        ) -> Terminal:
            return stack.enter_context(
                Terminal(
                    [sys.executable, "-m", "tflab", *arguments],
                    columns=columns,
                    lines=lines,
                    environment={**user, **variables},
                    directory=work_folder,
                    answers=answers,
                )
            )

        yield opened


@pytest.fixture
def ready_lab(open_lab: OpenLab) -> Callable[..., Terminal]:
    """Opens a lab, closes the welcome of the first launch, and waits for the session."""
    opened: list[Terminal] = []

    def ready(
        *arguments: str,
        columns: int = 160,
        lines: int = 48,
        answers: Mapping[bytes, bytes] | None = None,
        **variables: str,
    ) -> Terminal:
        terminal = open_lab(*arguments, columns=columns, lines=lines, answers=answers, **variables)
        # Over a file of one's own there is none.
        if arguments[:1] != ("open",) and not opened:
            close_welcome(terminal)
            opened.append(terminal)
        terminal.wait_for("session idle", LOADING)
        return terminal

    return ready


def close_welcome(terminal: Terminal) -> None:
    """What a person does first at the first launch."""
    terminal.wait_for("any key closes this", LOADING)
    terminal.press("escape")
    terminal.wait_gone("any key closes this")

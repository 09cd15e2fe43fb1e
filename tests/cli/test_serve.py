"""Wrong calls of ``tflab serve``; what it serves is tested end to end."""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import Callable
from importlib.machinery import ModuleSpec

import pytest

from tflab.cli.commands import run_command_line


def test_an_unknown_lesson_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["serve", "nonsense"]) == 2
    assert "there is no lesson nonsense" in capsys.readouterr().err


def test_a_taken_port_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert run_command_line(["serve", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"port {port} cannot be listened on" in said
    assert said.count("\n") == 1


def test_without_its_package_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: Callable[..., ModuleSpec | None] = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "textual_serve" else found(name, *rest)
    )
    assert run_command_line(["serve"]) == 2
    assert "pip install 'tflab[web]'" in capsys.readouterr().err

"""Every key that the interface binds does what it is for; a key without a case in `tests.ui.key_cases` fails here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot

import tflab.ui
from tests.ui.key_cases import CHANGED, SCENES, WATCHED, Row, Scene
from tests.ui.lab_driver import lab
from tests.ui.recorded import RecordedGrader, RecordedProcess, RecordedSession, recorded_lesson
from tflab.curriculum.kept_runs import KeptRuns
from tflab.curriculum.saving import save, save_as
from tflab.protocol.diagnostics import Diagnostic
from tflab.ui.panels.inspector import Inspector
from tflab.ui.screens.watch_screen import WatchScreen
from tflab.ui.watch_app import WatchApp


class TidyLinter:
    """Finds nothing, and lays code out in one way."""

    def check(self, sources: Sequence[str], /) -> list[list[Diagnostic]]:
        """Nothing of any step."""
        return [[] for _ in sources]

    def format_source(self, source: str, /) -> str:
        """The same for all."""
        return "tidy = 1\n"


def bound() -> set[tuple[str, str]]:
    """Every class of the interface that binds keys, and each of its keys."""
    found: set[tuple[str, str]] = set()
    for module in pkgutil.walk_packages(tflab.ui.__path__, "tflab.ui."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, DOMNode) and value.__module__.startswith("tflab."):
                for binding in value.__dict__.get("BINDINGS", ()):
                    assert isinstance(binding, Binding)
                    found |= {(value.__name__, key) for key in binding.key.split(",")}
    return found


def test_every_key_has_a_case() -> None:
    cases = {(row.owner, row.key) for scene in SCENES for row in scene.rows} | set(WATCHED)
    assert bound() - cases == set(), "keys that nothing tests: give them a row in tests/ui/key_cases.py"
    assert cases - bound() == set(), "rows of keys that nothing binds"


async def check(running: Any, row: Row) -> None:
    """Presses the key; what is looked at becomes what it should."""
    if row.before is not None:
        await row.before(running)
    before = row.probe(running)
    await running.press(row.key)
    if row.wanted is CHANGED:
        await running.until(lambda: row.probe(running) != before)
    else:
        await running.until(lambda: row.probe(running) == row.wanted)
    if row.after is not None:
        await row.after(running)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_every_key_does_what_it_is_for(scene: Scene, tmp_path: Path) -> None:
    document = scene.document(tmp_path) if scene.document is not None else recorded_lesson()
    async with lab(
        document,
        session=RecordedSession(),
        grader=RecordedGrader(),
        runs=KeptRuns(tmp_path / "runs"),
        linter=TidyLinter(),
        save=save,
        save_as=save_as,
    ) as running:
        await scene.begin(running)
        for row in scene.rows:
            try:
                await check(running, row)
            except AssertionError as error:
                raise AssertionError(
                    f"{row.owner}: {row.key} gives {row.probe(running)!r}, not {row.wanted!r}\n{error}"
                ) from None


async def press(app: WatchApp, pilot: Pilot[int], key: str) -> None:
    """Presses a key, and waits until all is done that it brings about."""
    await pilot.press(key)
    for _ in range(600):
        if app.turns.are_over:
            return
        await pilot.pause(0.02)
    raise AssertionError(f"{key} is never dealt with")


async def test_every_key_of_a_watched_process() -> None:
    app = WatchApp([("train.py", RecordedProcess())])
    async with app.run_test(size=(120, 36)) as pilot:
        for (owner, key), tab in WATCHED.items():
            if owner == "WatchScreen" and not key.startswith(("f3", "f4")):
                await press(app, pilot, key)
                assert app.screen.query_one(Inspector).active == tab, key


async def test_the_keys_from_process_to_process() -> None:
    app = WatchApp([("first", RecordedProcess()), ("second", RecordedProcess())])
    async with app.run_test(size=(120, 36)) as pilot:
        screen = app.screen
        assert isinstance(screen, WatchScreen)
        for key, name in (("f4", "second"), ("f3", "first")):
            await press(app, pilot, key)
            assert screen._shown.name == name, key


@pytest.mark.parametrize("key", [key for owner, key in WATCHED if owner == "WatchApp"])
async def test_a_watched_process_is_left_by(key: str) -> None:
    app = WatchApp([("train.py", RecordedProcess())])
    async with app.run_test(size=(120, 36)) as pilot:
        await press(app, pilot, key)
        assert app.return_code == 0

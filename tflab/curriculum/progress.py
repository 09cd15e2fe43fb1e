"""How far a learner has come: the last lesson and step, what ran, what was passed, how long it took.

One small JSON file a lesson below ``progress`` in the state folder, and ``last.json`` for where to go on. Two labs
add to one file under a lock, so neither loses what the other wrote. A file that cannot be read is set aside.
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from tflab.curriculum.kept_files import BackgroundWriter, locked, remove_unfinished, set_aside, write_atomically
from tflab.user_folders import state_folder


class LessonProgress(msgspec.Struct, frozen=True, kw_only=True):
    """What was done of one lesson."""

    step: int = 0
    """The step that was open last."""
    ran: frozenset[int] = frozenset()
    """Indexes of the steps that ran without an error."""
    passed: dict[str, float] = {}
    """When each exercise was passed first, in Unix seconds, by its name."""
    steps: int = 0
    """How many steps with code the lesson has; 0 where it was never opened."""
    exercises: int = 0
    """How many exercises it has."""
    times: dict[int, float] = {}
    """Seconds spent on each step, by its index; pauses count for a few minutes at most."""

    @property
    def started(self) -> bool:
        return bool(self.ran or self.passed or self.step)

    @property
    def done(self) -> bool:
        """Whether every exercise was passed, and in a lesson without any, whether every step ran."""
        if self.exercises:
            return len(self.passed) >= self.exercises
        return self.steps > 0 and len(self.ran) >= self.steps


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a learner left off."""

    lesson: str
    """The lesson's name."""
    step: int = 0


_Stored = TypeVar("_Stored", LessonProgress, Place)


class Progress:
    """The progress of one user. Reading is immediate, writing happens soon and raises nothing."""

    def __init__(self, folder: Path | None = None, writer: BackgroundWriter | None = None) -> None:
        """``folder`` instead of the user's own, for tests; ``writer`` to share one."""
        self._folder = folder
        self._writer = writer or BackgroundWriter()
        self._lessons: dict[str, LessonProgress] = {}

    @property
    def trouble(self) -> str:
        """One line for people where progress is not being kept; else empty."""
        return self._writer.trouble

    @property
    def first_launch(self) -> bool:
        """Whether the lab was never opened before."""
        return not (self._base() / "last.json").exists()

    def last(self) -> Place | None:
        """Where the learner left off; None before the first lesson."""
        remove_unfinished(self._base())
        return _read(self._base() / "last.json", Place)

    def lesson(self, name: str) -> LessonProgress:
        """What was done of a lesson; an empty record for one never opened."""
        if name not in self._lessons:
            self._lessons[name] = _read(self._path(name), LessonProgress) or LessonProgress()
        return self._lessons[name]

    def open_step(self, name: str, step: int, *, steps: int, exercises: int = 0) -> None:
        """The learner is at ``step`` of a lesson that has so many steps with code and so many exercises."""
        self._change(name, msgspec.structs.replace(self.lesson(name), step=step, steps=steps, exercises=exercises))
        place = msgspec.json.encode(Place(lesson=name, step=step))
        self._writer.put("last", partial(write_atomically, self._base() / "last.json", place))

    def step_ran(self, name: str, step: int) -> None:
        """The code of a step ran without an error."""
        now = self.lesson(name)
        if step not in now.ran:
            self._change(name, msgspec.structs.replace(now, ran=now.ran | {step}))

    def exercise_passed(self, name: str, exercise: str) -> None:
        """An exercise's check passed."""
        now = self.lesson(name)
        if exercise not in now.passed:
            self._change(name, msgspec.structs.replace(now, passed={**now.passed, exercise: time.time()}))

    def spent(self, name: str, step: int, seconds: float) -> None:
        """The learner was busy with a step for so long."""
        now = self.lesson(name)
        times = {**now.times, step: now.times.get(step, 0.0) + seconds}
        self._change(name, msgspec.structs.replace(now, times=times))

    def reset(self, name: str) -> None:
        """Forgets what was done of a lesson."""
        self._lessons[name] = LessonProgress()
        self._writer.put(f"progress {name}", partial(self._path(name).unlink, missing_ok=True))

    def close(self, timeout: float = 5.0) -> None:
        """Waits until everything is written, at most ``timeout`` seconds."""
        self._writer.flush(timeout)

    # --- files ---------------------------------------------------------------------------------------------------

    def _base(self) -> Path:
        if self._folder is None:
            self._folder = state_folder() / "progress"
        return self._folder

    def _path(self, name: str) -> Path:
        return self._base() / f"{name}.json"

    def _change(self, name: str, progress: LessonProgress) -> None:
        self._lessons[name] = progress
        self._writer.put(f"progress {name}", partial(_merge_into, self._path(name), progress))


def _merge_into(path: Path, progress: LessonProgress) -> None:
    """Writes ``progress`` together with what another lab has written since it was read. Raises OSError."""
    with locked(path.parent):
        there = _read(path, LessonProgress)
        if there is not None:
            passed = {**progress.passed, **there.passed}
            # Labs side by side: an hour in both of them is an hour.
            times = {
                step: max(progress.times.get(step, 0.0), there.times.get(step, 0.0))
                for step in sorted({*progress.times, *there.times})
            }
            progress = msgspec.structs.replace(progress, ran=progress.ran | there.ran, passed=passed, times=times)
        write_atomically(path, msgspec.json.encode(progress))


def _read(path: Path, kind: type[_Stored]) -> _Stored | None:
    """The record in a file; None where there is none. A damaged file is set aside."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        with suppress(OSError):
            set_aside(path, "damaged")
        return None

"""Keeps what outlives a run: its curves, the code that made them and the versions it ran with.

A run is a folder below ``runs`` in the state folder: ``run.json`` says what it was, and an event file holds its curves
in TensorBoard's own form (``tensorboard --logdir`` with that folder shows all runs). A folder is written beside its
place and then renamed, so nobody ever sees half a run. Beyond `LARGEST` bytes the oldest runs without a name go.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tflab.curriculum.kept_files import BackgroundWriter, write_atomically
from tflab.messages import text
from tflab.user_folders import state_folder

if TYPE_CHECKING:
    from tflab.curriculum.event_files import ScalarCurve

LARGEST: Final = 512 << 20
"""Bytes that all kept runs may take together; ``TFLAB_RUNS_MIB`` changes it, 0 keeps none."""
_EVENTS: Final = "events.out.tfevents.tflab"
"""TensorBoard looks for ``tfevents`` in the names of files."""
_NAME: Final = re.compile(r"[^\W_][\w .+=-]{0,59}")
_AGE_OF_LEFT_OVERS: Final = 3600.0
"""Seconds after which a folder that was never finished belongs to a lab that died."""


class RunCode(msgspec.Struct, frozen=True, kw_only=True):
    """A cell as it ran."""

    cell: int | None
    source: str


class CurveRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a curve was, for the list of runs; its values are in the event file under ``tag``."""

    tag: str
    name: str
    scope: str
    """``step`` or ``epoch``."""
    count: int
    """Values that were logged; of very many the event file holds the lowest and highest of each stretch."""
    last: float | None
    """The last value; None where it was not finite."""


class RunTurn(msgspec.Struct, frozen=True, kw_only=True):
    """A knob that was turned by hand during a run."""

    name: str
    before: float
    after: float
    step: int
    """The first step with ``after``."""


class KeptRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a cell that logged curves."""

    began: float
    """Unix seconds."""
    seconds: float
    status: str
    """As in `tflab.protocol.events.CellFinished`."""
    title: str
    """The lesson or the file."""
    step: int | None
    """0-based index of the cell."""
    code: tuple[RunCode, ...] = ()
    """Every cell that had run in the session, in order; the last one is the run's own."""
    versions: dict[str, str] = {}
    """``tensorflow``, ``keras``, ``python``, ``tflab``."""
    devices: tuple[str, ...] = ()
    curves: tuple[CurveRecord, ...] = ()
    turns: tuple[RunTurn, ...] = ()
    """What was changed by hand while it ran, in order."""
    name: str = ""
    """Given by the person; runs with a name are never removed to make room."""
    id: str = ""
    """The folder's name: when it began and what ran."""


class UnknownRun(Exception):
    """No run, or more than one, is meant by a word; the message is one line for people."""


class UnusableName(Exception):
    """A run cannot be called that; the message is one line for people."""


@dataclass(frozen=True)
class LimitedSpace:
    """How much room kept runs take."""

    used: int
    most: int


class KeptRuns:
    """The kept runs of one user. Keeping happens in the background and raises nothing; all else happens at once."""

    def __init__(
        self, folder: Path | None = None, writer: BackgroundWriter | None = None, largest: int | None = None
    ) -> None:
        """``folder`` instead of the user's own, for tests; ``writer`` to share one; ``largest`` in bytes."""
        self._folder = folder
        self._writer = writer or BackgroundWriter()
        self._largest = wanted_size() if largest is None else largest

    @property
    def folder(self) -> Path:
        """What TensorBoard's ``--logdir`` wants to be told."""
        if self._folder is None:
            self._folder = state_folder() / "runs"
        return self._folder

    @property
    def trouble(self) -> str:
        """One line for people where runs are not being kept (a full disk, say); else empty."""
        return self._writer.trouble

    # --- keeping -------------------------------------------------------------------------------------------------

    def keep(self, run: KeptRun, curves: Callable[[], Sequence[ScalarCurve]]) -> None:
        """Keeps ``run`` soon. ``curves`` is called in the background: gathering many values takes a while."""
        if not self._largest:
            return
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(run.began))
        words = re.sub(r"[^\w]+", "_", run.title.rpartition("/")[2]).strip("_")[:40] or "run"
        base = f"{stamp}-{words}" + ("" if run.step is None else f"-{run.step + 1}")
        self._writer.put(f"run {base} {run.began}", partial(self._write, base, run, curves))

    def flush(self, timeout: float = 10.0) -> bool:
        """Waits until everything kept so far is written; False where that took longer than ``timeout`` seconds."""
        return self._writer.flush(timeout)

    def _write(self, base: str, run: KeptRun, curves: Callable[[], Sequence[ScalarCurve]]) -> None:
        from tflab.curriculum.event_files import write_events

        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".writing-", dir=self.folder))
        try:
            write_events(unfinished / _EVENTS, curves())
            (unfinished / "run.json").write_bytes(msgspec.json.encode(run))
            self._move_in(unfinished, base)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        self._make_room()

    def _move_in(self, unfinished: Path, base: str) -> None:
        unfinished.chmod(0o700)
        for number in range(1, 1000):
            place = self.folder / (base if number == 1 else f"{base}-{number}")
            # A rename onto a folder fails unless that is empty.
            with suppress(OSError):
                os.rename(unfinished, place)
                return
        raise FileExistsError(base)

    def _make_room(self) -> None:
        """Removes the oldest runs without a name until the rest fits, and what dead labs left."""
        runs = self.listed()
        sizes = {run.id: _size(self.folder / run.id) for run in runs}
        total = sum(sizes.values())
        for run in reversed(runs):
            if total <= self._largest or run is runs[0]:
                break
            if not run.name:
                shutil.rmtree(self.folder / run.id, ignore_errors=True)
                total -= sizes[run.id]
        for left in self.folder.glob(".writing-*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > _AGE_OF_LEFT_OVERS:
                    shutil.rmtree(left, ignore_errors=True)

    # --- what there is -------------------------------------------------------------------------------------------

    def listed(self) -> list[KeptRun]:
        """All runs, the latest first. A folder that is no run, or a damaged one, is left out."""
        runs = []
        try:
            folders = list(self.folder.iterdir())
        except OSError:
            return []
        for folder in folders:
            if not folder.name.startswith("."):
                with suppress(OSError, msgspec.DecodeError):
                    runs.append(_read(folder))
        return sorted(runs, key=lambda run: (run.began, run.id), reverse=True)

    def space(self) -> LimitedSpace:
        """How much room the runs take, and how much they may."""
        return LimitedSpace(sum(_size(self.folder / run.id) for run in self.listed()), self._largest)

    def find(self, word: str) -> KeptRun:
        """The run that ``word`` means: its place in the list (1 is the latest), its name, its id or the beginning of
        one of these. Raises `UnknownRun`."""
        runs = self.listed()
        if word.isdecimal() and 1 <= int(word) <= len(runs):
            return runs[int(word) - 1]
        for matches in (
            [run for run in runs if word in (run.name, run.id)],
            [run for run in runs if word and (run.name.startswith(word) or run.id.startswith(word))],
        ):
            if len(matches) == 1:
                return matches[0]
            if matches:
                raise UnknownRun(text("runs.ambiguous", word=word, count=len(matches)))
        raise UnknownRun(text("runs.unknown", word=word) if runs else text("runs.none"))

    def load(self, run: KeptRun) -> list[ScalarCurve]:
        """The run's curves. Raises OSError or `tflab.curriculum.kept_files.DamagedFile`."""
        from tflab.curriculum.event_files import read_events

        return read_events(self.folder / run.id / _EVENTS)

    # --- changing ------------------------------------------------------------------------------------------------

    def rename(self, run: KeptRun, name: str) -> KeptRun:
        """Gives the run a name, so that it stays; an empty one takes it away. Raises `UnusableName` or OSError."""
        name = name.strip()
        if name and (not _NAME.fullmatch(name) or name.isdecimal()):
            raise UnusableName(text("runs.bad_name", name=name))
        if name and any(other.name == name and other.id != run.id for other in self.listed()):
            raise UnusableName(text("runs.name_taken", name=name))
        renamed = msgspec.structs.replace(run, name=name)
        write_atomically(self.folder / run.id / "run.json", msgspec.json.encode(renamed))
        return renamed

    def delete(self, run: KeptRun) -> None:
        """Removes the run and its curves. Raises OSError."""
        shutil.rmtree(self.folder / run.id)


def wanted_size() -> int:
    """Bytes that kept runs may take: ``TFLAB_RUNS_MIB`` where that is a number of MiB, else `LARGEST`."""
    wanted: Any = os.environ.get("TFLAB_RUNS_MIB", "")
    return int(wanted) << 20 if wanted.isdecimal() else LARGEST


def _read(folder: Path) -> KeptRun:
    run = msgspec.json.decode((folder / "run.json").read_bytes(), type=KeptRun)
    return msgspec.structs.replace(run, id=folder.name)


def _size(folder: Path) -> int:
    size = 0
    with suppress(OSError):
        for entry in os.scandir(folder):
            size += entry.stat(follow_symlinks=False).st_size
    return size

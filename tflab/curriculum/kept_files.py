"""Files that outlive a run, written so that neither a kill nor a full disk leaves half of one."""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tflab.messages import text

RETRY: Final = 2.0
"""Seconds until what could not be written is tried again."""
_UNFINISHED: Final = ".writing-"
_ABANDONED: Final = 600.0
"""Seconds after which an unfinished file belongs to nobody any more."""


class DamagedFile(Exception):
    """Some of a kept file is missing or changed."""


def write_atomically(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Replaces ``path``: whoever reads it sees the old content or the new, also after a crash. Raises OSError.

    Only this user may read it, unless ``mode`` says otherwise.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            if mode is not None:
                os.fchmod(file.fileno(), mode)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def remove_unfinished(folder: Path) -> None:
    """Removes what killed writers left in ``folder`` some time ago. Raises nothing."""
    with suppress(OSError):
        for path in folder.glob(f"{_UNFINISHED}*"):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other labs from changing files in ``folder`` for the block; makes it where it is not there.

    Where the file system has no locks, goes on without. Raises OSError where the folder cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_aside(path: Path, why: str) -> Path:
    """Renames ``path`` so that it is out of the way but not lost: ``14.json.damaged``, then ``14.json.damaged-2``...

    Gives the new path. Raises OSError.
    """
    number = 1
    while True:
        target = path.with_name(f"{path.name}.{why}" + (f"-{number}" if number > 1 else ""))
        if not target.exists():
            os.replace(path, target)
            return target
        number += 1


class BackgroundWriter:
    """Writes in a thread of its own, so that a slow disk never stops a key press.

    Of several jobs for one key that wait, only the last is done. A failing job is no error: ``trouble`` says what is
    wrong, and the job is done again and again until it works or a newer one takes its place.
    """

    def __init__(self) -> None:
        self.trouble = ""
        """One line for people about the last failure; empty while writing works."""
        self._jobs: dict[str, Callable[[], None]] = {}
        self._failed: dict[str, Callable[[], None]] = {}
        self._changed = threading.Condition()
        self._busy = False
        self._thread: threading.Thread | None = None

    def put(self, key: str, job: Callable[[], None]) -> None:
        """Has ``job`` done soon, in place of a waiting one of the same key. Never blocks on the disk."""
        with self._changed:
            self._jobs.pop(key, None)
            self._failed.pop(key, None)
            self._jobs[key] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="kept-files", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, timeout: float = 5.0) -> bool:
        """Waits until everything put so far is done or has failed once more; False after ``timeout`` seconds."""
        with self._changed:
            self._try_again()
            return self._changed.wait_for(lambda: not self._jobs and not self._busy, timeout)

    def _try_again(self) -> None:
        """With the lock held: what had failed is to be done."""
        self._jobs = {**self._failed, **self._jobs}
        self._failed.clear()
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._changed.wait_for(lambda: bool(self._jobs), RETRY if self._failed else None):
                    self._try_again()
                key = next(iter(self._jobs))
                job = self._jobs.pop(key)
                self._busy = True
            reason = ""
            try:
                job()
            except OSError as error:
                reason = error.strerror or str(error)
            finally:
                with self._changed:
                    self._busy = False
                    if reason and key not in self._jobs:
                        self._failed[key] = job
                    if reason:
                        self.trouble = text("curriculum.kept.not_written", reason=reason)
                    elif not self._failed:
                        self.trouble = ""
                    self._changed.notify_all()

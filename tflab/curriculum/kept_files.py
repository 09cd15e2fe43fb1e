"""Files that outlive a run, written so that neither a kill nor a full disk leaves half of one."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tflab.messages import text


class DamagedFile(Exception):
    """Some of a kept file is missing or changed."""


def write_atomically(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Replaces ``path``: whoever reads it sees the old content or the new, also after a crash. Raises OSError.

    Only this user may read it, unless ``mode`` says otherwise.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
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
    wrong until a job works again.
    """

    def __init__(self) -> None:
        self.trouble = ""
        """One line for people about the last failure; empty while writing works."""
        self._jobs: dict[str, Callable[[], None]] = {}
        self._changed = threading.Condition()
        self._busy = False
        self._thread: threading.Thread | None = None

    def put(self, key: str, job: Callable[[], None]) -> None:
        """Has ``job`` done soon, in place of a waiting one of the same key. Never blocks on the disk."""
        with self._changed:
            self._jobs.pop(key, None)
            self._jobs[key] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="kept-files", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, timeout: float = 5.0) -> bool:
        """Waits until everything put so far is done; False where that took longer than ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._busy, timeout)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._jobs))
                key = next(iter(self._jobs))
                job = self._jobs.pop(key)
                self._busy = True
            try:
                job()
                self.trouble = ""
            except OSError as error:
                self.trouble = text("curriculum.kept.not_written", reason=error.strerror or str(error))
            finally:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()

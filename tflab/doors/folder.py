"""Where the doors of watched processes are, and what their names may be; for those who open and who knock."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Final

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}")
"""Names of watched processes: they are names of files, and the paths of sockets are short."""
SUFFIX: Final = ".door"
_WORKER: Final = re.compile(r"-worker[A-Za-z0-9._]+(-\d+)?$")


def name_of(stem: str) -> str:
    """The name of the process that runs a file, from the file's name without its ending."""
    letters = (letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "-" for letter in stem)
    return "".join(letters)[:30].strip("._-") or "python"


def training_of(name: str) -> str:
    """The name that the workers of one training share: ``gan`` for ``gan-worker2``; else ``name`` itself."""
    return _WORKER.sub("", name)


class UnsafeFolder(OSError):
    """The folder is somebody else's, or open to others."""


def watch_folder() -> Path:
    """This user's folder of doors, which only this user may enter; made where it is missing.

    ``$XDG_RUNTIME_DIR/tflab``, else ``tflab-UID`` in the folder for temporary files. Raises OSError, `UnsafeFolder`
    where somebody else was there first.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folder = Path(runtime, "tflab") if os.path.isdir(runtime) else Path(tempfile.gettempdir(), f"tflab-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise UnsafeFolder(str(folder))
    return folder


def door(name: str, folder: Path | None = None) -> Path:
    """The socket of the process called ``name``."""
    return (folder or watch_folder()) / (name + SUFFIX)

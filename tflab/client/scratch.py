"""Scratch folders of sessions: how much they may hold and do hold, and how they are removed with all that is left."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Any, Final

from tflab.protocol.server import SessionSpec

MOST: Final = 8 << 30
"""Bytes that a scratch folder may hold where nobody says otherwise, and the disk has them."""
_BLOCK: Final = 512
"""Bytes of a block as `os.stat` counts them."""


def default_scratch_size() -> int:
    """Bytes that a session's scratch folder may hold by default: `MOST`, and 3/4 of what the disk has left."""
    try:
        return min(MOST, shutil.disk_usage(tempfile.gettempdir()).free * 3 // 4)
    except OSError:
        return MOST


def bytes_in(folder: str, *, enough: int) -> int:
    """Bytes of disk that ``folder`` takes, links not followed; counting stops beyond ``enough``."""
    total = 0
    waiting = [folder]
    while waiting and total <= enough:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    try:
                        total += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                    except OSError:
                        # Gone meanwhile.
                        continue
        except OSError:
            # Gone, or closed by the session to itself.
            continue
    return total


def remove_scratch(spec: SessionSpec) -> None:
    """Removes the scratch folder of a session that is gone; what cannot be removed stays."""
    scratch = spec.permissions.scratch

    def make_writable(function: Callable[[str], Any], path: str, _: Any) -> None:
        # A folder without permissions; links are never followed, and nothing above the scratch folder is touched.
        for place in (os.path.dirname(path), path):
            if os.path.join(place, "").startswith(os.path.join(scratch, "")) and not os.path.islink(place):
                try:
                    os.chmod(place, 0o700)
                except OSError:
                    return
        try:
            function(path)
        except OSError:
            return

    shutil.rmtree(scratch, onerror=make_writable)

"""Scratch folders of sessions: removed with whatever a session left in them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import Any

from tflab.protocol.server import SessionSpec


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

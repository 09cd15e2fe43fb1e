"""Whose code a file is: the learner's own, or a library's."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Container
from types import FrameType

AUTOGRAPH_FILE = "__autograph_generated_file"
"""Part of the name of every file that AutoGraph writes its conversions to."""


def library_folders() -> tuple[str, ...]:
    """The folders whose files are libraries: Python's own, site-packages, tflab."""
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.update(site.getsitepackages())
    folders.add(site.getusersitepackages())
    folders.add(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for module in ("os", "tensorflow", "keras", "numpy"):
        spec_file = getattr(sys.modules.get(module), "__file__", None)
        if spec_file:
            folders.add(os.path.dirname(spec_file))
    return tuple(sorted(os.path.realpath(folder) + os.sep for folder in folders if folder))


class LearnerFrames:
    """Tells the learner's frames from the libraries'."""

    def __init__(self, cells: Container[str], script: str = "") -> None:
        self._cells = cells
        self._script = script
        self._libraries = library_folders()
        self._known: dict[str, bool] = {}

    def owns_file(self, filename: str) -> bool:
        """Whether the learner wrote ``filename``: a cell, the script, or a file outside every library."""
        if filename in self._cells or (self._script and filename == self._script):
            return True
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = (
                not filename.startswith("<")
                and AUTOGRAPH_FILE not in filename
                and not os.path.realpath(filename).startswith(self._libraries)
            )
        return known

    def owns(self, frame: FrameType) -> bool:
        """Whether ``frame`` runs the learner's code."""
        filename = frame.f_code.co_filename
        if filename.startswith("<") and filename not in self._cells:
            # exec() and magics such as %%time in the learner's own namespace.
            return frame.f_globals.get("__name__") == "__main__"
        return self.owns_file(filename)

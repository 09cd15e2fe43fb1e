"""Importing TensorFlow once, with progress, and the check that it has not been set in motion."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

EXPECTED_MODULES: Final = 3100
"""Modules that are loaded when TensorFlow, Keras and IPython are, where no library beside them is installed."""
OPTIONAL_MODULES: Final = {"sklearn": 400, "pandas": 600, "pyarrow": 100, "scipy": 300, "matplotlib": 150}
"""How many more Keras and the shell load where these are installed."""
INLINE_BACKEND: Final = "module://matplotlib_inline.backend_inline"
"""matplotlib's backend in sessions: figures become outputs."""
REPORT_EVERY: Final = 0.08
"""Seconds."""


class ImportProgress(importlib.abc.MetaPathFinder):
    """Counts imports as the import system asks for them. No thread: none may exist when sessions are forked."""

    def __init__(self, report: Callable[[str, float], None]) -> None:
        self._report = report
        self._expected = EXPECTED_MODULES + sum(
            modules for name, modules in OPTIONAL_MODULES.items() if importlib.util.find_spec(name) is not None
        )
        self._next = 0.0
        self.stage = ""
        """What is being imported, as people know it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Finds nothing; reports."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + REPORT_EVERY
            self._report(self.stage, self.fraction)
        return None

    @property
    def fraction(self) -> float:
        """How much is loaded, from 0 to 1: an estimate."""
        return min(0.99, len(sys.modules) / self._expected)

    def load(self, name: str) -> ModuleType:
        """Imports ``name`` as a stage of its own."""
        self.stage = name
        self._next = 0.0
        return importlib.import_module(name)

    def __enter__(self) -> ImportProgress:
        sys.meta_path.insert(0, self)
        return self

    def __exit__(self, *_: object) -> None:
        sys.meta_path.remove(self)


def context_is_initialized() -> bool:
    """Whether TensorFlow's eager context runs: then this process has TensorFlow's threads and must not fork."""
    module = sys.modules.get("tensorflow.python.eager.context")
    context = getattr(module, "_context", None)
    return bool(context is not None and getattr(context, "_initialized", False))

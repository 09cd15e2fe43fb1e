"""Other programs that benchmarks are measured beside: no dependencies, but found where variables name them.

``TFLAB_BESIDE_POSTING``, ``TFLAB_BESIDE_HARLEQUIN`` and ``TFLAB_BESIDE_EUPORIE`` hold the command of each;
``TFLAB_BESIDE_TEXTUAL_PLOT`` and ``TFLAB_BESIDE_TEXTUAL_PLOTEXT`` a Python that has the library.
"""

from __future__ import annotations

import os
import shlex
from typing import Final

FULL_TEXTS: Final[dict[str, tuple[bytes, ...]]] = {
    "posting": (b"Collection", b"Send", b"Response"),
    "harlequin": (b"Data Catalog", b"Run Query", b"Query Results"),
    "euporie": (b"File", b"Kernel", b"Help"),
}
"""What is on the screen of each once all of it is there."""


def command_of(name: str) -> list[str] | None:
    """The command or Python of ``name``; None, after a line that says so, where no variable names it."""
    variable = f"TFLAB_BESIDE_{name.upper().replace('-', '_')}"
    words = shlex.split(os.environ.get(variable, ""))
    if not words:
        print(f"{name}: not measured, {variable} names no command", flush=True)
    return words or None

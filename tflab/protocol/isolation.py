"""What isolation is made of, and which level a session reaches: the published table, as data.

A session tries each of these on itself when it starts (``tflab.session.sandbox.isolation``) and reports the level;
``tflab doctor`` shows the table. A level is reached where everything that it names held, together with everything
that the levels below it name.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from tflab.protocol.events import Isolation

LEVELS: Final[tuple[tuple[Isolation, tuple[str, ...]], ...]] = (
    ("none", ()),
    ("limits", ("limits",)),
    ("files", ("files-read", "files-write")),
    ("good", ("network", "memory", "privileges", "descriptors", "environment")),
    ("full", ("signals", "metadata", "kernel")),
)
"""From the weakest to the strongest: what each demands beyond the one before."""

PROBES: Final[tuple[str, ...]] = tuple(name for _, names in LEVELS for name in names)
"""Every probe that a level demands."""

COMFORTS: Final[tuple[str, ...]] = ("private-temporary", "shared-memory")
"""Measured and reported, but no level demands them: what they give, not what they hold back."""


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one probe found."""

    name: str
    held: bool
    observed: str
    """What happened, in the system's words: ``open /home/ada: Permission denied``."""


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """What ``python -m tflab.session.sandbox`` found out about this machine."""

    level: Isolation
    landlock_abi: int
    """0 without Landlock."""
    seccomp: bool
    namespaces: bool
    """Whether a session gets namespaces of its own."""
    probes: tuple[ProbeResult, ...]
    failures: tuple[str, ...] = ()
    """Steps that the system refused, in its own words."""


def level_of(held: Collection[str]) -> Isolation:
    """The strongest level whose probes, and those of every level below it, are all in ``held``."""
    reached: Isolation = "none"
    for level, names in LEVELS:
        if not all(name in held for name in names):
            break
        reached = level
    return reached

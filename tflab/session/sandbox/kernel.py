"""What this kernel offers a sandbox; asked once, before sessions are forked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tflab.session.sandbox import landlock, namespaces, seccomp


@dataclass(frozen=True)
class Kernel:
    """The mechanisms that can be used; tests lower them to play an older kernel."""

    landlock_abi: int
    """0 without Landlock."""
    seccomp: bool
    namespaces: bool
    """Whether user, mount and IPC namespaces can be made and used."""


@cache
def this_kernel() -> Kernel:
    """What there is here. The first call forks a short-lived process: make it before threads are started."""
    return Kernel(landlock_abi=landlock.available_abi(), seccomp=seccomp.is_available(), namespaces=namespaces.works())

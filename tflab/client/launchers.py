"""Which source of sessions suits this system."""

from __future__ import annotations

import os
import sys
from functools import partial

from tflab.client.session_source import Launcher


def forks_safely() -> bool:
    """Whether a process that has loaded TensorFlow may be forked: on macOS its frameworks do not survive that."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def launcher_for(python: str, *, own_loopback: bool = False) -> Launcher:
    """Starts sessions under ``python``: forked from one server, or each a process of its own.

    ``own_loopback``: they share a network of their own, where the system gives one.
    """
    if forks_safely():
        from tflab.client.fork_server_client import ForkServerClient

        return partial(ForkServerClient, python, own_loopback=own_loopback)
    from tflab.client.spawn_source import SpawnSource

    return partial(SpawnSource, python)

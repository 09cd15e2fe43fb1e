"""Lets the lab look into any Python process: ``import tflab; tflab.watch()``, then ``tflab attach`` in a terminal.

In a notebook ``%load_ext tflab`` does the same. Nothing waits for who watches; only this user can.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tflab.doors.folder import NAME, name_of
from tflab.messages import text

if TYPE_CHECKING:
    from tflab.session.watching.watched import WatchedProcess

_watched: WatchedProcess | None = None


def watch(name: str | None = None, *, worker: int | str | None = None) -> str:
    """Opens this process to ``tflab attach`` and gives the name under which it can be found.

    ``name`` is letters, digits and ``._-``; by default the script's name, or ``notebook``. ``worker`` tells the
    processes of one training apart; by default ``TF_CONFIG`` does. Called again it changes nothing, but in a forked
    process (a daemon) it opens a door of that process's own; inside a tflab session there is nothing to do. Call it
    before the functions that are to be watched are traced. Raises ValueError for a name that cannot be one, OSError
    where the door cannot be opened.
    """
    global _watched
    if _watched is not None and not _watched.is_parents:
        return _watched.name
    called = _full_name(name or _own_name(), worker)
    if not NAME.fullmatch(called):
        raise ValueError(text("client.watch.bad_name", name=called))
    if _watched is not None:
        _watched.watch_child(called)
        return _watched.name
    from tflab.session.probes.probe_set import active

    if active() is not None:
        return called
    from tflab.session.watching.watched import WatchedProcess

    main = sys.modules["__main__"].__dict__
    _watched = WatchedProcess(called, main, _shell())
    return _watched.name


def _shell() -> Any:
    """IPython's shell, where this is a notebook or an IPython prompt."""
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()


def _own_name() -> str:
    if _shell() is not None:
        return "notebook"
    stem = Path(sys.argv[0]).stem if sys.argv and sys.argv[0] not in ("", "-", "-c") else "python"
    return name_of(stem)


def _full_name(name: str, worker: int | str | None) -> str:
    if worker is None:
        worker = _worker_of_cluster()
    return name if worker is None else f"{name}-worker{worker}"


def _worker_of_cluster() -> int | None:
    try:
        task = json.loads(os.environ.get("TF_CONFIG", "{}"))["task"]
        return int(task["index"]) if task["type"] == "worker" else None
    except (ValueError, KeyError, TypeError):
        return None

"""How a session ended, in words."""

from __future__ import annotations

import signal

from tflab.messages import text
from tflab.protocol.lifecycle import EndReason


def how(status: int | None) -> str:
    """An exit status for people: ``SIGSEGV``, ``exit status 7``."""
    if status is None:
        return text("client.ended_unknown")
    if status >= 0:
        return text("client.ended_with_status", status=status)
    try:
        return signal.Signals(-status).name
    except ValueError:
        return text("client.ended_with_status", status=status)


def reason_of(status: int | None) -> EndReason:
    """The reason of an end that the lab did not bring about."""
    return "exited" if status == 0 else "crashed"


def size(count: int) -> str:
    """Bytes for people: ``1.5 GiB``."""
    value = float(count)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"

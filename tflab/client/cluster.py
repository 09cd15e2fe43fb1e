"""The workers of one training on this machine: their ports, and what each is told of the others."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import msgspec

from tflab.protocol.server import SessionSpec

_HOST: Final = "127.0.0.1"
_GIVEN_AWAY: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""The ports that the system gives to whoever asks for just any, the first and the last; Linux only."""
_FIRST_PORT: Final = 20_000
_TRIES: Final = 1000


class LocalCluster:
    """``size`` workers at ports of the loopback interface that were free a moment ago, and that the system gives to
    nobody by itself until the workers listen there."""

    def __init__(self, size: int) -> None:
        """Raises OSError where there are no ports."""
        with ExitStack() as opened:
            # All at once, so that they differ.
            self.ports = tuple(_bound(opened.enter_context(socket.socket())) for _ in range(size))

    def configuration(self, worker: int) -> str:
        """``TF_CONFIG`` of the worker with this index."""
        workers = [f"{_HOST}:{port}" for port in self.ports]
        return json.dumps({"cluster": {"worker": workers}, "task": {"type": "worker", "index": worker}})

    def gpus(self, worker: int, there: int) -> tuple[int, ...] | None:
        """Which of the machine's GPUs are this worker's; None where ``there`` are none.

        All workers have as many, as their strategy demands: where there are fewer GPUs than workers none has any.
        """
        if not there:
            return None
        each = there // len(self.ports)
        return tuple(range(worker * each, (worker + 1) * each))

    def joined(self, spec: SessionSpec, worker: int, gpus: int) -> SessionSpec:
        """``spec`` for the worker with this index: it listens at its own port and reaches all workers', and has its
        share of ``gpus``."""
        variables = {
            **dict(spec.permissions.variables),
            "TF_CONFIG": self.configuration(worker),
            # Never by way of a proxy.
            "no_grpc_proxy": _HOST,
        }
        permissions = msgspec.structs.replace(
            spec.permissions,
            variables=tuple(variables.items()),
            listens=(self.ports[worker],),
            reaches=self.ports,
        )
        return msgspec.structs.replace(spec, permissions=permissions, gpus=self.gpus(worker, gpus))


def _bound(opened: socket.socket) -> int:
    """The port that ``opened`` has got. Raises OSError."""
    for port in _ports_to_try():
        with suppress(OSError):
            opened.bind((_HOST, port))
            break
    else:
        opened.bind((_HOST, 0))
    return int(opened.getsockname()[1])


def _ports_to_try() -> Iterable[int]:
    """Ports that the system does not give away, in any order; none where it gives all of them away."""
    try:
        ours = range(_FIRST_PORT, int(_GIVEN_AWAY.read_text().split()[0]))
    except (OSError, ValueError, IndexError):
        return ()
    return random.sample(ours, min(_TRIES, len(ours)))

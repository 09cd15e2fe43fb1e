"""A fresh session: ready, and its first result, beside ``python -c "import tensorflow"`` with bytecode."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.measuring import environment, median, show
from tflab.client.supervisor import Supervisor
from tflab.protocol.events import CellFinished, Event, SessionReady
from tflab.protocol.requests import RunCellRequest
from tflab.protocol.server import Permissions, SessionSpec

ROUNDS = 5
FORKS = 8


def wait_for(supervisor: Supervisor, wanted: type[Event], timeout: float = 180) -> float:
    """`time.perf_counter` when the event came. Raises TimeoutError."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        supervisor.wait(1.0)
        if any(isinstance(event, wanted) for event in supervisor.drain()):
            return time.perf_counter()
    raise TimeoutError(wanted.__name__)


def run() -> None:
    """Prints fork to ready and to the first tensor's value, in percent of a plain import."""
    imports: list[float] = []
    ready: list[float] = []
    result: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        variables = dict(environment(Path(folder)))
        supervisor = Supervisor(lambda scratch: SessionSpec(permissions=Permissions(scratch=str(scratch))))
        supervisor.start()
        try:
            wait_for(supervisor, SessionReady)
            for round_ in range(ROUNDS + 1):
                begin = time.perf_counter()
                subprocess.run(
                    [sys.executable, "-c", "import tensorflow"], env=variables, check=True, capture_output=True
                )
                if round_:
                    imports.append(time.perf_counter() - begin)
                for _ in range(FORKS):
                    supervisor.drain()
                    begin = time.perf_counter()
                    supervisor.restart()
                    at_ready = wait_for(supervisor, SessionReady)
                    supervisor.run(RunCellRequest(cell=0, source="import tensorflow as tf\ntf.constant(1.0) + 1.0"))
                    at_result = wait_for(supervisor, CellFinished)
                    if round_:
                        ready.append(at_ready - begin)
                        result.append(at_result - begin)
        finally:
            supervisor.close()
    reference = median(imports)
    show('python -c "import tensorflow"', reference * 1000, "ms")
    show("session killed, forked, ready", median(ready) * 1000, "ms", median(ready) / reference, "budget 0.010x")
    show("... its first tensor's value shown", median(result) * 1000, "ms", median(result) / reference, "budget 0.020x")

"""Memory of session and lab while a cell prints a million lines and the lab does not read for a while."""

from __future__ import annotations

import time
from typing import Final

import psutil

from tests.benchmarks.measuring import show
from tflab.client.supervisor import Supervisor
from tflab.protocol.events import CellFinished, CellStarted, SessionReady
from tflab.protocol.requests import RunCellRequest
from tflab.protocol.server import Permissions, SessionSpec
from tflab.state.run_state import RunState

LINES: Final = 1_000_000
STALLED: Final = 5.0
"""Seconds without reading, from the cell's first line on."""
_MEBIBYTE: Final = 1 << 20


def run() -> None:
    """Prints what each process holds before, during and after, and how long the lines took."""
    state = RunState()
    supervisor = Supervisor(
        lambda scratch: SessionSpec(permissions=Permissions(scratch=str(scratch))), sample_devices=None
    )
    supervisor.start()
    try:
        ready = _apply_until(supervisor, state, SessionReady)
        assert isinstance(ready, SessionReady)
        session, lab = psutil.Process(ready.pid), psutil.Process()
        before = _used(session), _used(lab)
        supervisor.run(RunCellRequest(cell=0, source=f"for i in range({LINES}): print('line', i, 'of a flood')"))
        begin = time.perf_counter()
        _apply_until(supervisor, state, CellStarted)
        peak = list(before)
        end = time.monotonic() + STALLED
        while time.monotonic() < end:
            time.sleep(0.05)
            peak = [max(most, _used(process)) for most, process in zip(peak, (session, lab), strict=True)]
        stalled = list(peak)
        finished = _apply_until(supervisor, state, CellFinished)
        assert isinstance(finished, CellFinished)
        assert finished.status == "ok"
        seconds = time.perf_counter() - begin - STALLED
        peak = [max(most, _used(process)) for most, process in zip(peak, (session, lab), strict=True)]
    finally:
        supervisor.close()
    for number, name in enumerate(("session", "lab")):
        show(f"{name}: memory before", before[number] / _MEBIBYTE, "MiB")
        show(f"{name}: more while nobody read", (stalled[number] - before[number]) / _MEBIBYTE, "MiB")
        show(f"{name}: more after {LINES:,} lines", (peak[number] - before[number]) / _MEBIBYTE, "MiB")
    show("from the first line to the last, the stall left out", seconds, "s")
    show("lines that can be scrolled through", len(state.output), "")


def _used(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def _apply_until(supervisor: Supervisor, state: RunState, wanted: type) -> object:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        supervisor.wait(1.0)
        last = None
        for event in supervisor.drain():
            state.apply(event)
            if isinstance(event, wanted):
                last = event
        if last is not None:
            return last
    raise TimeoutError(wanted.__name__)

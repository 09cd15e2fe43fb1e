"""Several workers of one training, each a run of the same file: they begin together, and end together."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tflab.cli.file_run import FAILED, POLL_SECONDS, TIMED_OUT
from tflab.cli.run_output import RunOutput
from tflab.cli.run_signals import RunSignals
from tflab.messages import text
from tflab.protocol.events import CellError, CellFinished, Event
from tflab.protocol.worker_events import WorkersAwaited, WorkersMet


class WorkerRun(Protocol):
    """What is needed of `tflab.cli.file_run.FileRun`."""

    @property
    def status(self) -> int | None: ...
    def begin(self) -> None: ...
    def turn(self) -> None: ...
    def give_up(self, status: int) -> None: ...
    def close(self) -> None: ...
    def summarize(self) -> None: ...


class Live(Protocol):
    """What a worker does at the moment: `tflab.cli.worker_output.WorkerOutput`."""

    @property
    def state(self) -> str: ...


class Collective(Protocol):
    """What is asked of a worker's session: `tflab.client.supervisor.Supervisor`."""

    def abort_collectives(self, message: str) -> None: ...


class Meeting:
    """Whether one worker waits for the others, or has met them; a listener of its run."""

    def __init__(self) -> None:
        self.waits_since: float | None = None
        """When it began to wait, on the monotonic clock; None before, and once they have met."""
        self.has_met = False
        self.released = ""
        """Why what waits for others is to fail, once that has been asked for."""
        self.waited_in_line: int | None = None
        """Where it did wait for others, and failed for that reason."""
        self.has_waited = False

    def write(self, event: Event) -> None:
        """Takes an event."""
        if isinstance(event, WorkersAwaited):
            self.waits_since = time.monotonic()
        elif isinstance(event, WorkersMet):
            self.waits_since, self.has_met = None, True
        elif isinstance(event, CellFinished) and event.error is not None and self._is_named_in(event.error):
            self.has_waited, self.waited_in_line = True, event.error.line

    def _is_named_in(self, error: CellError) -> bool:
        """Whether the release is what went wrong."""
        return bool(self.released) and (self.released in error.message or self.released in error.traceback)


@dataclass(frozen=True)
class Worker:
    """One worker of the training."""

    run: WorkerRun
    session: Collective
    live: Live
    meeting: Meeting = field(default_factory=Meeting)


class WorkersRun:
    """Runs all workers. One that fails or never comes ends the others, who would wait for it for ever; where one has
    ended well the others may go on, but not wait for it."""

    def __init__(
        self,
        workers: Sequence[Worker],
        output: RunOutput,
        signals: RunSignals,
        *,
        patience: float,
        notes: deque[str],
    ) -> None:
        """``patience`` is how long, in seconds, workers wait for one that does not come; ``notes`` are lines for
        people, which any thread may add to."""
        self._notes = notes
        self._workers = workers
        self._runs = [worker.run for worker in workers]
        self._meetings = [worker.meeting for worker in workers]
        self._output = output
        self._signals = signals
        self._patience = patience
        self._status: int | None = None

    def run(self) -> int:
        """The exit status: that of the worker that failed first, 0 where none did. Raises BrokenPipeError."""
        with self._signals.collected():
            try:
                for run in self._runs:
                    run.begin()
                while self._status is None:
                    time.sleep(POLL_SECONDS)
                    for run in self._runs:
                        if run.status is None:
                            run.turn()
                    while self._notes:
                        self._output.say(self._notes.popleft())
                    self._look()
                    states = [worker.live.state for worker in self._workers]
                    told = [f"{worker} {state}" for worker, state in enumerate(states) if state]
                    self._output.live(" │ ".join(told))
            finally:
                self._output.live("")
                for run in self._runs:
                    run.close()
        for run in self._runs:
            run.summarize()
        return self._status

    def _look(self) -> None:
        failed = [worker for worker, run in enumerate(self._runs) if run.status]
        if failed:
            self._end(self._runs[failed[0]].status or FAILED, failed[0])
            return
        if all(run.status is not None for run in self._runs):
            self._status = 0
            return
        self._release()
        waiting = [worker for worker, meeting in enumerate(self._meetings) if meeting.waits_since is not None]
        if not waiting:
            return
        missing = [
            worker for worker, each in enumerate(self._meetings) if each.waits_since is None and not each.has_met
        ]
        gone = [worker for worker in missing if self._runs[worker].status is not None]
        if gone:
            # It has ended well, and without them.
            self._say("cli.workers.never_joined", worker=gone[0], others=_names(waiting))
            self._end(FAILED)
        elif time.monotonic() - min(self._meetings[worker].waits_since or 0.0 for worker in waiting) > self._patience:
            seconds = f"{self._patience:g}"
            if missing:
                self._say("cli.workers.never_came", seconds=seconds, worker=_names(missing), others=_names(waiting))
            else:
                self._say("cli.workers.never_met", seconds=seconds)
            self._end(TIMED_OUT)

    def _release(self) -> None:
        """No worker is to wait for one that has ended."""
        ended = self._ended()
        if not ended:
            return
        for worker in self._workers:
            if worker.run.status is None and worker.meeting.has_met and not worker.meeting.released:
                worker.meeting.released = text("cli.workers.released", workers=_names(ended))
                worker.session.abort_collectives(worker.meeting.released)

    def _ended(self) -> list[int]:
        return [worker for worker, run in enumerate(self._runs) if run.status == 0]

    def _end(self, status: int, worker: int | None = None) -> None:
        """Ends all; ``worker`` is the one at fault."""
        self._status = status
        others = [other for other, run in enumerate(self._runs) if run.status is None]
        if worker is not None and self._meetings[worker].has_waited:
            line = self._meetings[worker].waited_in_line
            place = "" if line is None else text("cli.workers.in_line", line=line)
            self._say("cli.workers.left_waiting", workers=_names(self._ended()), worker=worker, place=place)
        if worker is not None and others and not self._signals.numbers:
            self._say("cli.workers.ended", worker=worker, status=status, others=_names(others))
        for run in self._runs:
            run.give_up(status)

    def _say(self, key: str, **values: object) -> None:
        self._output.say("tflab: " + text(key, **values))


def _names(workers: Sequence[int]) -> str:
    return ", ".join(map(str, workers))

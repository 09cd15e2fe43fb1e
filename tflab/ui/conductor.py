"""What runs next: turns the keys of the lab into requests to the session, one cell at a time.

A run of several steps stops at the first that fails, so only the step that runs is handed to the session; the
others wait here.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from tflab.curriculum.document import Document
from tflab.curriculum.kept_runs import KeptRuns
from tflab.curriculum.session_outputs import SessionOutputs
from tflab.messages import text
from tflab.protocol.events import CellFinished, Event, SessionReady
from tflab.protocol.lifecycle import CellsDropped, SessionEnded
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest, RunCellRequest
from tflab.protocol.server import ServerFailed
from tflab.protocol.steering import LoopAction
from tflab.state.renumbering import renumber
from tflab.state.run_state import LabEvent, RunState
from tflab.ui.launch import Session
from tflab.ui.run_keeper import RunKeeper
from tflab.ui.working_copy import WorkingCopy

_APPLY_SECONDS: Final = 0.03
"""How long events are applied at one go where nothing else is said; what is left waits for the next time."""


class Conductor:
    """Runs steps of a working copy in a session and keeps the state up to date."""

    def __init__(
        self,
        session: Session,
        state: RunState,
        copy: WorkingCopy,
        step_ran: Callable[[Document, int], None] | None = None,
        runs: KeptRuns | None = None,
    ) -> None:
        """``step_ran`` is told of every step that has run without an error; ``runs`` keeps those that drew curves."""
        self._session = session
        self._step_ran = step_ran
        self._keeper = RunKeeper(runs, lambda: self.copy.document.title) if runs is not None else None
        self.state = state
        self.copy = copy
        self._waiting: deque[int] = deque()
        self._recorded: set[int] = set()
        """Steps whose next run is to be recorded."""
        self._sent: int | None = None
        """The step that the session has been asked to run and has not finished."""
        self._sent_as: int | None = None
        """The number by which the session knows the step that it was sent last."""
        self._sent_now: int | None = None
        """The number that this step has by now."""
        self.outputs: SessionOutputs | None = None
        """What cells of a notebook have shown; None where no file keeps it."""
        self._question = 0
        self._restarting = False
        """A fresh session was asked for and is not ready: what is sent now would be lost with the old one."""
        self._events: deque[LabEvent] = deque()

    # --- asking -------------------------------------------------------------------------------------------------

    def run(self, index: int, *, record: bool = False) -> bool:
        """Runs step ``index`` after what runs already, and with ``record`` has its operations recorded. False where no
        session can ever run it."""
        return self._enqueue([index], record=record)

    def run_to(self, index: int, *, record: bool = False) -> bool:
        """Runs all steps up to ``index``, in order, and records the last of them where ``record`` says so."""
        return self._enqueue(list(range(index + 1)), record=record)

    def restart(self) -> None:
        """Ends the session and everything that runs in it; a fresh one follows."""
        self._drop()
        self._restarting = True
        self._session.restart()

    def interrupt(self) -> None:
        """Stops the running cell; the second time it is forced."""
        if self.state.phase == "interrupting" or self.state.overdue is not None:
            self.restart()
            return
        self._waiting.clear()
        self.state.interrupting()
        self._session.interrupt()
        if not self.state.busy:
            self._sent = None

    def answer(self, line: str | None) -> None:
        """The line that the cell waits for; None where there are no more."""
        self.state.answered()
        self._session.answer_input(line)

    def steer(self, action: LoopAction) -> None:
        """Pauses, resumes, steps or stops the loop of the running cell."""
        self._session.steer(action)

    def turn_knob(self, name: str, value: float) -> None:
        """Gives a number of the program another value; the output says what came of it."""
        self._session.turn_knob(name, value)

    def ask_tensor(self, request: ReadTensorRequest | MeasureTensorRequest) -> None:
        """Asks about one tensor; the state's tensors have the answer."""
        self._question += 1
        self._session.ask_tensor(msgspec.structs.replace(request, request_id=self._question))

    def change_document(self, copy: WorkingCopy) -> None:
        """Another document: its steps run in a fresh session."""
        used = self.state.busy or bool(self.state.steps) or copy.document.devices != self.copy.document.devices
        self._drop()
        self.copy = copy
        self.outputs = None
        self.state.forget_steps()
        if used and self.state.phase != "failed":
            self._restarting = True
            self._session.restart()

    def renumber(self, moved: Mapping[int, int]) -> None:
        """The steps have other numbers: ``moved`` has the new one of each that is still there, by the old."""
        self._waiting = deque(moved[index] for index in self._waiting if index in moved)
        self._recorded = {moved[index] for index in self._recorded if index in moved}
        if self._sent is not None:
            self._sent = moved.get(self._sent)
        if self._sent_now is not None:
            self._sent_now = moved.get(self._sent_now)
        renumber(self.state, moved)

    @property
    def running(self) -> int | None:
        """The step that the session has been asked to run and has not finished."""
        return self._sent

    @property
    def waiting(self) -> bool:
        """Whether any step has been asked for and has not finished."""
        return self._sent is not None or bool(self._waiting)

    # --- being told ---------------------------------------------------------------------------------------------

    @property
    def is_behind(self) -> bool:
        """Whether events wait that have come already."""
        return bool(self._events)

    def advance(self, seconds: float = _APPLY_SECONDS, stops: Callable[[float], bool] = lambda now: False) -> bool:
        """Applies what has happened, for at most so many seconds or until ``stops`` says so; whether anything had.

        ``stops`` is asked before each event, with the time by `time.monotonic`.
        """
        if not self._events:
            self._events.extend(self._session.drain())
        if not self._events:
            return False
        end = time.monotonic() + seconds
        while self._events and (now := time.monotonic()) < end and not stops(now):
            event = self._renumbered(self._events.popleft())
            if not self._is_possible(event):
                continue
            self.state.apply(event)
            if self.outputs is not None and isinstance(event, Event):
                self.outputs.follow(event, self._identity(event.cell))
            if self._keeper is not None:
                self._keeper.follow(event, self.state.curves)
            self._follow(event)
        return True

    def _is_possible(self, event: LabEvent) -> bool:
        """False for what only a session can say that makes things up: of a step that the document does not have."""
        return not isinstance(event, Event) or event.cell is None or 0 <= event.cell < len(self.copy.document.steps)

    def _renumbered(self, event: LabEvent) -> LabEvent:
        """An event of the cell that runs, with the number that its step has by now."""
        if self._sent_as != self._sent_now and isinstance(event, Event) and event.cell == self._sent_as:
            return msgspec.structs.replace(event, cell=self._sent_now)
        return event

    def _identity(self, cell: int | None) -> int | None:
        """The cell of the file that a step is."""
        if cell is None or self.copy.cells is None:
            return None
        identities = self.copy.cells.identities()
        return identities[cell] if cell < len(identities) else None

    def _follow(self, event: LabEvent) -> None:
        if isinstance(event, CellFinished):
            if self._restarting:
                self._queue_again()
            elif event.cell == self._sent:
                self._sent = None
                if event.status != "ok":
                    self._drop()
                elif self._step_ran is not None and event.cell is not None:
                    self._step_ran(self.copy.document, event.cell)
                self._send_next()
        elif isinstance(event, SessionReady):
            self._restarting = False
            self._send_next()
        elif (
            isinstance(event, ServerFailed)
            # What was asked for after a wish for a restart is the fresh session's.
            or (isinstance(event, SessionEnded) and event.reason != "restarted" and not self._restarting)
            or (isinstance(event, CellsDropped) and self._sent in event.cells)
        ):
            self._drop()

    # --- sending ------------------------------------------------------------------------------------------------

    def _enqueue(self, indexes: list[int], *, record: bool) -> bool:
        if self.state.phase == "failed":
            self.state.output.note(text("ui.output.no_session", reason=self.state.failure))
            return False
        if record:
            self._recorded.add(indexes[-1])
        for index in indexes:
            if index not in self._waiting:
                self._waiting.append(index)
                self.state.queue(index)
        self._send_next()
        return True

    def _send_next(self) -> None:
        if self._sent is None and self._waiting and not self._restarting:
            index = self._sent = self._sent_as = self._sent_now = self._waiting.popleft()
            self._session.run(
                RunCellRequest(
                    cell=index,
                    source=self.copy.source(index),
                    filename=self.copy.document.filename,
                    first_line=self.copy.first_line(index),
                    record=index in self._recorded or index in self.state.armed,
                )
            )
            self._recorded.discard(index)

    def _queue_again(self) -> None:
        """A step that was killed with its session waits for the next one."""
        for index in self._waiting:
            self.state.queue(index)

    def _drop(self) -> None:
        self._waiting.clear()
        self._recorded.clear()
        self._sent = None
        self.state.drop_queue()

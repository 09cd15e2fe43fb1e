"""``tflab run --workers N FILE``: N sandboxed sessions on this machine that train one model together."""

from __future__ import annotations

import sys
from collections import deque
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tflab.cli.event_file import EventFile, UnwritableFile, WorkerEvents
from tflab.cli.file_run import FileRun, Listener
from tflab.cli.notebook_file import NotebookFile
from tflab.cli.run_curves import RunCurves
from tflab.cli.run_output import RunOutput
from tflab.cli.run_signals import RunSignals
from tflab.cli.session_spec import PlannedSession
from tflab.cli.typed_input import NoInput
from tflab.cli.worker_output import WorkerOutput
from tflab.cli.workers_run import Meeting, Worker, WorkersRun
from tflab.cli.wrong_call import WrongCall
from tflab.client.cluster import LocalCluster
from tflab.client.launchers import launcher_for
from tflab.client.session_source import Launcher
from tflab.client.shared_source import SharedSource
from tflab.client.supervisor import Supervisor
from tflab.client.worker_door import SessionDoor
from tflab.curriculum.document import Document
from tflab.doors.folder import name_of
from tflab.messages import text
from tflab.protocol.server import ServerReady, SessionSpec

DEFAULT_PATIENCE: Final = 120.0
"""Seconds that workers wait for one another."""


@dataclass(frozen=True)
class WorkersWish:
    """What the command line asks for."""

    workers: int
    patience: float
    events: str | None
    output: str | None
    keep_going: bool
    timeout: float | None
    record: bool
    shares_memory: bool
    """Whether the limit of memory is one that all share, and not each worker's own."""


class WorkersCommand:
    """One call of ``tflab run --workers``."""

    def __init__(
        self, document: Document, planned: PlannedSession, wish: WorkersWish, launcher: Launcher | None = None
    ) -> None:
        """``launcher`` starts the source of all sessions; by default one that gives them a network of their own."""
        self._launcher = launcher
        self._document = document
        self._planned = planned
        self._wish = wish
        self._notes: deque[str] = deque(planned.notes)
        self._signals = RunSignals()
        self._curves: list[RunCurves] = []
        self._gpus = 0
        """That there are, known before the first session is asked for."""

    def run(self) -> int:
        """The exit status. Raises `WrongCall`, BrokenPipeError."""
        wish = self._wish
        output = RunOutput(sys.stderr if wish.events == "-" else sys.stdout, sys.stderr)
        try:
            cluster = LocalCluster(wish.workers)
        except OSError as error:
            raise WrongCall(text("cli.workers.no_ports", reason=error.strerror or str(error))) from None
        # A session that may do more needs no network of its own, and one without a sandbox gets none.
        is_confined = not {"--allow-net", "--no-sandbox"} & set(self._planned.doors)
        launcher = self._launcher or launcher_for(sys.executable, own_loopback=is_confined)
        source = SharedSource(launcher, lambda ready: self._note_server(ready, is_confined))
        with ExitStack() as opened:
            events = self._events(opened)
            workers = [self._worker(worker, cluster, source, output, events, opened) for worker in range(wish.workers)]
            run = WorkersRun(workers, output, self._signals, patience=wish.patience, notes=self._notes)
            status = run.run()
        for trouble in dict.fromkeys(curves.finish() for curves in self._curves):
            if trouble:
                output.say(trouble)
        return status

    def _worker(
        self,
        worker: int,
        cluster: LocalCluster,
        source: SharedSource,
        output: RunOutput,
        events: EventFile | None,
        opened: ExitStack,
    ) -> Worker:
        wish, document = self._wish, self._document

        def make_spec(scratch: Path) -> SessionSpec:
            spec = cluster.joined(self._planned.make_spec(scratch), worker, self._gpus)
            memory = spec.permissions.memory
            if memory is None or not wish.shares_memory:
                return spec
            permissions = msgspec.structs.replace(spec.permissions, memory=memory // wish.workers)
            return msgspec.structs.replace(spec, permissions=permissions)

        # The machine is measured once for all.
        supervisor = Supervisor(make_spec, launcher=source.share, sample_devices=None if worker else 1.0)
        meeting = Meeting()
        curves = RunCurves(f"{document.path.name} {worker}")
        lines = WorkerOutput(output, f"{worker}")
        listeners: list[Listener] = [meeting, curves]
        try:
            if events is not None:
                listeners.append(WorkerEvents(events, worker))
            if wish.output is not None:
                path = Path(wish.output)
                listeners.append(NotebookFile(str(path.with_stem(f"{path.stem}-worker{worker}")), document))
        except UnwritableFile as error:
            raise WrongCall(str(error)) from None
        try:
            name = f"{name_of(document.path.stem)}-worker{worker}"
            listeners.append(opened.enter_context(closing(SessionDoor(name, supervisor))))
        except OSError as error:
            self._notes.append(text("cli.workers.no_door", worker=worker, reason=error.strerror or str(error)))
        self._curves.append(curves)
        run = FileRun(
            document,
            supervisor,
            lines,
            listeners,
            keep_going=wish.keep_going,
            timeout=wish.timeout,
            record=wish.record,
            signals=self._signals,
            lines=NoInput(),
            title=text("cli.workers.title", name=document.path.name, worker=worker),
            ends_the_deaf=True,
        )
        return Worker(run, supervisor, lines, meeting)

    def _events(self, opened: ExitStack) -> EventFile | None:
        if self._wish.events is None:
            return None
        try:
            return opened.enter_context(closing(EventFile(self._wish.events)))
        except UnwritableFile as error:
            raise WrongCall(str(error)) from None

    def _note_server(self, ready: ServerReady, is_confined: bool) -> None:
        """On the source's thread: who else can reach the workers where the kernel gives no network of their own, and
        which GPUs they have."""
        if is_confined and not ready.own_loopback:
            self._notes.append(text("cli.workers.shared_loopback"))
        self._gpus, workers = ready.gpus, self._wish.workers
        each = self._gpus // workers
        if self._gpus and not each:
            self._notes.append(text("cli.workers.few_gpus", gpus=self._gpus, workers=workers))
        elif self._gpus:
            self._notes.append(text("cli.workers.gpus", each=each, unused=self._gpus - each * workers))

"""What works on this machine: the facts behind ``tflab doctor``, each measured where it can be."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from tflab import __version__
from tflab.client.devices import DeviceSampler
from tflab.client.environment import server_environment
from tflab.client.machine_memory import default_memory, memory_limit, usable_memory
from tflab.client.permissions import for_lessons
from tflab.client.supervisor import Supervisor
from tflab.client.terminal_facts import TerminalFacts, terminal_facts
from tflab.messages import language, text
from tflab.protocol.events import Device, Isolation, SessionReady
from tflab.protocol.isolation import Measurement
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.server import ServerFailed, ServerProgressed, ServerReady, SessionSpec

LOADING_PATIENCE: Final = 300.0
"""Seconds that TensorFlow may take to load."""
_MEASURING_PATIENCE: Final = 60.0
_PYTHONS: Final = ((3, 10), (3, 13))
"""The first and the last that tflab supports."""


class PythonFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The Python that runs the lab and its sessions."""

    version: str
    executable: str
    supported: bool


class SystemFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The machine."""

    name: str
    """``Linux``, ``Darwin``."""
    release: str
    machine: str
    """``x86_64``, ``aarch64``."""
    wsl: bool
    container: bool
    memory: int
    """Bytes that this user's processes may use."""
    memory_limited: bool
    """Whether that is less than the machine has, because of a cgroup."""
    session_memory: int
    """Bytes that a session may use by default."""


class SessionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A real session, or why there is none."""

    problem: str = ""
    """One line for people where none could be started; else empty."""
    tensorflow: str = ""
    keras: str = ""
    load_seconds: float | None = None
    """From the launch of the fork server to its readiness."""
    start_seconds: float | None = None
    """From there to a session that can run cells."""
    isolation: Isolation = "none"
    missing: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    """As TensorFlow sees them."""


class DoctorReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that ``tflab doctor`` tells."""

    tflab: str
    python: PythonFacts
    system: SystemFacts
    session: SessionFacts
    devices: tuple[Device, ...]
    """As the lab measures them."""
    isolation: Measurement | None
    """Probe by probe; None where nothing could be measured."""
    isolation_problem: str
    """Why nothing could be measured; else empty."""
    terminal: TerminalFacts

    @property
    def can_start(self) -> bool:
        """Whether sessions can be started here."""
        return not self.session.problem


def collect(progress: Callable[[str, float], None] | None = None, *, python: str = sys.executable) -> DoctorReport:
    """Measures everything; takes as long as TensorFlow takes to load.

    ``progress`` hears which module is being loaded and the fraction done, from 0 to 1.
    """
    sampler = DeviceSampler()
    try:
        devices = sampler.sample().devices
    finally:
        sampler.close()
    isolation: Measurement | None = None
    isolation_problem = ""
    try:
        isolation = measure_sandbox(python)
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError) as error:
        isolation_problem = " ".join(str(error).split())
    return DoctorReport(
        tflab=__version__,
        python=PythonFacts(
            version=platform.python_version(),
            executable=python,
            supported=_PYTHONS[0] <= sys.version_info[:2] <= _PYTHONS[1],
        ),
        system=_system(),
        session=try_session(progress, python=python),
        devices=devices,
        isolation=isolation,
        isolation_problem=isolation_problem,
        terminal=terminal_facts(),
    )


def measure_sandbox(python: str = sys.executable) -> Measurement:
    """What the sandbox holds here. Raises OSError, `subprocess.SubprocessError` or `msgspec.MsgspecError`."""
    result = subprocess.run(
        [python, "-m", "tflab.session.sandbox"],
        env=server_environment(),
        # An empty first entry of sys.path would stand for the folder that one happens to be in.
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_MEASURING_PATIENCE,
        check=True,
    )
    return msgspec.json.decode(result.stdout, type=Measurement)


def try_session(
    progress: Callable[[str, float], None] | None = None,
    *,
    python: str = sys.executable,
    patience: float = LOADING_PATIENCE,
) -> SessionFacts:
    """Starts a session as a lesson would, and ends it."""
    grants = for_lessons()

    def make_spec(scratch: Path) -> SessionSpec:
        return SessionSpec(permissions=grants.permissions(scratch), language=language())

    supervisor = Supervisor(make_spec, python=python, sample_devices=None)
    began = time.monotonic()
    loaded: float | None = None
    try:
        supervisor.start()
        while time.monotonic() - began < patience:
            supervisor.wait(0.5)
            for event in supervisor.drain():
                match event:
                    case ServerProgressed():
                        if progress is not None:
                            progress(event.stage, event.fraction)
                    case ServerReady():
                        loaded = time.monotonic()
                    case ServerFailed() | SessionEnded():
                        return SessionFacts(problem=event.message)
                    case SessionReady():
                        now = time.monotonic()
                        return SessionFacts(
                            tensorflow=event.tensorflow,
                            keras=event.keras,
                            load_seconds=None if loaded is None else loaded - began,
                            start_seconds=None if loaded is None else now - loaded,
                            isolation=event.isolation,
                            missing=event.isolation_details,
                            devices=event.devices,
                        )
    except OSError as error:
        return SessionFacts(problem=str(error))
    finally:
        supervisor.close()
    return SessionFacts(problem=text("sandbox.doctor.too_slow", seconds=f"{patience:.0f}"))


def _system() -> SystemFacts:
    facts = platform.uname()
    memory = usable_memory()
    limit = memory_limit()
    return SystemFacts(
        name=facts.system,
        release=facts.release,
        machine=facts.machine,
        wsl="microsoft" in facts.release.lower(),
        container=any(os.path.exists(path) for path in ("/.dockerenv", "/run/.containerenv")),
        memory=memory,
        memory_limited=limit is not None and limit == memory,
        session_memory=default_memory(),
    )

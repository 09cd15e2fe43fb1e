"""What the fork server builds once so that every session starts with it."""

from __future__ import annotations

import codecs
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tflab.protocol.events import Device
from tflab.session.completion import complete
from tflab.session.learner_frames import LearnerFrames
from tflab.session.probes import ProbeSet
from tflab.session.shell import SessionShell, build_shell
from tflab.session.streams import OutputStream
from tflab.session.tracebacks import TracebackWriter


@dataclass(frozen=True)
class Prebuilt:
    """The parts of a session that exist before it is forked."""

    shell: SessionShell
    probes: ProbeSet
    stdout: OutputStream
    stderr: OutputStream
    tensorflow: str
    keras: str
    python: str
    devices: tuple[Device, ...]

    @classmethod
    def build(
        cls,
        stdout: OutputStream,
        stderr: OutputStream,
        tensorflow: str,
        keras: str,
        see_devices: Callable[[], tuple[Device, ...]],
    ) -> Prebuilt:
        """Builds and patches; no operation runs."""
        shell = build_shell()
        _warm_up(shell)
        probes = ProbeSet()
        probes.install()
        return cls(
            shell=shell,
            probes=probes,
            stdout=stdout,
            stderr=stderr,
            tensorflow=tensorflow,
            keras=keras,
            python=platform.python_version(),
            devices=see_devices(),
        )


def _warm_up(shell: Any) -> None:
    """Does once what is slow the first time and needs no operation: lazy imports, transforming, a traceback."""
    # Every session seeds it.
    np.random.get_state()
    os.environ.update({})
    codecs.lookup("ascii")
    shell.transform_cell("%timeit 1\nfiles = !ls\nlen?\n")
    shell.display_formatter.format([1.0])
    complete("shell.user", 10, {"shell": shell})
    try:
        raise ValueError("warm up")
    except ValueError as error:
        TracebackWriter(LearnerFrames(())).error(error, __file__)

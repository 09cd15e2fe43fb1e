"""What comes before a session, or the fork of one: TensorFlow is imported, the shell built, probes put in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tflab import messages
from tflab.protocol.events import Device
from tflab.session import forking
from tflab.session.loading import INLINE_BACKEND, ImportProgress, context_is_initialized
from tflab.session.print_listener import listen_to_prints, marked_stdout
from tflab.session.streams import OutputStream

if TYPE_CHECKING:
    from tflab.session.prebuilt import Prebuilt


class CannotStart(Exception):
    """No session is possible; the message is one line for people."""


def prepare(
    report: Callable[[str, float], None],
    patches: ExitStack,
    see_devices: Callable[[], tuple[Device, ...]] | None = None,
) -> Prebuilt:
    """Loads all that a session needs; runs no operation and starts no thread of Python's.

    ``report`` hears the stage and the fraction done. ``patches`` keeps what must stay patched. ``see_devices`` says
    what TensorFlow sees; by default a fork is asked. Raises `CannotStart`.
    """
    stdout, stderr = OutputStream("stdout", 1), OutputStream("stderr", 2)
    # Keras imports matplotlib where it is installed, and that reads this once.
    os.environ["MPLBACKEND"] = INLINE_BACKEND
    sys.stdout = sys.__stdout__ = stdout  # type: ignore[assignment,misc]
    sys.stderr = sys.__stderr__ = stderr  # type: ignore[assignment,misc]
    try:
        with ImportProgress(report) as progress:
            progress.load("numpy")
            tensorflow = progress.load("tensorflow")
            keras = progress.load("keras")
            progress.stage = "ipython"
            # Both import IPython and TensorFlow's inner modules; sessions then find them loaded.
            from tflab.session import session  # noqa: F401
            from tflab.session.devices import devices_seen_by_a_fork
            from tflab.session.prebuilt import Prebuilt

            prebuilt = Prebuilt.build(
                stdout, stderr, tensorflow.__version__, keras.__version__, see_devices or devices_seen_by_a_fork
            )
            if listen_to_prints(Path(str(tensorflow.__file__)).parent, stdout.write, stderr.write):
                patches.enter_context(marked_stdout())
    except ModuleNotFoundError as error:
        raise CannotStart(messages.text("client.module_missing", module=error.name or str(error))) from error
    # Whatever an import can raise: a library built for another system, a broken installation.
    except Exception as error:
        raise CannotStart(messages.text("client.import_failed", error=one_line(error))) from error
    if context_is_initialized():
        raise CannotStart(messages.text("client.context_initialized"))
    forking.freeze_memory()
    return prebuilt


def one_line(error: BaseException) -> str:
    """An exception in one line of bounded length."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]

"""How the sessions of a command are to start: permissions, script, arguments, devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import msgspec

from tflab.cli.options import SessionLimits, SessionOptions
from tflab.client import permissions
from tflab.client.permissions import Grants
from tflab.curriculum.document import Document
from tflab.curriculum.notebook import STANDARD_INPUT
from tflab.messages import language
from tflab.protocol.server import RecorderDoor, SessionSpec

_DEFAULTS: Final = SessionLimits()


@dataclass(frozen=True)
class PlannedSession:
    """What a supervisor needs to start sessions, and what the person should know of it."""

    make_spec: Callable[[Path], SessionSpec]
    """Makes the specification of one session from its fresh scratch folder."""
    notes: tuple[str, ...]
    """Lines for people: a folder that is not granted, and the flag that grants it."""
    doors: tuple[str, ...] = ()
    """The flags that opened something: ``--allow-net``, ..."""


class SpecsOfDocument:
    """Specifications for the document that is open: a lesson may ask for logical devices of its own."""

    def __init__(self, planned: PlannedSession, document: Document) -> None:
        self._planned = planned
        self._devices = document.devices

    def opened(self, document: Document) -> Document:
        """The sessions to come are for this document."""
        self._devices = document.devices
        return document

    def make_spec(self, scratch: Path) -> SessionSpec:
        """The specification of one session from its fresh scratch folder."""
        spec = self._planned.make_spec(scratch)
        return msgspec.structs.replace(spec, logical_devices=self._devices) if self._devices else spec


def lesson_session(limits: SessionLimits = _DEFAULTS, *, recorder: RecorderDoor = "none") -> PlannedSession:
    """Sessions for lessons: they read the lessons' data and write nothing but their scratch folder."""
    grants = permissions.for_lessons(**asdict(limits))

    def make_spec(scratch: Path) -> SessionSpec:
        return SessionSpec(permissions=grants.permissions(scratch), language=language(), recorder=recorder)

    return PlannedSession(make_spec, grants.notes)


def file_session(
    document: Document,
    options: SessionOptions,
    arguments: Sequence[str],
    folder: Path,
    *,
    recorder: RecorderDoor = "none",
) -> PlannedSession:
    """Sessions for a file of the user's own.

    ``arguments`` is ``sys.argv`` for a script, the name it was called by first; ``folder`` is where the command was
    started; ``recorder`` is how the person comes to a recorded run.
    """
    grants = _grants(document, options, folder)
    is_script = document.kind == "script"
    has_file = document.filename != STANDARD_INPUT

    def make_spec(scratch: Path) -> SessionSpec:
        return SessionSpec(
            permissions=grants.permissions(scratch),
            language=language(),
            arguments=tuple(arguments) if is_script else None,
            # As `python FILE` sets them: the whole path, and the folder with links resolved.
            script=str(document.path) if is_script and has_file else "",
            import_path=str(document.path.resolve().parent),
            logical_devices=options.devices or document.devices,
            recorder=recorder,
        )

    return PlannedSession(make_spec, grants.notes, grants.doors)


def _grants(document: Document, options: SessionOptions, folder: Path) -> Grants:
    if document.kind == "lesson":
        return permissions.for_lessons(**asdict(options.limits))
    return permissions.for_file(
        document.path,
        folder=folder,
        allow_read=options.allow_read,
        allow_write=options.allow_write,
        allow_net=options.allow_net,
        sandbox=options.sandbox,
        **asdict(options.limits),
    )

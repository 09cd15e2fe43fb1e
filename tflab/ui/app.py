"""The application: see `run_lab`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tflab.curriculum.document import Document
from tflab.protocol.events import DevicesSampled
from tflab.ui.launch import Drafts, LessonEntry, Session


def run_lab(
    document: Document,
    supervisor: Session,
    drafts: Drafts,
    *,
    lessons: Sequence[LessonEntry] = (),
    open_document: Callable[[str], Document] | None = None,
    notes: Sequence[str] = (),
    first_launch: bool = False,
    sample_devices: Callable[[], DevicesSampled] | None = None,
    opened: Callable[[Document], None] | None = None,
) -> int:
    """Shows the lab until the person quits; the exit status. Parameters as in `tflab.ui.launch.Launch`."""
    raise NotImplementedError

"""The list of lessons."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tflab.ui.lesson_entry import LessonEntry


class LessonsPane(OptionList):
    """Shows the lessons, which are done and which are begun; Enter or a click opens one."""

    DEFAULT_CSS = """
    LessonsPane {
        background: transparent; border: none; padding: 0; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    LessonsPane:focus { background: transparent; border: none; }
    """

    class Opened(Message):
        """A lesson was asked for."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    def show_lessons(self, lessons: Sequence[LessonEntry], current: str) -> None:
        """Shows these, ``current`` marked as the one that is open."""
        self.clear_options()
        self.add_options([Option(lesson_label(entry, entry.ref == current), id=entry.ref) for entry in lessons])
        for position, entry in enumerate(lessons):
            if entry.ref == current:
                self.highlighted = position

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option.id is not None:
            self.post_message(self.Opened(event.option.id))


def lesson_label(entry: LessonEntry, current: bool) -> Text:
    """``✓ 12 Autodiff``: done, open (``▸``), begun (``·``) or not."""
    mark = "✓" if entry.done else "▸" if current else "·" if entry.started else " "
    label = Text(f"{mark} {entry.number:02d} {entry.title}", no_wrap=True, overflow="ellipsis")
    if current:
        label.stylize("bold")
    return label

"""The knobs of the running program: which there are, and another value for one of them."""

from __future__ import annotations

import math
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tflab.messages import text
from tflab.protocol.steering import Knob
from tflab.state.loop import Loop
from tflab.state.terminal_text import plain
from tflab.ui.screens.page import Page
from tflab.ui.widgets.rows import pad

_NAME_WIDTH = 44


def new_value(typed: str, now: float) -> float | None:
    """What ``typed`` makes of ``now``: a number, or ``*2`` and ``/10``; None for anything else."""
    typed = typed.strip().replace("×", "*").replace("÷", "/")
    factor = typed[:1] in ("*", "/")
    try:
        number = float(typed[1:] if factor else typed)
        value = number if not factor else now * number if typed[0] == "*" else now / number
    except (ValueError, ZeroDivisionError):
        return None
    return value if math.isfinite(value) else None


class KnobsScreen(Page[tuple[str, float] | None]):
    """Answers with the knob to turn and its value."""

    DEFAULT_CSS = """
    KnobsScreen { align: center middle; background: $background 60%; }
    KnobsScreen > Vertical {
        width: 72; max-width: 100%; height: auto; max-height: 90%;
        border: round $accent; background: $background;
        border-title-color: $accent; border-subtitle-color: $text-muted;
    }
    KnobsScreen OptionList { height: auto; max-height: 16; border: none; padding: 0; background: $background; }
    KnobsScreen Input { height: 1; border: none; padding: 0 1; margin-top: 1; background: $background; }
    KnobsScreen Input:focus { border: none; background: $background; }
    KnobsScreen Static { padding: 0 1; color: $error; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self._knobs: tuple[Knob, ...] = loop.knobs

    def compose(self) -> ComposeResult:
        """The knobs above a line to type in."""
        frame = Vertical()
        frame.border_title = text("ui.knobs.title")
        frame.border_subtitle = text("ui.knobs.keys")
        with frame:
            options = OptionList(*(Option(_label(knob)) for knob in self._knobs))
            options.can_focus = False
            yield options
            yield Input(placeholder=text("ui.knobs.placeholder"))
            yield Static()

    def on_mount(self) -> None:
        """The first that can be turned is chosen."""
        first = next((index for index, knob in enumerate(self._knobs) if not knob.fixed), 0)
        self.query_one(OptionList).highlighted = first
        self._say("")

    def _chosen(self) -> Knob:
        return self._knobs[self.query_one(OptionList).highlighted or 0]

    def _say(self, line: str) -> None:
        says = self.query_one(Static)
        says.update(Text(line))
        says.display = bool(line)

    def action_move(self, by: int) -> None:
        """Up or down the list."""
        options = self.query_one(OptionList)
        options.highlighted = max(0, min((options.highlighted or 0) + by, len(self._knobs) - 1))

    def action_leave(self) -> None:
        """Nothing is to be changed."""
        self.dismiss(None)

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._say(plain(self._chosen().fixed))

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        knob = self._chosen()
        value = new_value(event.value, knob.value)
        if knob.fixed:
            self._say(plain(knob.fixed))
        elif value is None:
            self._say(text("ui.knobs.no_number", typed=event.value))
        else:
            self.dismiss((knob.name, value))


def _label(knob: Knob) -> Text:
    return Text.assemble(
        " " + pad(plain(knob.name), _NAME_WIDTH) + " ",
        (f"{knob.value:g}", "dim" if knob.fixed else "bold"),
        no_wrap=True,
    )

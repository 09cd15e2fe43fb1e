"""The panes of the lab, framed and arranged; the frames are there at once, what is in them after the first paint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual import events
from textual.containers import Container
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tflab.messages import text
from tflab.ui.arrangement import Pane, Place, Shares, arrange, border_at, width_of
from tflab.ui.launch import Preferences
from tflab.ui.tabs import TabName
from tflab.ui.widgets.panes import Panes

if TYPE_CHECKING:
    from tflab.ui.panels.code_pane import CodePane
    from tflab.ui.panels.inspector import Inspector
    from tflab.ui.panels.lessons_pane import LessonsPane
    from tflab.ui.panels.output_pane import OutputPane
    from tflab.ui.panels.prose_pane import ProsePane

_PANES: Final[tuple[Pane, ...]] = ("lessons", "prose", "code", "output", "inspector")


def _remembered_shares(preferences: Preferences | None) -> Shares:
    """The sizes that a person has given the panes."""
    usual = Shares()
    if preferences is None:
        return usual
    now = preferences.now
    return Shares(now.prose_share or usual.prose, now.code_share or usual.code, now.output_share or usual.output)


def _remembered_pane(preferences: Preferences | None) -> Pane | None:
    """The pane that had all the room."""
    name = preferences.now.maximised if preferences is not None else ""
    return next((pane for pane in _PANES if pane == name), None)


class LabPanes(Panes):
    """Lesson list, prose, code, output and inspector."""

    lessons: LessonsPane
    prose: ProsePane
    code: CodePane
    output: OutputPane
    inspector: Inspector

    def __init__(self, preferences: Preferences | None = None, *, id: str | None = None) -> None:
        self._frames: dict[Pane, Container] = {name: Container(id=name, classes="pane") for name in _PANES}
        super().__init__(*self._frames.values(), id=id)
        self._with_lessons = False
        self._longest_title = 0
        self._with_prose = True
        self._screen_size = Size(0, 0)
        self._preferences = preferences
        self._shares = _remembered_shares(preferences)
        self._filled = False
        self._titles: dict[Pane, tuple[str, str]] = {}
        self._places: dict[Pane, Place] = {}
        self._dragged: Pane | None = None
        """The pane whose border the mouse holds."""
        self.maximised: Pane | None = _remembered_pane(preferences)
        """The pane that has all the room; None for all panes."""
        for name, frame in self._frames.items():
            frame.border_title = text("ui.pane." + name)

    async def fill(self, tab: TabName) -> None:
        """Puts editor, prose, lists and the panel of ``tab`` into their frames; other panels come with `fill_rest`."""
        # What these import would delay the first paint.
        from tflab.ui.panels.code_pane import CodePane
        from tflab.ui.panels.inspector import Inspector
        from tflab.ui.panels.lessons_pane import LessonsPane
        from tflab.ui.panels.output_pane import OutputPane
        from tflab.ui.panels.prose_pane import ProsePane

        self.code = CodePane(id="code-pane")
        self.prose = ProsePane(id="prose-pane")
        self.output = OutputPane(id="output-pane")
        self.inspector = Inspector(id="inspector-pane")
        self.lessons = LessonsPane(id="lessons-pane")
        contents: dict[Pane, Widget] = {
            "code": self.code,
            "inspector": self.inspector,
            "output": self.output,
            "lessons": self.lessons,
            "prose": self.prose,
        }
        for mounted in [self._frames[pane].mount(content) for pane, content in contents.items()]:
            await mounted
        await self.inspector.fill(tab)
        self._filled = True
        self.arrange_panes()

    async def fill_rest(self) -> None:
        """Makes what is out of sight."""
        await self.inspector.fill_rest()

    def redraw_output(self) -> None:
        """The terminal draws pictures from now on, or has lost those that it had."""
        if self._filled:
            self.output.lines.redraw()

    # --- arranging ----------------------------------------------------------------------------------------------

    def fit(self, size: Size) -> None:
        """The panes have ``size`` from now on."""
        self._screen_size = size
        self.arrange_panes()

    def arrange_panes(self) -> None:
        """Puts every pane where it belongs now."""
        size = self._screen_size
        width = width_of(size.width, size.height)
        lower: Pane = "inspector"
        if self._filled:
            self.inspector.with_panes = width == "narrow"
            active = self.inspector.active
            if active in ("output", "prose"):
                if width == "narrow":
                    lower = "output" if active == "output" else "prose"
                else:
                    self.inspector.active = "curves"
        self._places = arrange(
            size.width,
            size.height,
            shares=self._shares,
            maximised=self.maximised,
            lower=lower,
            reading=self.reading,
            lessons=self._with_lessons,
            longest_title=self._longest_title,
            prose=self._with_prose,
        )
        self.place(self._places)

    def suit(self, *, titles: Sequence[str], prose: bool) -> None:
        """Makes room for a document: for the list of the lessons with these titles, if any, and for prose."""
        self._with_lessons, self._with_prose = bool(titles), prose
        self._longest_title = max(map(cell_len, titles), default=0)
        self.inspector.panes = ("output", "prose") if prose else ("output",)
        self.arrange_panes()

    def resize_pane(self, pane: Pane, by: float) -> None:
        """Makes a pane larger or smaller by a fraction of the screen."""
        self._shares = self._shares.moved(pane, by)
        self.arrange_panes()
        if self._preferences is not None:
            shares = self._shares
            self._preferences.change(prose_share=shares.prose, code_share=shares.code, output_share=shares.output)

    def maximise(self, pane: Pane | None) -> None:
        """Gives ``pane`` all the room; None gives every pane its own again."""
        self.maximised = pane
        self.arrange_panes()
        if self._preferences is not None:
            self._preferences.change(maximised=pane or "")

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold of a border between panes."""
        at = event.screen_offset - self.region.offset
        self._dragged = None if self.narrow or self.maximised else border_at(self._places, at.x, at.y)
        if self._dragged is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The border follows the mouse."""
        if self._dragged is None:
            return
        at = event.screen_offset - self.region.offset
        place = self._places[self._dragged]
        size = self._screen_size
        if self._dragged == "prose":
            self.resize_pane("prose", (at.x - (place.x + place.width - 1)) / max(1, size.width))
        else:
            self.resize_pane(self._dragged, (at.y - (place.y + place.height - 1)) / max(1, size.height))

    def on_click(self, event: events.Click) -> None:
        """A double click on a pane's title gives the pane all the room, or every pane its own."""
        at = event.screen_offset - self.region.offset
        for pane, place in self._places.items():
            if event.chain == 2 and at.y == place.y and place.x <= at.x < place.x + place.width and not self.narrow:
                self.maximise(None if self.maximised else pane)
                return

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The border stays where it is."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()
            # Textual takes any drag for a selection, too.
            self.screen.clear_selection()

    @property
    def has_prose(self) -> bool:
        """Whether the document has any prose."""
        return self._with_prose

    @property
    def narrow(self) -> bool:
        """Whether code and one strip of tabs is all that fits."""
        return width_of(*self._screen_size) == "narrow"

    @property
    def reading(self) -> bool:
        """Whether the prose has the keys."""
        return self.pane_of(self.screen.focused) == "prose" if self.is_attached else False

    def pane_of(self, widget: Widget | None) -> Pane | None:
        """The pane that ``widget`` is in."""
        for ancestor in widget.ancestors_with_self if widget is not None else ():
            for name, frame in self._frames.items():
                if ancestor is frame:
                    return name
        return None

    def is_shown(self, pane: Pane) -> bool:
        """Whether a pane is in sight."""
        return self._frames[pane].display

    def frame(self, pane: Pane) -> Widget:
        """The frame of a pane."""
        return self._frames[pane]

    def entitle(self, pane: Pane, title: str, subtitle: str = "") -> None:
        """What the frame of a pane says above and below, as it is: no markup."""
        if self._titles.get(pane) != (title, subtitle):
            self._titles[pane] = (title, subtitle)
            self._frames[pane].border_title = Content(title)
            self._frames[pane].border_subtitle = Content(subtitle)

    # --- focus --------------------------------------------------------------------------------------------------

    def show_output(self) -> None:
        """Brings the output into sight."""
        if self.narrow:
            self.inspector.active = "output"
        elif self.maximised not in (None, "output"):
            self.maximise(None)

    def focus_prose(self) -> None:
        """The prose takes the keys; on a narrow screen also the room of the code."""
        if not self._with_prose:
            return
        if self.maximised not in (None, "prose"):
            self.maximise(None)
        if self.narrow:
            self.inspector.active = "prose"
            self.arrange_panes()
        self.screen.set_focus(self.prose)

    def focus_first(self) -> None:
        """The pane that has all the room takes the keys, else the editor."""
        pane = None if self.narrow else self.maximised
        if pane == "inspector":
            self.inspector.focus_panel()
        elif pane == "lessons" or pane == "prose" or pane == "output":
            widget: Widget = {"lessons": self.lessons, "prose": self.prose, "output": self.output.lines}[pane]
            self.screen.set_focus(widget)
        else:
            self.focus_code()

    def focus_code(self) -> None:
        """The editor takes the keys."""
        if self.maximised not in (None, "code"):
            self.maximise(None)
        self.code.focus_editor()

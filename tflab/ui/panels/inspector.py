"""The panels that look into the running program, one in sight, below a strip of tabs."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Focus
from textual.message import Message
from textual.reactive import reactive
from textual.widget import AwaitMount, Widget

from tflab.protocol.events import ProblemFound
from tflab.state.clock import Moment
from tflab.state.run_state import RunState
from tflab.ui.compared_runs import ComparedRun
from tflab.ui.panels.panel_states import PanelStates, make_panel
from tflab.ui.panels.tab_strip import TabStrip, strip_parts
from tflab.ui.tabs import PANELS, PANES, TabName
from tflab.ui.widgets.bar import Bar


class Inspector(Container):
    """The strip and the panels. ``active`` is the tab in sight."""

    DEFAULT_CSS = """
    Inspector TabStrip { height: 1; }
    Inspector > Container { height: 1fr; }
    """

    class TabChosen(Message):
        """A tab came into sight."""

        def __init__(self, name: TabName) -> None:
            super().__init__()
            self.name = name

    active: reactive[TabName] = reactive[TabName]("curves")
    """The tab in sight."""
    with_panes: reactive[bool] = reactive(False)
    """Whether the strip offers `panes`, too."""
    panes: reactive[tuple[TabName, ...]] = reactive[tuple[TabName, ...]](PANES)
    """What a narrow screen adds to the strip; these are shown by the screen, not in here."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strip = TabStrip(id="tabs")
        self._body = Container(id="panels")
        self._panels: dict[TabName, Widget] = {}
        self._badges: dict[TabName, str] = {}
        self._output_seen = 0
        """The version of the output that was in sight last."""
        self._states = PanelStates()
        self.compared: tuple[ComparedRun, ...] = ()
        """The kept runs that lie beneath the curves."""

    def compose(self) -> ComposeResult:
        """The strip; panels come with `fill`."""
        yield self._strip
        yield self._body

    async def fill(self, active: TabName) -> None:
        """Makes the panel of the tab that is shown first; `fill_rest` makes the others, after the first picture."""
        self.active = active
        await self._make(active)

    async def fill_rest(self) -> None:
        """Makes the panels that no one has wanted so far."""
        await self._make(*PANELS)
        if self.compared:
            self.compare(self.compared)

    def _make(self, *names: TabName) -> AwaitMount:
        """Makes those of the panels that are not there."""
        made = {name: make_panel(name) for name in names if name in PANELS and name not in self._panels}
        for name, panel in made.items():
            panel.display = name == self.active
        self._panels |= made
        return self._body.mount(*made.values())

    @property
    def tabs(self) -> tuple[TabName, ...]:
        """The tabs that the strip offers."""
        return (*self.panes, *PANELS) if self.with_panes else PANELS

    @property
    def panel(self) -> Widget | None:
        """The panel in sight; None where the tab is one of the panes, or before `fill`."""
        return self._panels.get(self.active)

    def on_mount(self) -> None:
        """Draws the strip."""
        self._draw_strip()

    # --- showing ------------------------------------------------------------------------------------------------

    def show_state(self, state: RunState, moment: Moment | None) -> None:
        """Brings the panel in sight and the tabs' marks up to date; ``moment`` is the one picked on a curve."""
        badges: dict[TabName, str] = {}
        if missing := len(state.gradients.missing()):
            badges["gradients"] = f"⚠{missing}"
        if state.timeline.retraces:
            badges["traces"] = f"↻{state.timeline.retraces}"
        if found := len(state.problems.found):
            badges["problems"] = f"⚠{found}"
        if self.active == "output" or not self.with_panes:
            self._output_seen = state.output.version
        elif state.output.version != self._output_seen:
            badges["output"] = "•"
        if badges != self._badges:
            self._badges = badges
            self._draw_strip()
        panel = self._panels.get(self.active)
        if panel is not None and panel.is_mounted:
            self._states.show(self.active, panel, state, moment)

    @property
    def keys_of(self) -> str:
        """Whose keys the border names: the panel in sight, or what is in it."""
        from tflab.ui.panels.tensors_panel import TensorsPanel

        panel = self.panel
        return "tensor" if isinstance(panel, TensorsPanel) and panel.looks_into_one else self.active

    def problem_mended(self, problem: ProblemFound) -> None:
        """The mend of a problem was made in the code."""
        from tflab.ui.panels.problems_panel import ProblemsPanel

        panel = self._panels.get("problems")
        if isinstance(panel, ProblemsPanel):
            panel.mended(problem)

    # --- tabs ---------------------------------------------------------------------------------------------------

    def go(self, by: int) -> None:
        """To the tab ``by`` places to the right."""
        tabs = self.tabs
        at = tabs.index(self.active) if self.active in tabs else 0
        self.active = tabs[(at + by) % len(tabs)]

    def compare(self, runs: Sequence[ComparedRun]) -> None:
        """Draws kept runs beneath the curves."""
        self.compared = tuple(runs)
        from tflab.ui.panels.curves_panel import CurvesPanel

        curves = self._panels.get("curves")
        if isinstance(curves, CurvesPanel):
            curves.compare(runs)

    def lay_beneath(self, runs: Sequence[ComparedRun]) -> None:
        """Draws the curves of other processes, which go on, beneath those in sight."""
        from tflab.ui.panels.curves_panel import CurvesPanel

        curves = self._panels.get("curves")
        if isinstance(curves, CurvesPanel):
            curves.lay_beneath(runs)

    def forget(self) -> None:
        """What is shown next is of another session."""
        self._states = PanelStates()

    def go_live(self) -> None:
        """The curves' cross-hair goes."""
        from tflab.ui.panels.curves_panel import CurvesPanel

        curves = self._panels.get("curves")
        if isinstance(curves, CurvesPanel):
            curves.release()

    def focus_panel(self) -> None:
        """The panel in sight takes the keys."""
        panel = self.panel
        if panel is not None:
            self.screen.set_focus(panel)

    def watch_active(self, active: TabName) -> None:
        """Shows the panel of the tab."""
        if self._panels:
            self._make(active)
        for name, panel in self._panels.items():
            panel.display = name == active
        self._draw_strip()
        self.post_message(self.TabChosen(active))

    def watch_with_panes(self) -> None:
        """Draws the strip anew."""
        self._draw_strip()

    def watch_panes(self) -> None:
        """Draws the strip anew."""
        self._draw_strip()

    def _draw_strip(self) -> None:
        tabs = [(name, self._badges.get(name, "")) for name in self.tabs]
        self._strip.show(strip_parts(tabs, self.active, self._strip.size.width))

    @on(TabStrip.Resized)
    def _resized(self, event: TabStrip.Resized) -> None:
        event.stop()
        self._draw_strip()

    @on(Bar.Pressed)
    def _pressed(self, event: Bar.Pressed) -> None:
        event.stop()
        for name in self.tabs:
            if name == event.name:
                self.active = name
        # Who has clicked somewhere else since types there.
        if self.has_focus_within:
            self.focus_panel()

    @on(TabStrip.Moved)
    def _moved(self, event: TabStrip.Moved) -> None:
        event.stop()
        self.go(event.by)

    def on_focus(self, event: Focus) -> None:
        """The panel takes the keys."""
        if self.screen.focused is self:
            self.focus_panel()

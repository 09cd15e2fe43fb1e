"""The panels that look into the running program, one in sight, below a strip of tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Focus
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tflab.messages import text
from tflab.protocol.events import ProblemFound
from tflab.state.clock import Moment
from tflab.state.run_state import RunState
from tflab.ui.compared_runs import ComparedRun
from tflab.ui.panels.curve_events import event_marks
from tflab.ui.panels.curves_panel import CurvesPanel
from tflab.ui.panels.devices_panel import DevicesPanel
from tflab.ui.panels.gradients_panel import GradientsPanel
from tflab.ui.panels.graph_panel import GraphPanel
from tflab.ui.panels.operations_panel import OperationsPanel
from tflab.ui.panels.problems_panel import ProblemsPanel
from tflab.ui.panels.tensors_panel import TensorsPanel
from tflab.ui.panels.traces_panel import TracesPanel
from tflab.ui.tabs import PANELS, PANES, TabName
from tflab.ui.widgets.bar import Bar, Part
from tflab.ui.widgets.curve_marks import Mark
from tflab.ui.widgets.rows import Row, width_of


class TabStrip(Bar, can_focus=True):
    """The tabs; left and right go through them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1)", show=False),
        Binding("right", "go(1)", show=False),
    ]

    class Moved(Message):
        """The tab to the left (-1) or right (1) is wanted."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def action_go(self, by: int) -> None:
        """Asks for a neighbour."""
        self.post_message(self.Moved(by))

    class Resized(Message):
        """There is room for more tabs, or for fewer."""

    def on_resize(self) -> None:
        """Says so."""
        self.post_message(self.Resized())


def _with_active(parts: list[Part], active: TabName, width: int) -> list[Part]:
    """Where not all tabs fit, those that do, the active one among them; an arrow stands for those before."""
    at = next((index for index, part in enumerate(parts) if part.name == active), 0)
    first = 0
    while first < at and sum(width_of(part.row) for part in parts[first : at + 1]) + (2 if first else 0) > width > 0:
        first += 1
    return [Part([("‹ ", "muted")], parts[first - 1].name), *parts[first:]] if first else parts


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
        self._versions: dict[TabName, object] = {}
        self.compared: tuple[ComparedRun, ...] = ()
        """The kept runs that lie beneath the curves."""
        self._marks: tuple[object, Sequence[Mark]] = (None, ())

    def compose(self) -> ComposeResult:
        """The strip; panels come with `fill`."""
        yield self._strip
        yield self._body

    async def fill(self) -> None:
        """Makes the panels, after the first paint."""
        self._panels = {
            "tensors": TensorsPanel(id="tensors"),
            "gradients": GradientsPanel(id="gradients"),
            "traces": TracesPanel(id="traces"),
            "graph": GraphPanel(id="graph"),
            "curves": CurvesPanel(id="curves"),
            "devices": DevicesPanel(id="devices"),
            "operations": OperationsPanel(id="operations"),
            "problems": ProblemsPanel(id="problems"),
        }
        for name, panel in self._panels.items():
            panel.display = name == self.active
        await self._body.mount(*self._panels.values())

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
        disabled = state.disabled.get
        panel = self._panels.get(self.active)
        version: object
        if isinstance(panel, TensorsPanel):
            version = (state.tensors.version, moment, disabled("tensors"))
            if self._is_new(version):
                panel.show_tensors(state.tensors, moment, disabled("tensors"))
        elif isinstance(panel, GradientsPanel):
            version = (state.gradients.version, moment, disabled("tape"))
            if self._is_new(version):
                panel.show_gradients(state.gradients, moment, disabled("tape"))
        elif isinstance(panel, TracesPanel):
            version = (state.timeline.version, moment, disabled("traces"))
            if self._is_new(version):
                panel.show_timeline(state.timeline, moment, disabled("traces"))
        elif isinstance(panel, GraphPanel):
            version = (state.graphs.version, disabled("graphs"))
            if self._is_new(version):
                panel.show_graphs(state.graphs, disabled("graphs"))
        elif isinstance(panel, CurvesPanel):
            marks = self._marks_of(state)
            version = (state.curves.version, self._marks[0], disabled("metrics"))
            if self._is_new(version):
                panel.show_curves(state.curves, marks, disabled("metrics"))
        elif isinstance(panel, DevicesPanel):
            version = (state.devices.version, state.operations.version, disabled("devices"))
            if self._is_new(version):
                panel.show_devices(state.devices, state.operations, disabled("devices"))
        elif isinstance(panel, OperationsPanel):
            version = (state.operations.version, disabled("operations"))
            if self._is_new(version):
                panel.show_operations(state.operations, disabled("operations"))
        elif isinstance(panel, ProblemsPanel) and self._is_new(state.problems.version):
            panel.show_problems(state.problems)

    def _marks_of(self, state: RunState) -> Sequence[Mark]:
        """What is marked on the curves; made anew only where there is something new."""
        versions = (state.timeline.version, state.problems.version, state.loop.version)
        if self._marks[0] != versions:
            self._marks = (versions, event_marks(state.timeline.traces, state.problems.found, state.loop.turns))
        return self._marks[1]

    def _is_new(self, version: object) -> bool:
        """Whether the panel in sight shows something older than ``version``."""
        if self._versions.get(self.active, self) == version:
            return False
        self._versions[self.active] = version
        return True

    @property
    def keys_of(self) -> str:
        """Whose keys the border names: the panel in sight, or what is in it."""
        panel = self.panel
        return "tensor" if isinstance(panel, TensorsPanel) and panel.looks_into_one else self.active

    def problem_mended(self, problem: ProblemFound) -> None:
        """The mend of a problem was made in the code."""
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
        curves = self._panels.get("curves")
        if isinstance(curves, CurvesPanel):
            curves.compare(runs)

    def go_live(self) -> None:
        """The curves' cross-hair goes."""
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
        parts: list[Part] = []
        for name in self.tabs:
            badge = self._badges.get(name, "")
            label = text("ui.tab." + name)
            row: Row = [(" ", ""), (label, "tab" if name == self.active else "muted")]
            row += [(f" {badge}", "warning-strong"), (" ", "")] if badge else [(" ", "")]
            parts.append(Part(row, name))
        self._strip.show(_with_active(parts, self.active, self._strip.size.width))

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
        self.focus_panel()

    @on(TabStrip.Moved)
    def _moved(self, event: TabStrip.Moved) -> None:
        event.stop()
        self.go(event.by)

    def on_focus(self, event: Focus) -> None:
        """The panel takes the keys."""
        self.focus_panel()

"""Which panel there is for each tab, and what of the state it shows.

Panels are imported as they are made: those that are out of sight at the start need not be there for the first picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tflab.state.clock import Moment
from tflab.state.run_state import RunState
from tflab.ui.tabs import TabName

if TYPE_CHECKING:
    from textual.widget import Widget

    from tflab.ui.widgets.curve_marks import Mark

PROBES: Final[dict[TabName, str]] = {
    "tensors": "tensors",
    "gradients": "tape",
    "traces": "traces",
    "graph": "graphs",
    "curves": "metrics",
    "devices": "devices",
    "operations": "operations",
}
"""The probe that each panel shows the work of."""


def make_panel(name: TabName) -> Widget:
    """The panel of the tab ``name``, showing nothing yet. Raises ValueError for a tab that is a pane."""
    match name:
        case "tensors":
            from tflab.ui.panels.tensors_panel import TensorsPanel

            return TensorsPanel(id=name)
        case "gradients":
            from tflab.ui.panels.gradients_panel import GradientsPanel

            return GradientsPanel(id=name)
        case "traces":
            from tflab.ui.panels.traces_panel import TracesPanel

            return TracesPanel(id=name)
        case "graph":
            from tflab.ui.panels.graph_panel import GraphPanel

            return GraphPanel(id=name)
        case "curves":
            from tflab.ui.panels.curves_panel import CurvesPanel

            return CurvesPanel(id=name)
        case "devices":
            from tflab.ui.panels.devices_panel import DevicesPanel

            return DevicesPanel(id=name)
        case "operations":
            from tflab.ui.panels.operations_panel import OperationsPanel

            return OperationsPanel(id=name)
        case "problems":
            from tflab.ui.panels.problems_panel import ProblemsPanel

            return ProblemsPanel(id=name)
    raise ValueError(name)


class PanelStates:
    """Brings panels up to date, each only where what it shows has changed."""

    def __init__(self) -> None:
        self._shown: dict[TabName, object] = {}
        """The version of what each panel shows."""
        self._marks: tuple[object, Sequence[Mark]] = (None, ())

    def show(self, name: TabName, panel: Widget, state: RunState, moment: Moment | None) -> None:
        """Brings the ``panel`` of tab ``name`` up to date; ``moment`` is the one picked on a curve."""
        disabled = state.disabled.get(PROBES.get(name, ""))
        version = (_version_of(name, state, moment), disabled)
        if self._shown.get(name) == version:
            return
        self._shown[name] = version
        match name:
            case "tensors":
                from tflab.ui.panels.tensors_panel import TensorsPanel

                assert isinstance(panel, TensorsPanel)
                panel.show_tensors(state.tensors, moment, disabled)
            case "gradients":
                from tflab.ui.panels.gradients_panel import GradientsPanel

                assert isinstance(panel, GradientsPanel)
                panel.show_gradients(state.gradients, moment, disabled)
            case "traces":
                from tflab.ui.panels.traces_panel import TracesPanel

                assert isinstance(panel, TracesPanel)
                panel.show_timeline(state.timeline, moment, disabled)
            case "graph":
                from tflab.ui.panels.graph_panel import GraphPanel

                assert isinstance(panel, GraphPanel)
                panel.show_graphs(state.graphs, disabled)
            case "curves":
                from tflab.ui.panels.curves_panel import CurvesPanel

                assert isinstance(panel, CurvesPanel)
                panel.show_curves(state.curves, self._marks_of(state), disabled)
            case "devices":
                from tflab.ui.panels.devices_panel import DevicesPanel

                assert isinstance(panel, DevicesPanel)
                panel.show_devices(state.devices, state.operations, disabled)
            case "operations":
                from tflab.ui.panels.operations_panel import OperationsPanel

                assert isinstance(panel, OperationsPanel)
                panel.show_operations(state.operations, disabled)
            case "problems":
                from tflab.ui.panels.problems_panel import ProblemsPanel

                assert isinstance(panel, ProblemsPanel)
                panel.show_problems(state.problems)

    def _marks_of(self, state: RunState) -> Sequence[Mark]:
        """What is marked on the curves; made anew only where there is something new."""
        versions = _versions_of_marks(state)
        if self._marks[0] != versions:
            from tflab.ui.panels.curve_events import event_marks

            self._marks = (versions, event_marks(state.timeline.traces, state.problems.found, state.loop.turns))
        return self._marks[1]


def _version_of(name: TabName, state: RunState, moment: Moment | None) -> object:
    """Changes with everything that the panel of tab ``name`` shows."""
    match name:
        case "tensors":
            return state.tensors.version, moment
        case "gradients":
            return state.gradients.version, moment
        case "traces":
            return state.timeline.version, moment
        case "graph":
            return state.graphs.version
        case "curves":
            return state.curves.version, *_versions_of_marks(state)
        case "devices":
            return state.devices.version, state.operations.version
        case "operations":
            return state.operations.version
        case "problems":
            return state.problems.version
    return None


def _versions_of_marks(state: RunState) -> tuple[object, ...]:
    return state.timeline.version, state.problems.version, state.loop.version

"""The graph of a traced function beside the code that it came from; the keys go from line to line."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widget import Widget

from tflab.messages import text
from tflab.state.graphs import FunctionGraph, Graphs
from tflab.state.places import FunctionKey
from tflab.ui.panels.empty import empty_page
from tflab.ui.panels.graph_page import GraphLook, first_line_shown, graph_rows
from tflab.ui.widgets.palette import palette_of
from tflab.ui.widgets.rows import Row


class GraphPanel(Widget, can_focus=True):
    """Shows `Graphs`, one at a time: the one built last until another is chosen."""

    DEFAULT_CSS = """
    GraphPanel { height: 1fr; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
        Binding("left", "go(-1)", show=False),
        Binding("right", "go(1)", show=False),
        Binding("g,tab", "turn", show=False),
        Binding("a", "everything", show=False),
        Binding("n", "next_statement", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._graphs: list[FunctionGraph] = []
        self._disabled: str | None = None
        self._key: FunctionKey | None = None
        """The graph that was chosen; None for the one built last."""
        self._looks: dict[FunctionKey, GraphLook] = {}
        self._rows: list[Row] | None = None
        self._top = 0

    def show_graphs(self, graphs: Graphs, disabled: str | None) -> None:
        """Shows these; ``disabled`` is why there can be none."""
        self._graphs = list(graphs)
        self._disabled = disabled
        self._changed()

    @property
    def _at(self) -> int:
        return next((number for number, graph in enumerate(self._graphs) if graph.key == self._key), 0)

    @property
    def _graph(self) -> FunctionGraph | None:
        return self._graphs[self._at] if self._graphs else None

    def _look(self, graph: FunctionGraph) -> GraphLook:
        look = self._looks.get(graph.key)
        if look is None:
            # The definition, below its decorators.
            lines = [index for index, line in enumerate(graph.lines) if line.place.line == graph.event.line]
            look = GraphLook(lines[0] if lines else 0)
        return replace(look, line=max(0, min(look.line, len(graph.lines) - 1)))

    def _set(self, graph: FunctionGraph, look: GraphLook) -> None:
        self._looks[graph.key] = replace(look, line=max(0, min(look.line, len(graph.lines) - 1)))
        self._changed()

    # --- keys ---------------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """To another line of code."""
        graph = self._graph
        if graph is not None:
            look = self._look(graph)
            self._set(graph, replace(look, line=look.line + by))

    def action_next_statement(self) -> None:
        """To the next ``if``, ``for`` or ``while``."""
        graph = self._graph
        if graph is None:
            return
        look = self._look(graph)
        lines = [index for index, line in enumerate(graph.lines) if line.statement is not None]
        if lines:
            self._set(graph, replace(look, line=next((index for index in lines if index > look.line), lines[0])))

    def action_go(self, by: int) -> None:
        """To another function."""
        if self._graphs:
            self._key = self._graphs[(self._at + by) % len(self._graphs)].key
            self._changed()

    def action_turn(self) -> None:
        """AutoGraph's code or the operations."""
        graph = self._graph
        if graph is not None:
            look = self._look(graph)
            self._set(graph, replace(look, generated=not look.generated))

    def action_everything(self) -> None:
        """All operations, or those of the line."""
        graph = self._graph
        if graph is not None:
            look = self._look(graph)
            self._set(graph, replace(look, everything=not look.everything, generated=False))

    # --- drawing ------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._rows = None
        self.refresh()

    def _make(self) -> list[Row]:
        graph = self._graph
        width, height = self.size
        if graph is None:
            page = empty_page(text("ui.graph.empty"), text("ui.graph.hint"), width, self._disabled)
            return page.rows
        rows, self._top = graph_rows(graph, (self._at, len(self._graphs)), self._look(graph), width, height)
        return rows

    def render(self) -> RenderResult:
        """Not used: rows are drawn one by one."""
        return ""

    def render_line(self, y: int) -> Strip:
        """Row ``y``."""
        if self._rows is None:
            self._rows = self._make()
        row = self._rows[y] if y < len(self._rows) else []
        return palette_of(self.app).strip(row, self.size.width, self.rich_style)

    def on_resize(self) -> None:
        """There is room for more, or for less."""
        self._changed()

    def on_click(self, event: events.Click) -> None:
        """Chooses the line of code that was clicked, or the next function where the heading was."""
        graph = self._graph
        if graph is None:
            return
        if event.y == 0:
            self.action_go(1)
            return
        look = self._look(graph)
        room = len(self._rows or ()) - self._top - min(len(graph.effects), 5)
        line = first_line_shown(graph, look, max(1, room)) + event.y - self._top
        if event.y >= self._top and line < len(graph.lines):
            self._set(graph, replace(look, line=line))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three lines a notch."""
        event.stop()
        self.action_move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three lines a notch."""
        event.stop()
        self.action_move(-3)

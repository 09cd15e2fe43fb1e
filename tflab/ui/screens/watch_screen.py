"""The panels alone, over processes that run elsewhere: one at a time, the others' curves beneath its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from tflab.curriculum.kept_runs import KeptRuns
from tflab.messages import text
from tflab.state.run_state import RunState
from tflab.ui.panels.curve_canvas import CurveCanvas
from tflab.ui.panels.curves_panel import CurvesPanel
from tflab.ui.panels.inspector import Inspector
from tflab.ui.panels.tensor_view import TensorView
from tflab.ui.screens.compared_curves import choose_runs, write_curves
from tflab.ui.screens.loop_keys import LoopKeys, Steered
from tflab.ui.screens.seen_process import SeenProcess, Watched
from tflab.ui.status_text import KeyHint, key_parts, loop_hints
from tflab.ui.tabs import tab_named
from tflab.ui.widgets.bar import Bar, Part
from tflab.ui.widgets.rows import Row


class WatchScreen(LoopKeys):
    """Shows watched processes; they go on whatever happens here."""

    DEFAULT_CSS = """
    WatchScreen #processes { height: auto; max-height: 40%; }
    WatchScreen { layout: vertical; background: $background; }
    WatchScreen Inspector { height: 1fr; }
    WatchScreen #panels { padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+t", "tab('tensors')", priority=True, show=False),
        Binding("alt+g", "tab('gradients')", priority=True, show=False),
        Binding("alt+r", "tab('traces')", priority=True, show=False),
        Binding("alt+h", "tab('graph')", priority=True, show=False),
        Binding("alt+c", "tab('curves')", priority=True, show=False),
        Binding("alt+d", "tab('devices')", priority=True, show=False),
        Binding("alt+x", "tab('operations')", priority=True, show=False),
        Binding("alt+p", "tab('problems')", priority=True, show=False),
        Binding("f12", "next_tab", priority=True, show=False),
        Binding("f3", "next_process(-1)", priority=True, show=False),
        Binding("f4", "next_process(1)", priority=True, show=False),
    ]

    def __init__(self, processes: Sequence[tuple[str, Watched]]) -> None:
        """``processes`` by name, at least one."""
        super().__init__()
        self._processes = [SeenProcess(name, watched) for name, watched in processes]
        self._shown = self._processes[0]
        self._beneath: object = None
        """The versions of the curves that lie beneath."""
        self._status = Bar(id="status")
        self._rows = [Bar(classes="process") for _ in self._processes] if len(self._processes) > 1 else []
        self._inspector = Inspector(id="inspector")
        self._keys = Bar(id="keys")

    @property
    def state(self) -> RunState:  # type: ignore[override]
        """That of the process in sight."""
        return self._shown.state

    @property
    def steered(self) -> Steered:  # type: ignore[override]
        """The process in sight."""
        return self._shown.watched

    def compose(self) -> ComposeResult:
        """Status, a row a process where there are several, panels, keys."""
        yield self._status
        if self._rows:
            yield VerticalScroll(*self._rows, id="processes", can_focus=False)
        yield self._inspector
        yield self._keys

    async def on_mount(self) -> None:
        """The panels, then twenty frames a second."""
        await self._inspector.fill("curves")
        await self._inspector.fill_rest()
        self._inspector.focus_panel()
        self.begin(*(process.watched for process in self._processes))

    def advance(self, seconds: float) -> bool:
        """Takes in what the processes have said, of each for its part of the time."""
        for process in self._processes:
            process.follow(time.monotonic() + seconds / len(self._processes), self.clock.key_waits)
        return any(process.is_behind for process in self._processes)

    def draw(self, now: float) -> None:
        """Bars and the panel in sight."""
        for process in self._processes:
            for turn in process.fresh_turns():
                change = {"before": f"{turn.before:g}", "after": f"{turn.after:g}"}
                self.notify(text("ui.loop.turned_at", name=turn.name, step=f"{turn.step:,}", **change), timeout=6)
        self._show_beneath()
        self._inspector.show_state(self.state, self._shown.picked)
        self._draw_bars()

    def _show_beneath(self) -> None:
        others = [process for process in self._processes if process is not self._shown]
        versions = (self._shown.name, *(process.state.curves.version for process in others))
        if others and versions != self._beneath:
            self._beneath = versions
            self._inspector.lay_beneath([process.beneath() for process in others])

    def _draw_bars(self) -> None:
        now = time.time()
        last = self.state.curves.last_step()
        right = [] if last is None else [Part([(text("ui.status.training_step", step=f"{last:,}") + " ", "")])]
        says = self._shown.says(now)
        self._status.show(
            [Part([(" tflab ", "chosen"), (" ", "")]), Part([(self._shown.name, "strong"), ("   ", "")]), Part(says)],
            right,
        )
        width = max(len(process.name) for process in self._processes)
        for index, (row, process) in enumerate(zip(self._rows, self._processes, strict=False)):
            is_shown = process is self._shown
            name: Row = [
                ("▌" if is_shown else " ", "accent"),
                (f"{process.name:<{width}}  ", "strong" if is_shown else ""),
            ]
            action = f"show_process({index})"
            row.show([Part([*name, *process.says(now)], action)], [Part([(process.figures() + " ", "")], action)])
        hints = loop_hints(self.state) if self.state.busy and not self._shown.end else []
        keys = [("F12", "next_tab", "next_tab"), ("F10", "quit", "app.quit")]
        if self._rows:
            keys.insert(0, ("F4", "next_process", "next_process(1)"))
        for key, name_of_key, action in keys:
            hints.append(KeyHint(key, text("ui.key." + name_of_key), action))
        self._keys.show(key_parts(hints, self.size.width))

    def action_next_process(self, by: int) -> None:
        """Shows the process above or below."""
        self.action_show_process((self._processes.index(self._shown) + by) % len(self._processes))

    def action_show_process(self, index: int) -> None:
        """Shows one process, and the others' curves beneath its own."""
        self._shown = self._processes[index]
        self._inspector.forget()
        if self._rows:
            self._rows[index].scroll_visible(animate=False)
        self.draw(time.monotonic())

    def action_tab(self, name: str) -> None:
        """Shows a panel."""
        tab = tab_named(name)
        if tab is not None:
            self._inspector.active = tab
            self._inspector.focus_panel()

    def action_next_tab(self) -> None:
        """Shows the panel to the right."""
        self._inspector.go(1)
        self._inspector.focus_panel()

    def on_inspector_tab_chosen(self) -> None:
        """What comes into sight is up to date at once."""
        self._inspector.show_state(self.state, self._shown.picked)

    def on_curve_canvas_step_picked(self, event: CurveCanvas.StepPicked) -> None:
        """The other panels go to that step."""
        self._shown.picked = event.moment

    def on_curves_panel_runs_wanted(self) -> None:
        """The kept runs are shown."""
        choose_runs(self, KeptRuns(), self._inspector)

    def on_curves_panel_write_wanted(self, event: CurvesPanel.WriteWanted) -> None:
        """The curves are written to a file."""
        self.run_worker(write_curves(self, event), group="curve files")

    def on_tensor_view_asked(self, event: TensorView.Asked) -> None:
        """The process knows the elements."""
        self._shown.watched.ask_tensor(event.request)

    async def on_bar_pressed(self, event: Bar.Pressed) -> None:
        """A key's name was clicked."""
        if event.bar is self._keys or event.bar in self._rows:
            await self.run_action(event.name)

"""What every key of the interface does: the table that `tests.ui.test_keys` goes through.

A scene is one lab; its rows are pressed one after the other. A row names the class that binds the key, so that no key
is held by what another widget does with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from msgspec import structs
from textual.widgets import OptionList, Static

from tests.curriculum.documents import notebook
from tests.ui.doubles import READY, finished, printed, ran, started
from tests.ui.lab_driver import Lab
from tests.ui.recorded import recorded
from tests.ui.stages import clear, go_to
from tflab.curriculum.document import Document
from tflab.curriculum.notebook import read_document, untitled_document
from tflab.protocol.events import CellFinished, InputRequested, ProblemEdit, ProblemFound, TensorsRecorded
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.steering import Knob, KnobsOffered
from tflab.protocol.tensor_looks import TensorRead
from tflab.protocol.trace_events import GraphBuilt, TracedStatement
from tflab.ui.panels.curves_panel import CurvesPanel
from tflab.ui.panels.graph_panel import GraphPanel
from tflab.ui.panels.inspector import Inspector
from tflab.ui.panels.prose_pane import ProsePane
from tflab.ui.panels.tab_strip import TabStrip
from tflab.ui.panels.tensor_view import TensorView
from tflab.ui.panels.tensors_panel import TensorsPanel
from tflab.ui.screens.file_name_screen import FileNameScreen
from tflab.ui.screens.knobs_screen import KnobsScreen
from tflab.ui.screens.leaflet import Leaflet
from tflab.ui.screens.palette import Palette
from tflab.ui.screens.runs_screen import RunsScreen
from tflab.ui.widgets.choice_view import ChoiceView
from tflab.ui.widgets.find_bar import FindBar
from tflab.ui.widgets.marks import Mark

Act = Callable[[Lab], Awaitable[None]]
Probe = Callable[[Lab], Any]


class _Changed:
    """Another value than before."""


CHANGED: Final = _Changed()


@dataclass(frozen=True)
class Row:
    """A key and what it does."""

    owner: str
    key: str
    probe: Probe
    wanted: Any = CHANGED
    """What ``probe`` gives afterwards."""
    before: Act | None = None
    after: Act | None = None


@dataclass(frozen=True)
class Scene:
    """A lab and the keys that are pressed in it."""

    name: str
    begin: Act
    rows: tuple[Row, ...]
    document: Callable[[Path], Document] | None = None
    """What is opened, made in an empty folder; None for the recorded lesson."""


def happen(*events: object) -> Act:
    """What the session says."""

    async def act(running: Lab) -> None:
        await running.happens(*events)

    return act


def press(*keys: str) -> Act:
    """Other keys."""

    async def act(running: Lab) -> None:
        await running.press(*keys)

    return act


async def nothing(running: Lab) -> None:
    """All is as at the start."""


def focus(find: Callable[[Lab], Any]) -> Act:
    """A widget has the keys."""

    async def act(running: Lab) -> None:
        running.screen.set_focus(find(running))
        await running.until(lambda: running.app.focused is find(running))

    return act


def sheet(kind: type[Any]) -> Probe:
    """Whether such a page lies over the lab."""
    return lambda running: isinstance(running.app.screen, kind)


def highlighted(running: Lab) -> Any:
    """The line of the list that lies over the lab."""
    return running.app.screen.query_one(OptionList).highlighted


# --- what is looked at -----------------------------------------------------------------------------------------------


def active(running: Lab) -> str:
    return running.screen.panes.inspector.active


def requests(running: Lab) -> int:
    return len(running.session.requests)


def told(running: Lab) -> int:
    return len(running.app._notifications)


def step(running: Lab) -> int:
    return running.screen.step


def focused(running: Lab) -> str:
    return type(running.app.focused).__name__


def source(running: Lab) -> str:
    return running.source()


def cursor(running: Lab) -> tuple[int, int]:
    return running.editor.cursor_location


def selection(running: Lab) -> Any:
    return running.editor.selection


def top(running: Lab) -> int:
    return running.screen.panes.output.lines._top


def bar(running: Lab) -> FindBar:
    return running.screen.query_one(FindBar)


def chosen(running: Lab) -> Any:
    view = running.app.focused
    assert isinstance(view, ChoiceView)
    return view.chosen


def tensor(running: Lab) -> TensorView:
    return running.screen.query_one(TensorView)


def look(running: Lab) -> Any:
    return tensor(running)._look


def at(running: Lab, axis: int) -> int:
    """The first element in sight on an axis."""
    place = look(running).at
    return place[axis] if place else 0


def looks(running: Lab) -> int:
    return len(running.session.looks)


def curves(running: Lab) -> CurvesPanel:
    return running.screen.query_one(CurvesPanel)


def curve_look(running: Lab) -> Any:
    panel = curves(running)._looks
    return (dict(panel.views), panel.alone, panel.ghosts, panel.everything, panel.overlaid, panel.chosen)


def cross_hair(running: Lab) -> Any:
    return curves(running)._looks.cursor


def graph(running: Lab) -> Any:
    panel = running.screen.query_one(GraphPanel)
    assert panel._graph is not None
    return panel._look(panel._graph)


def strip(running: Lab) -> TabStrip:
    return running.screen.query_one(Inspector).query_one(TabStrip)


# --- what must have happened before ----------------------------------------------------------------------------------


async def train(running: Lab) -> None:
    """The recorded training has run, its curves have the keys."""
    await running.happens(*recorded(0), *recorded(1))
    await running.press("alt+c")
    await running.until(lambda: curves(running).charts())


async def output(running: Lab) -> None:
    """Much was printed, and it is looked at."""
    await running.happens(*ran(0, printed("".join(f"{number}\n" for number in range(200)))))
    await running.press("alt+o")


async def into_tensor(running: Lab) -> None:
    """A tensor is looked into."""
    await running.happens(*recorded(0))
    await running.press("alt+t")
    running.screen.query_one(TensorsPanel).look_into("waves")
    await running.until(lambda: tensor(running)._read is not None)


async def find(running: Lab) -> None:
    """Something is looked for."""
    await clear("a = 1\nb = a\nc = a + b\n")(running)
    await running.press("ctrl+home", "ctrl+f", "a")
    await running.until(lambda: running.editor.selected_text == "a")


async def two_rows(running: Lab) -> None:
    """Three short rows, the cursor in the second."""
    await clear("    x\n    y\nz")(running)
    running.editor.move_cursor((1, 4))


async def paused(running: Lab) -> None:
    """A loop runs."""
    knobs = KnobsOffered(cell=1, knobs=(Knob(name="rate", value=0.1), Knob(name="decay", value=2.0)))
    await running.happens(*(event for event in recorded(1) if not isinstance(event, CellFinished)), knobs)


async def problems(running: Lab) -> None:
    """One is known that can be mended, in the code in sight."""
    await clear("x = 1")(running)
    mend = ProblemEdit(line=1, old="1", new="2")
    found = ProblemFound(
        file="<cell 1>",
        cell=0,
        code="dtype-mismatch",
        cause=None,
        severity="error",
        line=1,
        message="m",
        fix="f",
        lesson=None,
        edit=mend,
    )
    await running.happens(*ran(0, found))
    await running.press("alt+p")
    await running.until(lambda: focused(running) == "ProblemsPanel")


async def into_cube(running: Lab) -> None:
    """A tensor with three axes is looked into."""
    *_, known = (each for event in recorded(0) if isinstance(event, TensorsRecorded) for each in event.tensors)
    cube = structs.replace(known, name="cube", shape=(3, 4, 5))
    await running.happens(*ran(0, TensorsRecorded(cell=0, tensors=(cube,))))
    await running.press("alt+t")
    running.screen.query_one(TensorsPanel).look_into("cube")
    await running.until(lambda: running.session.looks)
    slice_ = TensorRead(
        request_id=0,
        name="cube",
        record=cube,
        lengths=(3, 4, 5),
        axes=(1, 2),
        at=(0, 0, 0),
        elements=((1.0, 2.0), (3.0, 4.0)),
    )
    await running.happens(slice_)


async def read(running: Lab) -> None:
    """A long lesson has the keys."""
    await running.screen.panes.prose.show_prose("A paragraph.\n\n" * 99)
    await focus(prose)(running)


async def tensors(running: Lab) -> None:
    """The list of tensors has the keys."""
    await running.happens(*recorded(0))
    await running.press("alt+t")
    await running.until(lambda: focused(running) == "ChoiceView" and chosen(running) == "x")


def graph_panel(running: Lab) -> GraphPanel:
    return running.screen.query_one(GraphPanel)


async def graphs(running: Lab) -> None:
    """Two functions were traced."""
    events = recorded(1)
    built = [event for event in events if isinstance(event, GraphBuilt)]
    looped = (TracedStatement(line=6, kind="for", python=1, iterations=3),)
    other = [
        structs.replace(
            event, function="other", sources=tuple(structs.replace(each, statements=looped) for each in event.sources)
        )
        for event in built
    ]
    await running.happens(*events[:-1], *other, events[-1])
    await running.press("alt+h")
    await running.until(lambda: graph_panel(running)._graph is not None)


async def forget_looks(running: Lab) -> None:
    """The panel is as when it was made."""
    graph_panel(running)._looks.clear()


async def marked(running: Lab) -> None:
    """The second row has a mark."""
    await clear("a\nb\nc")(running)
    running.editor.show_marks("lint", [Mark(row=1, message="m", severity="warning")])
    running.editor.move_cursor((0, 0))


async def kept_runs(running: Lab) -> None:
    """The list of kept runs, one of them."""
    await train(running)
    runs = running.screen.launch.runs
    assert runs is not None
    assert runs.flush(30)
    await running.press("r")
    await running.until(lambda: sheet(RunsScreen)(running))


def runs_screen(running: Lab) -> RunsScreen:
    screen = running.app.screen
    assert isinstance(screen, RunsScreen)
    return screen


def runs_said(running: Lab) -> str:
    return str(running.app.screen.query_one(Static).render())


def a_notebook(folder: Path) -> Document:
    """A notebook of one's own: a title, and two cells of code."""
    path = folder / "a.ipynb"
    path.write_text(notebook(("markdown", "# Title"), ("code", "x = 1\ny = 2"), ("code", "z = 3")))
    return read_document(path)


def cells(running: Lab) -> list[tuple[str, str]]:
    """Kind and source of every cell."""
    copy = running.screen.copy.cells
    assert copy is not None
    return [(cell.kind, cell.source) for cell in copy.history.cells]


def code(running: Lab) -> list[str]:
    """The code of the cells of code."""
    return [source for kind, source in cells(running) if kind == "code"]


def prose(running: Lab) -> ProsePane:
    """What is read."""
    return running.screen.panes.prose


async def second_row(running: Lab) -> None:
    """The cursor is in the second row of the first cell."""
    await go_to(0)(running)
    await running.press("ctrl+home", "down")


def text_cursor(running: Lab) -> tuple[int, int]:
    """Where text is written."""
    editor = running.screen.text_editor
    assert editor is not None
    return editor.cursor_location


GONE = SessionEnded(reason="restarted", status=-9, message="Restarted.")
ASKED = InputRequested(cell=0, prompt="? ", secret=False)


def _tab(key: str, panel: str, owner: str = "LabScreen") -> Row:
    return Row(owner, key, active, panel)


SCENES: Final[tuple[Scene, ...]] = (
    Scene(
        "running",
        nothing,
        (
            *(
                Row("LabScreen", key, requests, after=happen(*ran(0)))
                for key in ("ctrl+r", "shift+enter", "ctrl+enter")
            ),
            Row("LabScreen", "f5", requests, after=happen(*ran(0))),
            Row("LabScreen", "shift+f5", lambda r: r.session.restarts, 1, after=happen(GONE, READY, *ran(0))),
            Row("LabScreen", "alt+z", lambda r: r.session.requests[-1].record, True, after=happen(started(0))),
            Row("LabScreen", "ctrl+c", lambda r: r.session.interrupts, 1, after=happen(finished(0, "interrupted"))),
        ),
    ),
    Scene(
        "going about",
        nothing,
        (
            Row("LabScreen", "f4", step, 1),
            Row("LabScreen", "f3", step, 0),
            Row("LabScreen", "f2", lambda r: r.screen.panes.reading, True),
            Row("LabScreen", "f1", sheet(Leaflet), True, after=press("x")),
            Row("LabApp", "ctrl+p", sheet(Palette), True, after=press("escape")),
            Row("LabScreen", "f11", lambda r: r.screen.panes.maximised, "prose"),
            Row("LabScreen", "ctrl+o", lambda r: r.screen.panes.maximised, None),
            Row("LabScreen", "alt+left", lambda r: r.screen.panes.frame("prose").region.width),
            Row("LabScreen", "alt+right", lambda r: r.screen.panes.frame("prose").region.width),
            Row("LabScreen", "alt+pageup", lambda r: r.screen.panes.frame("code").region.height),
            Row("LabScreen", "alt+pagedown", lambda r: r.screen.panes.frame("code").region.height),
            _tab("alt+t", "tensors"),
            _tab("alt+g", "gradients"),
            _tab("alt+r", "traces"),
            _tab("alt+h", "graph"),
            _tab("alt+c", "curves"),
            _tab("alt+d", "devices"),
            _tab("alt+x", "operations"),
            _tab("alt+p", "problems"),
            _tab("f12", "tensors"),
            Row("LabScreen", "escape", focused, "CodeEditor"),
            Row("LabScreen", "alt+o", lambda r: r.app.focused is r.screen.panes.output.lines, True),
            Row("TabStrip", "right", active, "gradients", before=focus(strip)),
            Row("TabStrip", "left", active, "tensors", before=focus(strip)),
            Row("LabExercises", "f6", lambda r: "Hint 1" in r.screen.desk.prose(2), True, before=go_to(2)),
            Row("LabExercises", "f9", lambda r: r.screen.desk.checking, True),
            Row("FileKeys", "ctrl+s", told),
            Row("LabEditing", "ctrl+f", lambda r: bar(r).purpose, "find", after=press("escape")),
            Row("LabEditing", "ctrl+g", lambda r: bar(r).purpose, "line", after=press("escape")),
            Row(
                "LabEditing",
                "alt+i",
                lambda r: len(r.session.descriptions),
                before=clear("tf.reduce_mean"),
                after=press("x"),
            ),
            Row("LabEditing", "alt+e", told),
            Row("LabEditing", "alt+l", source, "tidy = 1\n"),
        ),
    ),
    Scene(
        "reading",
        read,
        (Row("ProsePane", "space", lambda r: r.screen.panes.prose.scroll_target_y),),
    ),
    Scene(
        "editing",
        two_rows,
        (
            Row("CodeEditor", "shift+tab", source, "    x\ny\nz"),
            Row("CodeEditor", "alt+up", source, "y\n    x\nz"),
            Row("CodeEditor", "alt+down", source, "    x\ny\nz"),
            *(
                Row("CodeEditor", key, source, "    x\ny\ny\nz", after=press("ctrl+z"))
                for key in ("alt+shift+down", "ctrl+shift+d")
            ),
            *(Row("CodeEditor", key, lambda r: r.source().count("#")) for key in ("ctrl+underscore", "ctrl+slash")),
            Row("CodeEditor", "ctrl+end", cursor, (2, 1)),
            Row("CodeEditor", "ctrl+home", cursor, (0, 0)),
            Row("CodeEditor", "ctrl+shift+end", lambda r: r.editor.selected_text, "    x\ny\nz"),
            Row(
                "CodeEditor",
                "ctrl+shift+home",
                lambda r: r.editor.selected_text,
                "    x\ny\nz",
                before=press("ctrl+end"),
            ),
            *(
                Row("CodeEditor", key, lambda r: len(r.session.questions), before=clear("tf.reduce_m"))
                for key in ("ctrl+at", "ctrl+space")
            ),
            Row("CodeEditor", "alt+n", cursor, (1, 0), before=marked),
            *(Row("CodeEditor", key, cursor, (1, 0), before=marked) for key in ("alt+shift+n", "alt+N")),
        ),
    ),
    Scene(
        "finding",
        find,
        (
            Row("FindBar", "down", selection),
            Row("FindBar", "up", lambda r: min(r.editor.selection), (0, 0)),
            Row("FindBar", "tab", lambda r: r.app.focused and r.app.focused.id, "replacement"),
            Row("FindBar", "shift+tab", lambda r: r.app.focused and r.app.focused.id, "query"),
            Row("FindBar", "alt+a", lambda r: r.source().count("a"), 0),
            Row("FindBar", "escape", lambda r: bar(r).is_open, False),
        ),
    ),
    Scene(
        "output",
        output,
        (
            Row("LinesView", "home", top, 0),
            Row("LinesView", "down", top, 1),
            Row("LinesView", "up", top, 0),
            Row("LinesView", "pagedown", top),
            Row("LinesView", "pageup", top, 0),
            Row("LinesView", "end", lambda r: r.screen.panes.output.lines.following, True),
            Row("AnswerLine", "ctrl+d", lambda r: r.session.answers, [None], before=happen(started(0), ASKED)),
            Row("AnswerLine", "escape", lambda r: r.session.interrupts, 1, before=happen(started(0), ASKED)),
        ),
    ),
    Scene(
        "tensors",
        into_tensor,
        (
            Row("TensorView", "down", lambda r: at(r, 0), 1),
            Row("TensorView", "up", lambda r: at(r, 0), 0),
            Row("TensorView", "right", lambda r: at(r, 1), 1),
            Row("TensorView", "left", lambda r: at(r, 1), 0),
            Row("TensorView", "pagedown", lambda r: at(r, 0)),
            Row("TensorView", "pageup", lambda r: at(r, 0), 0),
            Row("TensorView", "end", lambda r: look(r).at),
            Row("TensorView", "home", lambda r: look(r).at, (0, 0)),
            Row("TensorView", "t", lambda r: look(r).axes, (1, 0)),
            *(Row("TensorView", key, lambda r: look(r).overview) for key in ("m", "space", "enter", "m")),
            Row("TensorView", "x", looks),
            *(
                Row("TensorView", key, lambda r: look(r).name, "", after=into_tensor)
                for key in ("escape", "backspace", "q")
            ),
        ),
    ),
    Scene(
        "planes",
        into_cube,
        (
            *(Row("TensorView", key, lambda r: at(r, 0), 1) for key in ("right_square_bracket",)),
            *(Row("TensorView", key, lambda r: at(r, 0), 0) for key in ("left_square_bracket",)),
            *(Row("TensorView", key, lambda r: at(r, 0), 1) for key in ("full_stop",)),
            *(Row("TensorView", key, lambda r: at(r, 0), 0) for key in ("comma",)),
            Row("TensorView", "d", lambda r: look(r).axes),
            Row("TensorView", "a", lambda r: look(r).axis),
        ),
    ),
    Scene(
        "a list",
        tensors,
        (
            Row("ChoiceView", "end", chosen, "shades"),
            Row("ChoiceView", "home", chosen, "x"),
            Row("ChoiceView", "down", chosen, "y"),
            Row("ChoiceView", "up", chosen, "x"),
            Row("ChoiceView", "pagedown", chosen),
            Row("ChoiceView", "pageup", chosen, "x"),
            Row("ChoiceView", "enter", lambda r: look(r).name, "x"),
        ),
    ),
    Scene("problems", problems, (Row("ProblemsPanel", "a", source, "x = 2"),)),
    Scene(
        "graph",
        graphs,
        (
            Row("GraphPanel", "down", lambda r: graph(r).line),
            Row("GraphPanel", "up", lambda r: graph(r).line),
            Row("GraphPanel", "end", lambda r: graph(r).line, 7),
            Row("GraphPanel", "home", lambda r: graph(r).line, 0),
            Row("GraphPanel", "pagedown", lambda r: graph(r).line, 7),
            Row("GraphPanel", "pageup", lambda r: graph(r).line, 0),
            Row("GraphPanel", "g", lambda r: graph(r).generated),
            Row("GraphPanel", "tab", lambda r: graph(r).generated),
            Row("GraphPanel", "a", lambda r: graph(r).everything),
            Row("GraphPanel", "right", lambda r: graph_panel(r)._key),
            Row("GraphPanel", "left", lambda r: graph_panel(r)._at, 0),
            Row("GraphPanel", "n", lambda r: dict(graph_panel(r)._looks), before=forget_looks),
        ),
    ),
    Scene(
        "curves",
        train,
        (
            *(Row("CurvesPanel", key, curve_look) for key in ("l", "plus", "equals_sign", "minus")),
            *(Row("CurvesPanel", key, curve_look, after=press("plus")) for key in ("0", "a")),
            *(Row("CurvesPanel", key, curve_look) for key in ("shift+left", "shift+right", "down", "up")),
            *(Row("CurvesPanel", key, curve_look) for key in ("space", "g", "e", "o")),
            Row("CurvesPanel", "s", lambda r: curves(r)._looks.smoothing),
            Row("CurvesPanel", "x", lambda r: curves(r)._looks.axis),
            Row("CurvesPanel", "left", cross_hair),
            Row("CurvesPanel", "right", cross_hair, before=press("left", "left")),
            Row("CurvesPanel", "enter", lambda r: r.screen.picked is not None, True),
            Row("CurvesPanel", "escape", lambda r: r.screen.picked, None),
            Row("CurvesPanel", "slash", lambda r: curves(r)._asking, True, after=press("escape")),
            Row("CurvesPanel", "w", lambda r: curves(r)._asking, True, after=press("escape")),
            Row("CurvesPanel", "r", sheet(RunsScreen), True, after=press("escape")),
        ),
    ),
    Scene(
        "loop",
        paused,
        (
            Row("LoopKeys", "f8", lambda r: r.session.steered, ["pause"]),
            Row("LoopKeys", "f7", lambda r: r.session.steered, ["pause", "step"]),
            Row("LoopKeys", "alt+k", sheet(KnobsScreen), True),
            Row("KnobsScreen", "down", highlighted, 1),
            Row("KnobsScreen", "up", highlighted, 0),
            Row("KnobsScreen", "escape", sheet(KnobsScreen), False),
        ),
    ),
    Scene(
        "palette",
        press("ctrl+p"),
        (
            Row("Palette", "down", highlighted, 1),
            Row("Palette", "up", highlighted, 0),
            Row("Palette", "pagedown", highlighted, 10),
            Row("Palette", "pageup", highlighted, 0),
            Row("LabApp", "ctrl+c", sheet(Palette), True),
            Row("Palette", "escape", sheet(Palette), False),
        ),
    ),
    Scene(
        "runs",
        kept_runs,
        (
            Row("RunsScreen", "space", lambda r: len(runs_screen(r)._chosen), 1),
            Row("RunsScreen", "n", lambda r: runs_screen(r)._asked, "name", after=press("escape")),
            Row("RunsScreen", "w", lambda r: runs_screen(r)._asked, "write", after=press("escape")),
            *(Row("RunsScreen", key, runs_said, after=press("n", "escape")) for key in ("delete", "d")),
            Row("RunsScreen", "escape", sheet(RunsScreen), False),
        ),
    ),
    Scene(
        "cells",
        second_row,
        (
            Row("CellKeys", "alt+s", code, ["x = 1", "y = 2", "z = 3"]),
            Row("CellKeys", "alt+u", code, ["x = 1\ny = 2", "z = 3"]),
            Row("CellKeys", "alt+y", code, ["x = 1", "y = 2", "z = 3"]),
            Row("CellKeys", "shift+f3", code, ["y = 2", "x = 1", "z = 3"], before=go_to(1)),
            Row("CellKeys", "shift+f4", code, ["x = 1", "y = 2", "z = 3"]),
            Row("CellKeys", "alt+j", code, ["x = 1\ny = 2", "z = 3"], before=go_to(0)),
            Row("CellKeys", "alt+w", code, ["x = 1\ny = 2"], before=go_to(1)),
            Row("CellKeys", "alt+a", lambda r: code(r)[-1], ""),
            Row("CellKeys", "alt+A", lambda r: len(code(r)), 3),
            Row("CellKeys", "alt+shift+a", lambda r: len(code(r)), 4),
            Row("CellKeys", "alt+m", lambda r: len(code(r)), 3),
        ),
        a_notebook,
    ),
    Scene(
        "text",
        nothing,
        (
            Row("TextKeys", "alt+v", lambda r: r.screen.is_writing, True),
            Row("TextEditor", "ctrl+end", text_cursor, (0, 7)),
            Row("TextEditor", "ctrl+home", text_cursor, (0, 0)),
            Row("TextEditor", "escape", lambda r: r.screen.is_writing, False),
            Row("ProsePane", "enter", lambda r: r.screen.is_writing, True, before=focus(prose)),
        ),
        a_notebook,
    ),
    Scene(
        "a file without a name",
        nothing,
        (
            Row("FileKeys", "ctrl+s", sheet(FileNameScreen), True, before=press("x")),
            Row("FileNameScreen", "escape", sheet(FileNameScreen), False),
        ),
        untitled_document,
    ),
    *(
        Scene(f"quitting by {key}", nothing, (Row("LabApp", key, lambda r: r.app.return_code, 0),))
        for key in ("ctrl+q", "f10")
    ),
)
WATCHED: Final[dict[tuple[str, str], str]] = {
    ("WatchScreen", "alt+t"): "tensors",
    ("WatchScreen", "alt+g"): "gradients",
    ("WatchScreen", "alt+r"): "traces",
    ("WatchScreen", "alt+h"): "graph",
    ("WatchScreen", "alt+x"): "operations",
    ("WatchScreen", "alt+d"): "devices",
    ("WatchScreen", "alt+p"): "problems",
    ("WatchScreen", "alt+c"): "curves",
    ("WatchScreen", "f12"): "devices",
    ("WatchScreen", "f4"): "the second process",
    ("WatchScreen", "f3"): "the first process",
    ("WatchApp", "ctrl+q"): "",
    ("WatchApp", "f10"): "",
    ("WatchApp", "ctrl+c"): "",
}
"""The keys of watched processes: the tab that each shows, which process, or (empty) that it leaves."""

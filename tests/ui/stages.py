"""Every screen of the lab, one after the other in one lab, from the first launch to the death of the session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from textual.geometry import Region

from tests.ui.lab_driver import Lab
from tests.ui.recorded import RecordedGrader, recorded
from tflab.messages import text
from tflab.protocol.events import CellFinished, CellStarted, InputRequested, SessionReady
from tflab.protocol.lifecycle import SessionEnded
from tflab.protocol.server import ServerFailed, ServerProgressed, ServerReady
from tflab.protocol.steering import KnobTurned, LoopPaused
from tflab.ui.arrangement import Pane
from tflab.ui.panels.tensors_panel import TensorsPanel
from tflab.ui.tabs import PANELS, TabName

Act = Callable[[Lab], Awaitable[None]]
Part = Pane | str
"""What of the screen is compared: a pane, ``page`` for what lies over the lab, ``whole``."""

STARTED: Final = next(event.time for event in recorded() if isinstance(event, CellStarted) and event.cell == 1)
NOW: Final = STARTED + 3.2
"""What the clock shows, in Unix seconds: while the loop runs."""


@dataclass(frozen=True)
class Stage:
    """Something is done, and then this is in sight."""

    name: str
    act: Act
    part: Part = "whole"
    wanted: str = ""
    """Where it comes a while later: what is on the screen then."""


def press(*keys: str) -> Act:
    """These keys."""

    async def act(running: Lab) -> None:
        await running.press(*keys)

    return act


def tab(panel: TabName) -> Act:
    """That panel in the inspector."""

    async def act(running: Lab) -> None:
        running.screen.panes.inspector.active = panel

    return act


def happen(*events: object) -> Act:
    """What the session says."""

    async def act(running: Lab) -> None:
        await running.happens(*events)

    return act


def go_to(step: int) -> Act:
    """That step (0-based) is in sight, with the keys in its code."""

    async def act(running: Lab) -> None:
        running.screen.panes.focus_code()
        while running.screen.step != step:
            before = running.screen.step
            await running.press("f4" if before < step else "f3")
            await running.until(lambda before=before: running.screen.step != before)  # type: ignore[misc]

    return act


def then(*acts: Act) -> Act:
    """One after the other."""

    async def act(running: Lab) -> None:
        for each in acts:
            await each(running)

    return act


async def load(running: Lab) -> None:
    """TensorFlow is being loaded."""
    running.screen.state.phase = "loading"
    await running.happens(ServerProgressed(fraction=0.4, stage="tensorflow.python"))


async def ready(running: Lab) -> None:
    """A session can run cells."""
    (session,) = (event for event in recorded() if isinstance(event, SessionReady))
    server = ServerReady(tensorflow=session.tensorflow, keras=session.keras, python=session.python, seconds=3.0)
    await running.happens(server, session)


async def train_and_pause(running: Lab) -> None:
    """The loop runs, and waits."""
    events = [event for event in recorded(1) if not isinstance(event, CellFinished)]
    await running.happens(*events, LoopPaused(cell=1, step=12, site=None))


async def finish_training(running: Lab) -> None:
    """The loop ran to its end, at another rate."""
    turned = KnobTurned(cell=1, name="rate", before=0.1, after=0.05, step=12, site=None)
    await running.happens(turned, *(event for event in recorded(1) if isinstance(event, CellFinished)))
    runs = running.screen.launch.runs
    assert runs is not None
    assert runs.flush(30)


async def look_into(running: Lab) -> None:
    """The tensor whose numbers were recorded."""
    await running.press("alt+t")
    running.screen.query_one(TensorsPanel).look_into("waves")


async def judge(running: Lab) -> None:
    """The check is over."""
    grader = running.screen.launch.grader
    assert isinstance(grader, RecordedGrader)
    await running.until(lambda: grader.orders)
    grader.checks[len(grader.orders) - 1].is_over = True


async def read_task(running: Lab) -> None:
    """The exercise is in sight, on a narrow screen in place of the code."""
    await go_to(2)(running)
    if running.screen.panes.narrow:
        await running.press("f2")


def clear(source: str) -> Act:
    """The code in sight becomes ``source``, the cursor behind it."""

    async def act(running: Lab) -> None:
        await go_to(running.screen.step)(running)
        running.editor.put(source)
        running.editor.move_cursor(running.editor.document.end)

    return act


async def sum_up(running: Lab) -> None:
    """The page of the whole course."""
    await running.screen.run_action("summary")


QUESTION: Final = InputRequested(cell=1, prompt="learning rate: ", secret=False)
DEATH: Final = SessionEnded(reason="crashed", status=-9, message="The session was killed by signal 9.")

STAGES: Final[tuple[Stage, ...]] = (
    Stage("welcome", press(), "page", "Welcome"),
    Stage("loading", then(press("escape"), load)),
    Stage("opened", ready),
    *(Stage(f"{panel}-empty", tab(panel), "inspector") for panel in PANELS),
    Stage("runs-none", then(tab("curves"), press("alt+c", "r")), "page"),
    Stage("picture", then(press("escape", "alt+o"), happen(*recorded(0))), "output"),
    Stage("paused", then(go_to(1), train_and_pause)),
    Stage("knobs", press("alt+k"), "page"),
    Stage("asked", then(press("escape"), happen(QUESTION)), "output", "learning rate"),
    Stage("trained", then(finish_training, tab("curves"))),
    *(Stage(panel, tab(panel), "inspector") for panel in ("tensors", "gradients", "traces", "graph", "devices")),
    Stage("tensor", look_into, "inspector", "waves["),
    Stage("tensor-map", press("m"), "inspector", "■"),
    Stage("cross-hair", press("alt+c", "left", "left"), "inspector", "@ step"),
    Stage("picked", press("enter")),
    Stage("curve-filter", press("escape", "slash", "w"), "inspector"),
    Stage("runs", press("escape", "r"), "page", "Training loops"),
    Stage("runs-named", press("n"), "page"),
    Stage("graph-operations", press("escape", "escape", "alt+h", "g"), "inspector"),
    Stage("exercise", read_task, "prose"),
    Stage("hint", press("f6"), "prose", "Hint 1 of 2"),
    Stage("checking", press("f9"), "prose", "replaying"),
    Stage("not-yet", judge, "prose", "Not yet"),
    Stage("passed", then(press("f9"), judge), "prose", "Passed"),
    Stage("recorded", then(go_to(3), happen(*recorded(2, 3)), tab("operations"))),
    Stage("problems", tab("problems"), "inspector"),
    Stage("error", then(go_to(4), happen(*recorded(4)))),
    Stage("find", press("ctrl+f", *"fact"), "code", "1/3"),
    Stage("replace", press("tab", *"rate", "enter"), "code", "1/2"),
    Stage("line", press("escape", "ctrl+g"), "code"),
    Stage("completion", then(press("escape"), clear(""), press(*"tf.reduce_m")), "code", "▸reduce_max"),
    Stage(
        "signature", then(press("escape"), clear(""), press(*"tf.reduce_mean", "left_parenthesis")), "code", "keepdims"
    ),
    Stage("description", then(press("escape"), clear("tf.reduce_mean"), press("alt+i")), "page", "Computes the mean"),
    Stage("maximised", then(press("escape"), tab("curves"), press("alt+c", "f11"))),
    Stage("lesson", then(press("f11"), go_to(1), press("f2"))),
    Stage("lessons", press("shift+tab"), "lessons"),
    Stage("help", then(go_to(1), press("f1")), "page"),
    Stage("palette", press("escape", "ctrl+p"), "page"),
    Stage("palette-typed", press(*"curv"), "page"),
    Stage("palette-nothing", press(*"zzzz"), "page"),
    Stage("summary", then(press("escape"), sum_up), "page"),
    Stage("died", then(press("escape"), happen(DEATH))),
    Stage("failed", happen(ServerFailed(message="TensorFlow is not installed here."))),
)


async def be_told(running: Lab) -> None:
    """Something is said over the panes."""
    running.screen.notify(text("ui.kept_again"), timeout=3600)


INDONESIAN: Final[tuple[Stage, ...]] = (
    Stage("welcome", press(), "page", "Selamat datang"),
    Stage("loading", then(press("escape"), load)),
    Stage("ran", then(ready, happen(*recorded(0)))),
    Stage("exercise", then(read_task, press("f6")), "whole", "Petunjuk 1 dari 2"),
    Stage("not-yet", then(press("f9"), judge), "prose", "Belum, diperiksa"),
    Stage("passed", then(press("f9"), judge), "prose", "Lulus, diperiksa"),
    Stage("error", then(go_to(4), happen(*recorded(4)), tab("problems"))),
    Stage("notified", be_told),
    Stage("help", press("f1"), "page", "jalankan langkah ini"),
    Stage("palette", press("escape", "ctrl+p"), "page", "Sesi baru"),
)


def region_of(running: Lab, part: Part) -> Region:
    """The part of the screen that is compared; nothing of a pane that is out of sight.

    A narrow screen is compared as a whole: its panes take each other's place.
    """
    screen = running.app.screen
    if screen is not running.screen:
        return next(child.region for child in screen.children if child.display and child.id is None)
    panes = running.screen.panes
    if part == "whole" or panes.narrow:
        return screen.region
    frame = panes.frame(part)  # type: ignore[arg-type]
    return frame.region if frame.display else Region()

"""The words of the status line and of the key bar: functions from what is so to what is said."""

from __future__ import annotations

from dataclasses import dataclass

from tflab.messages import text
from tflab.protocol.events import SessionReady
from tflab.state.clock import Moment
from tflab.state.progress import Progress
from tflab.state.run_state import RunState
from tflab.state.terminal_text import plain
from tflab.ui.panels.moment_line import moment_line
from tflab.ui.widgets.bar import Part
from tflab.ui.widgets.figures import duration
from tflab.ui.widgets.rows import Row, cut, width_of

_MARKS = {"loading": "◌", "starting": "◌", "idle": "●", "running": "▶", "interrupting": "■", "failed": "✗"}
_ROLES = {
    "loading": "warning",
    "starting": "warning",
    "idle": "good",
    "running": "accent",
    "interrupting": "warning-strong",
    "failed": "bad",
}
_BRIEF = 100
"""Columns below which the status line says less."""
_GIVE_WAY = (
    "maximise",
    "next_tab",
    "restart_and_run",
    "palette",
    "previous_step",
    "run_to_here",
    "lesson_or_code",
)
"""Actions whose keys leave the bar first where there is too little room, in this order: a click does them elsewhere."""
_BAR = 10
"""Cells of a bar of progress."""
_STEP_MARKS = {
    "queued": "…",
    "running": "▶",
    "ok": "✓",
    "error": "✗",
    "interrupted": "■",
    "timeout": "■",
    "killed": "✗",
}


@dataclass(frozen=True)
class Situation:
    """What decides which keys do something now."""

    state: RunState
    step: int
    steps: int
    waiting: bool
    """Whether a step runs or has been asked for."""
    prose: bool
    """Whether the document has any prose."""
    reading: bool
    """Whether the lesson has the keys."""
    maximised: bool
    picked: Moment | None = None
    """The moment picked on a curve."""
    panel: str = ""
    """The inspector's panel that has the keys; empty for none."""
    exercise: bool = False
    """Whether the step is an exercise that can be checked."""
    checking: bool = False
    """Whether a check is on its way."""
    unsaved: bool = False
    """Whether the file lacks what was typed."""
    own: bool = False
    """Whether cells can be added, moved and taken away: in a file of one's own."""
    writing: bool = False
    """Whether the text above the code is being edited."""
    doors: tuple[str, ...] = ()
    """The flags that opened something in the sandbox."""


def status_parts(situation: Situation, title: str, now: float, width: int) -> tuple[list[Part], list[Part]]:
    """The status line's left and right parts for ``width`` cells at ``now`` (Unix seconds)."""
    state = situation.state
    left: list[Part] = [
        Part([(" tflab ", "chosen"), (" ", "")], "palette"),
        Part([(cut(title, max(12, width // 3)), "strong"), ("  ", "")], "lessons"),
        Part([(_step_text(situation), "muted"), ("   ", "")], "step"),
        Part(session_text(state, now, brief=width < _BRIEF), "session"),
    ]
    room = width - sum(width_of(part.row) for part in left) - 1
    return left, [Part(_facts(situation, room), "devices")]


def _step_text(situation: Situation) -> str:
    return text("ui.status.step", step=situation.step + 1, steps=situation.steps) if situation.steps else ""


def _facts(situation: Situation, room: int) -> Row:
    """What else is known, in ``room`` cells: where there is too little, the less important is left out."""
    state = situation.state
    facts: list[tuple[int, Row]] = []
    last = state.curves.last_step()
    if situation.picked is not None:
        facts.append((9, [(moment_line(situation.picked), "accent")]))
    elif last is not None:
        facts.append((2, [(text("ui.status.training_step", step=f"{last:,}"), "")]))
    if state.session is not None:
        facts += _session_facts(state.session)
    if situation.doors:
        facts.append((6, [(_doors_text(situation.doors), "warning")]))
    while facts and sum(width_of(row) + 3 for _, row in facts) > room:
        facts.remove(min(facts, key=lambda fact: fact[0]))
    spans = [span for _, row in facts for span in (*row, ("   ", ""))]
    return [*spans[:-1], (" ", "")] if facts else []


def _doors_text(doors: tuple[str, ...]) -> str:
    """What of the sandbox is open: ``open: net, write``."""
    return text("ui.status.doors", doors=", ".join(text("ui.status.door." + door.strip("-")) for door in doors))


def _session_facts(session: SessionReady) -> list[tuple[int, Row]]:
    """Devices, version and isolation, each with its importance."""
    names = [device.name for device in session.devices]
    accelerators = [name for name in names if not name.upper().startswith("CPU")]
    shown = accelerators or names[:1] or ["CPU"]
    role = "" if session.isolation in ("full", "good") else "warning"
    return [
        (4, [(plain(", ".join(shown[:2])) + ("+" if len(shown) > 2 else ""), "")]),
        (3, [("TF " + plain(session.tensorflow), "")]),
        (5, [(text("ui.status.isolation", isolation=session.isolation), role)]),
    ]


def session_text(state: RunState, now: float, *, brief: bool = False) -> Row:
    """What the session does, with a mark; where ``brief``, what matters less is left out."""
    phase = state.phase
    row: Row = [(_MARKS[phase] + " ", _ROLES[phase])]
    if phase == "loading":
        filled = round(state.loading.fraction * _BAR)
        row += [
            (text("ui.status.loading"), ""),
            (" " + "━" * filled, "accent"),
            ("━" * (_BAR - filled), "faint"),
            (f" {state.loading.fraction * 100:3.0f} %", ""),
        ]
        if not brief:
            row.append((" " + state.loading.stage.partition(".")[0], "muted"))
    elif phase == "running" and state.loop.paused is not None:
        row = [("‖ ", "warning"), (text("ui.status.paused", step=f"{state.loop.paused.step:,}"), "warning")]
    elif phase == "running" and state.loop.wish in ("pause", "step", "stop"):
        row.append((text("ui.status.wish." + state.loop.wish, step=(state.running or 0) + 1), "warning"))
    elif phase == "running" and brief and state.progress.loops and state.input is None:
        row += _progress(state.progress, now, bar=0)
    elif phase == "running":
        key = "ui.status.waits_for_input" if state.input is not None else "ui.status.running"
        row.append((text(key, step=(state.running or 0) + 1, time=duration(max(0.0, now - state.started))), ""))
        row += _progress(state.progress, now)
    elif phase == "failed":
        row.append((text("ui.status.failed", reason=state.failure), "bad"))
    elif phase == "interrupting" and state.overdue is not None:
        row.append((text("ui.status.overdue"), "bad"))
    else:
        row.append((text("ui.status." + phase), "" if phase == "idle" else _ROLES[phase]))
    queued = sum(1 for run in state.steps.values() if run.status == "queued")
    if queued:
        row.append(("  " + text("ui.status.queued", count=queued), "warning"))
    return row


def _progress(progress: Progress, now: float, bar: int = _BAR) -> Row:
    """How far the loops of the running cell are: the outermost by name, then a bar and what is left."""
    if not progress.loops:
        return []
    loop = progress.loops[0]
    filled = round(progress.fraction * bar)
    row: Row = [
        (f"{'  ' if bar else ''}{cut(plain(loop.name), 12)} {min(loop.done + 1, loop.total)}/{loop.total} ", ""),
        ("━" * filled, "accent"),
        ("━" * (bar - filled), "faint"),
        (f"{' ' if bar else ''}{progress.fraction * 100:.0f} %", ""),
    ]
    left = progress.remaining(now)
    if left is not None:
        row.append((" " + text("ui.status.left", time=duration(max(1.0, round(left)))), "muted"))
    return row


@dataclass(frozen=True)
class KeyHint:
    """One key in the bar."""

    key: str
    """As it is printed on the bar: ``^R``, ``F5``."""
    label: str
    action: str
    """The screen's action that a click runs."""


def key_hints(situation: Situation) -> list[KeyHint]:
    """The keys that do something now, the most important first."""
    state = situation.state

    def hint(key: str, name: str, action: str) -> KeyHint:
        return KeyHint(key, text("ui.key." + name), action)

    hints: list[KeyHint] = []
    if situation.maximised:
        hints.append(hint("F11", "restore", "maximise"))
    if situation.picked is not None:
        hints.append(hint("Esc", "live", "live"))
    if state.phase == "interrupting" or state.overdue is not None:
        hints.append(hint("^C", "force", "interrupt_or_copy"))
    elif state.busy:
        hints.append(hint("^C", "interrupt", "interrupt_or_copy"))
        hints += loop_hints(state)
    elif situation.checking:
        hints.append(hint("^C", "stop_check", "interrupt_or_copy"))
    if state.phase != "failed" and situation.steps:
        hints.append(hint("^R", "queue" if situation.waiting or state.phase != "idle" else "run", "run_step"))
        if situation.step > 0 or situation.steps > 1:
            hints.append(hint("F5", "run_to_here", "run_to_here"))
        if situation.exercise:
            hints += [hint("F9", "check", "check"), hint("F6", "hint", "hint")]
        hints.append(hint("⇧F5", "restart", "restart_and_run"))
    if situation.unsaved:
        hints.append(hint("^S", "save", "save"))
    if situation.writing:
        hints.append(hint("Esc", "read", "edit_text"))
    elif situation.own and situation.reading:
        hints.append(hint("Enter", "write", "edit_text"))
    if situation.prose:
        hints.append(hint("F2", "code" if situation.reading else "lesson", "lesson_or_code"))
    if situation.step > 0:
        hints.append(hint("F3", "previous", "previous_step"))
    if situation.step + 1 < situation.steps:
        hints.append(hint("F4", "next", "next_step"))
    if situation.own:
        hints.append(hint("Alt+A", "add", "add_below"))
    hints.append(hint("F12", "next_tab", "next_tab"))
    if not situation.maximised:
        hints.append(hint("F11", "maximise", "maximise"))
    hints.append(hint("F1", "help", "help"))
    hints.append(hint("^P", "palette", "palette"))
    hints.append(hint("F10", "quit", "quit"))
    return hints


def loop_hints(state: RunState) -> list[KeyHint]:
    """Keys of the loop, once it has shown that there is one: a step has been seen."""
    if state.loop.paused is not None:
        keys = [("F8", "resume", "pause_loop"), ("F7", "step", "step_loop")]
    elif state.curves.last_step() is not None:
        keys = [("F8", "pause", "pause_loop")]
    else:
        return []
    if state.loop.knobs:
        keys.append(("Alt+K", "knobs", "turn_knob"))
    return [KeyHint(key, text("ui.key." + name), action) for key, name, action in keys]


def panel_keys(panel: str) -> str:
    """The keys of the inspector's panel that has the focus, for the inspector's border."""
    return text("ui.panel_keys." + panel) if panel in ("curves", "tensors", "tensor", "problems") else ""


def step_title(situation: Situation, edited: bool, message: str = "", mode: str = "") -> str:
    """The title of the code's frame: which step it is and what became of it, the editor's ``mode``, ``message``."""
    if not situation.steps:
        return text("ui.pane.code")
    title = text("ui.pane.code_step", step=situation.step + 1, steps=situation.steps)
    status = situation.state.step(situation.step).status
    mark = _STEP_MARKS.get(status, "")
    parts = [title + (f"  {mark}" if mark else "")]
    if status in ("queued", "running"):
        parts.append(text("ui.step." + status))
    if edited:
        parts.append(text("ui.step.edited"))
    if mode:
        parts.append(text("ui.mode." + mode))
    if message:
        parts.append(message)
    return " · ".join(parts)


def output_title(state: RunState) -> str:
    """The title of the output's frame: what runs, where something does."""
    if state.running is None:
        return text("ui.pane.output")
    return text("ui.pane.output") + "  ▶ " + text("ui.output.step", step=state.running + 1)


def key_parts(hints: list[KeyHint], width: int) -> list[Part]:
    """The hints that fit in ``width`` cells; the first, help and quit always do."""
    parts = [Part([(" ", ""), (hint.key, "key"), (f" {hint.label} ", "")], hint.action) for hint in hints]
    while sum(width_of(part.row) for part in parts) >= width:
        spare = [part for part in parts[1:] if part.name not in ("help", "quit", "app.quit")]
        if not spare:
            break
        first = next((part for name in _GIVE_WAY for part in spare if part.name == name), spare[-1])
        parts.remove(first)
    return parts

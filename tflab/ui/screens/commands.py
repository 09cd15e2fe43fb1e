"""What the palette offers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tflab.messages import text
from tflab.ui.screens.palette import Command
from tflab.ui.tabs import PANELS

if TYPE_CHECKING:
    from tflab.ui.screens.lab_screen import LabScreen

_ACTIONS: Final = (
    ("run_step", "Ctrl+R"),
    ("run_to_here", "F5"),
    ("restart_and_run", "Shift+F5"),
    ("restart", ""),
    ("record_step", "Alt+Z"),
    ("restart_and_record", ""),
    ("next_step", "F4"),
    ("previous_step", "F3"),
    ("lesson_or_code", "F2"),
    ("maximise", "F11"),
    ("check", "F9"),
    ("hint", "F6"),
    ("save", "Ctrl+S"),
    ("pause_loop", "F8"),
    ("step_loop", "F7"),
    ("stop_loop", ""),
    ("turn_knob", "Alt+K"),
    ("next_exercise", ""),
    ("solution", ""),
    ("find", "Ctrl+F"),
    ("go_to_line", "Ctrl+G"),
    ("next_mark", "Alt+N"),
    ("format", "Alt+L"),
    ("describe", "Alt+I"),
    ("edit_outside", "Alt+E"),
    ("reset_step", ""),
    ("reset_lesson", ""),
)
_CELL_ACTIONS: Final = (
    ("add_below", "Alt+A"),
    ("add_above", "Alt+Shift+A"),
    ("edit_text", "Alt+V"),
    ("split_cell", "Alt+S"),
    ("join_cell", "Alt+J"),
    ("turn_cell", "Alt+M"),
    ("move_up", "Shift+F3"),
    ("move_down", "Shift+F4"),
    ("delete_cell", "Alt+W"),
    ("undo_cells", "Alt+U"),
    ("redo_cells", "Alt+Y"),
)
"""In a file of one's own."""
_LAST_ACTIONS: Final = (
    ("switch_theme", ""),
    ("switch_palette", ""),
    ("switch_vim", ""),
    ("summary", ""),
    ("welcome", ""),
    ("help", "F1"),
    ("quit", "F10"),
)


def lesson_commands(lab: LabScreen) -> list[Command]:
    """The lessons, by number and title."""
    return [
        Command(
            text("ui.command.lesson", number=f"{entry.number:02d}", title=entry.title),
            partial(lab.open_lesson, entry.ref),
        )
        for entry in lab.launch.lessons
    ]


def commands(lab: LabScreen) -> list[Command]:
    """Everything that can be done in the lab, by name, with its key where it has one."""

    def action(name: str, key: str) -> Command:
        return Command(text("ui.command." + name), partial(lab.run_action, name), key)

    def show(panel: str, key: str, run: partial[None]) -> Command:
        return Command(text("ui.command.show", panel=text("ui.tab." + panel)), run, key)

    return [
        *(action(name, key) for name, key in _ACTIONS),
        *(action(name, key) for name, key in (_CELL_ACTIONS if lab.copy.cells is not None else ())),
        *(
            show(name, f"Alt+{key}", partial(lab.action_tab, name))
            for name, key in zip(PANELS, "TGRHCDXP", strict=True)
        ),
        show("output", "Alt+O", partial(lab.action_output)),
        *lesson_commands(lab),
        *(action(name, key) for name, key in _LAST_ACTIONS),
    ]

"""The kept runs: which are compared to the present one; names, exports and deletes them."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tflab.curriculum.kept_files import DamagedFile
from tflab.curriculum.kept_runs import KeptRun, KeptRuns, UnusableName
from tflab.messages import text
from tflab.state.terminal_text import plain
from tflab.ui.run_files import UnknownForm, export_run
from tflab.ui.screens.page import Page
from tflab.ui.widgets.figures import number
from tflab.ui.widgets.rows import cut, pad

MOST_COMPARED = 4
"""Runs that lie beneath the curves at most; more could not be told apart."""


class RunsScreen(Page[tuple[KeptRun, ...]]):
    """Answers with the runs to compare to, in the order in which they were chosen."""

    DEFAULT_CSS = """
    RunsScreen { align: center middle; background: $background 60%; }
    RunsScreen > Vertical {
        width: 100%; max-width: 116; height: auto; max-height: 90%;
        border: round $accent; background: $background;
        border-title-color: $accent; border-subtitle-color: $text-muted;
    }
    RunsScreen OptionList {
        height: auto; max-height: 30; border: none; padding: 0; background: $background; overflow-x: hidden;
        scrollbar-gutter: stable;
    }
    RunsScreen OptionList:focus { border: none; background: $background; }
    RunsScreen Static { height: 1; padding: 0 1; color: $text-muted; }
    RunsScreen Input { height: 1; border: none; padding: 0 1; background: $panel; display: none; }
    RunsScreen Input:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("space", "choose", show=False),
        Binding("n", "name", show=False),
        Binding("w", "write", show=False),
        Binding("delete,d", "delete", show=False),
    ]

    def __init__(self, runs: KeptRuns, chosen: Collection[str]) -> None:
        """``chosen`` are the ids of the runs that are compared now."""
        super().__init__()
        self._runs = runs
        self._listed = runs.listed()
        self._chosen = [id for id in chosen if any(run.id == id for run in self._listed)]
        self._asked = ""
        self._condemned = ""
        """The run that a second press deletes."""

    def compose(self) -> ComposeResult:
        """The list above a line that says what was done, and one to type in."""
        frame = Vertical()
        frame.border_title = text("runs.title")
        frame.border_subtitle = text("runs.keys")
        with frame:
            yield OptionList()
            yield Static()
            yield Input()

    def on_mount(self) -> None:
        """Shows all runs."""
        self._show(0)
        self._say("" if self._listed else text("runs.none"))

    def _show(self, highlighted: int) -> None:
        self._listed = self._runs.listed()
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self._row(run)) for run in self._listed])
        options.highlighted = max(0, min(highlighted, len(self._listed) - 1)) if self._listed else None
        options.focus()

    def _row(self, run: KeptRun) -> Text:
        mark = f"{self._chosen.index(run.id) + 1} " if run.id in self._chosen else "  "
        began = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.began))
        step = "" if run.step is None else f" · {text('ui.output.step', step=run.step + 1)}"
        curves = "  ".join(f"{plain(curve.name)} {number(curve.last)}" for curve in run.curves[:3])
        # The frame, the scroll bar and the list's own margins take six cells.
        width = min(116, self.app.size.width) - 6
        values = max(0, min(34, width - 46))
        what = max(8, width - 22 - values)
        return Text.assemble(
            (" " + mark, "bold"),
            pad(cut(plain(run.name) or f"{plain(run.title)}{step}", what), what),
            (f"  {began}  ", "dim"),
            cut(curves, values),
            no_wrap=True,
            overflow="ellipsis",
        )

    def _say(self, line: str) -> None:
        self.query_one(Static).update(line)

    @property
    def _run(self) -> KeptRun | None:
        index = self.query_one(OptionList).highlighted
        return self._listed[index] if index is not None and index < len(self._listed) else None

    # --- keys ---------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_choose()

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self._condemned and (self._run is None or self._run.id != self._condemned):
            self._condemned = ""
            self._say("")

    def action_choose(self) -> None:
        """Compares to the run, or no longer."""
        run = self._run
        if run is None:
            return
        if run.id in self._chosen:
            self._chosen.remove(run.id)
        else:
            self._chosen = [*self._chosen, run.id][-MOST_COMPARED:]
        self._show(self.query_one(OptionList).highlighted or 0)

    def action_name(self) -> None:
        """Asks for a name."""
        if self._run is not None:
            self._ask("name", self._run.name, text("runs.ask_name"))

    def action_write(self) -> None:
        """Asks for a file."""
        if self._run is not None:
            self._ask("write", f"{self._run.name or self._run.id}.csv", text("runs.ask_file"))

    def action_delete(self) -> None:
        """Deletes the run when pressed a second time."""
        run = self._run
        if run is None:
            return
        if self._condemned != run.id:
            self._condemned = run.id
            self._say(text("runs.delete_again", id=run.name or run.id))
            return
        self._condemned = ""
        try:
            self._runs.delete(run)
        except OSError as error:
            self._say(error.strerror or str(error))
            return
        self._chosen = [id for id in self._chosen if id != run.id]
        self._show(self.query_one(OptionList).highlighted or 0)
        self._say(text("runs.deleted", id=run.name or run.id))

    def action_leave(self) -> None:
        """Closes the line that is typed in, else the list."""
        line = self.query_one(Input)
        if line.display:
            line.display = False
            self.query_one(OptionList).focus()
            return
        by_id = {run.id: run for run in self._listed}
        self.dismiss(tuple(by_id[id] for id in self._chosen if id in by_id))

    # --- asking -------------------------------------------------------------------------------------------------

    def _ask(self, what: str, value: str, placeholder: str) -> None:
        self._asked = what
        line = self.query_one(Input)
        line.placeholder = placeholder
        line.value = value
        line.display = True
        line.focus()
        self._say(placeholder)

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        run = self._run
        self.query_one(Input).display = False
        if run is not None:
            self._say(self._named(run, event.value) if self._asked == "name" else self._written(run, event.value))
        self._show(self.query_one(OptionList).highlighted or 0)

    def _named(self, run: KeptRun, name: str) -> str:
        try:
            renamed = self._runs.rename(run, name)
        except UnusableName as error:
            return str(error)
        except OSError as error:
            return error.strerror or str(error)
        return text("runs.named", id=run.id, name=renamed.name) if renamed.name else text("runs.unnamed", id=run.id)

    def _written(self, run: KeptRun, path: str) -> str:
        target = Path(path.strip()).expanduser()
        try:
            export_run(self._runs, run, target)
        except UnknownForm as error:
            return str(error)
        except DamagedFile:
            return text("runs.damaged", id=run.name or run.id)
        except (OSError, ValueError) as error:
            return text("runs.not_written", path=target, reason=getattr(error, "strerror", None) or str(error))
        return text("runs.exported", id=run.name or run.id, path=target)

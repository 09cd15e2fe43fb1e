"""A running lab that tests press keys in, with a session in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from textual import events
from textual.pilot import Pilot

from tests.ui.doubles import MemoryDrafts, MemorySession, lesson
from tflab.curriculum.document import Document
from tflab.curriculum.file_cells import FileCell
from tflab.curriculum.kept_runs import KeptRuns
from tflab.ui.app import LabApp
from tflab.ui.exercise_desk import Grader
from tflab.ui.launch import Launch, Linter, Preferences, Save, SaveAs, StaticNames
from tflab.ui.lesson_entry import LessonEntry
from tflab.ui.screens.lab_screen import LabScreen
from tflab.ui.widgets.code_editor import CodeEditor

LESSONS = (
    LessonEntry(ref="12_autodiff", number=12, title="Autodiff", done=True),
    LessonEntry(ref="14_training_loops", number=14, title="Training loops", started=True),
)
WIDE, NORMAL, NARROW = (160, 48), (120, 36), (80, 24)


class Lab:
    """A running lab and what is around it."""

    def __init__(self, pilot: Pilot[int], app: LabApp, session: MemorySession, drafts: MemoryDrafts) -> None:
        self.pilot = pilot
        self.app = app
        self.session = session
        self.drafts = drafts
        self._frames = 0
        draw = app.lab.draw

        def drawing(now: float) -> None:
            draw(now)
            self._frames += 1

        app.lab.draw = drawing  # type: ignore[method-assign]

    @property
    def screen(self) -> LabScreen:
        """The lab's screen."""
        return self.app.lab

    async def press(self, *keys: str) -> None:
        """Presses keys, and waits until all is done that they bring about."""
        await self.pilot.press(*keys)
        await self.settles()

    async def settles(self) -> None:
        """Waits until all keys that have come are dealt with, and no widget has anything to do."""
        # The application has taken what waits in its queue.
        await self.pilot._wait_for_screen()
        await self.until(lambda: self.app.turns.are_over and self.app.turns.is_quiet)

    async def until(self, condition: Callable[[], object]) -> None:
        """Waits until ``condition`` holds; the screen is shown where it never does."""
        for _ in range(600):
            if condition():
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"never happened\n{self.text()}")

    async def sees(self, *wanted: str) -> None:
        """Waits until all of ``wanted`` are on the screen."""
        await self.until(lambda: all(each in self.text() for each in wanted))

    async def misses(self, unwanted: str) -> None:
        """Waits until ``unwanted`` is not on the screen."""
        await self.until(lambda: unwanted not in self.text())

    async def happens(self, *events: object) -> None:
        """These come from the session, are taken in and drawn."""
        self.session.put(*events)
        await self.until(lambda: not self.session.events and not self.screen.conductor.is_behind)
        await self.draws()

    async def draws(self) -> None:
        """Waits until a whole frame has been drawn."""
        frames = self._frames
        await self.until(lambda: self._frames > frames)
        await self.settles()

    async def click(self, words: str, *, row: int | None = None) -> None:
        """Clicks these words once they are in sight, anywhere or in that row (negative: from below)."""

        def places() -> list[tuple[int, int]]:
            lines = list(enumerate(self.text().split("\n")))
            # A frame's border is one cell wide; so is every glyph before the words.
            return [(line.index(words), y) for y, line in (lines if row is None else [lines[row]]) if words in line]

        await self.until(places)
        column, line = places()[0]
        self.click_at(column + len(words) // 2, line)
        await self.settles()

    def click_at(self, column: int, line: int) -> None:
        """Presses the left button there and lets it go, as a terminal tells of it."""
        for kind in (events.MouseDown, events.MouseUp):
            self.app.post_message(kind(None, column, line, 0, 0, 1, False, False, False, column, line))

    def text(self) -> str:
        """The whole screen as text."""
        screen = self.app.screen
        width, height = self.app.size
        rows = screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in row)[:width] for row in rows[:height])

    @property
    def editor(self) -> CodeEditor:
        """The editor in sight."""
        editor = self.screen.panes.code.editor
        assert editor is not None
        return editor

    def source(self) -> str:
        """The text of the editor in sight."""
        return self.editor.text


@asynccontextmanager
async def lab(
    document: Document | None = None,
    *,
    size: tuple[int, int] = WIDE,
    ready: bool = True,
    kept: dict[int, str] | None = None,
    cells: Sequence[FileCell] | None = None,
    open_document: Callable[[str], Document] | None = None,
    notes: tuple[str, ...] = (),
    doors: tuple[str, ...] = (),
    first_launch: bool = False,
    linter: Linter | None = None,
    static_names: StaticNames | None = None,
    preferences: Preferences | None = None,
    runs: KeptRuns | None = None,
    save: Save | None = None,
    save_as: SaveAs | None = None,
    summary: Callable[[], str] | None = None,
    session: MemorySession | None = None,
    grader: Grader | None = None,
) -> AsyncIterator[Lab]:
    """A lab with a document of two steps."""
    session, drafts = session or MemorySession(), MemoryDrafts(kept, cells)
    if ready:
        session.make_ready()
    app = LabApp(
        Launch(
            document=document or lesson("x = 1", "y = x / 0", panel="curves"),
            session=session,
            drafts=drafts,
            lessons=LESSONS,
            open_document=open_document,
            notes=notes,
            doors=doors,
            first_launch=first_launch,
            linter=linter,
            static_names=static_names,
            preferences=preferences,
            runs=runs,
            save=save,
            save_as=save_as,
            summary=summary,
            grader=grader,
        )
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        running = Lab(pilot, app, session, drafts)
        await running.until(lambda: app.lab.ready)
        if ready:
            await running.until(lambda: app.lab.state.phase == "idle")
        await running.draws()
        yield running


def press_at_once(running: Lab, *keys: str) -> None:
    """Presses keys as a fast terminal sends them: all are there before the first is dealt with."""
    for key in keys:
        character = key if len(key) == 1 else None
        running.app.post_message(events.Key(key, character))

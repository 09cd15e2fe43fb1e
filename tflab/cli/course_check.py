"""Runs the code of many lessons side by side.

What is found to be slow is looked at a second time, alone, when all else is done: sessions side by side slow each
other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from tflab.cli.course_tasks import LessonTasks, Result
from tflab.client.throwaway import ForksAside
from tflab.client.throwaway_run import Cancelled
from tflab.curriculum.content_rules import LessonFile
from tflab.curriculum.findings import Finding


class CourseCheck:
    """One run over some lessons, ``jobs`` sessions at a time."""

    def __init__(self, sessions: ForksAside, lessons: Sequence[LessonFile], *, jobs: int) -> None:
        self._jobs = jobs
        self._cancelled = threading.Event()
        self._over = threading.Event()
        self._tasks = [
            (lesson.name, task) for lesson in lessons for task in LessonTasks(lesson, sessions, self._cancelled).tasks()
        ]
        self.total = len(self._tasks)
        """How many things there are to run."""
        self.done = 0
        self.latest = ""
        """The lesson that something was run of last."""
        self._findings: list[Finding] = []
        self._error: Exception | None = None

    def start(self) -> None:
        """Begins; returns at once."""
        threading.Thread(target=self._run, name="tflab-course", daemon=True).start()

    def cancel(self) -> None:
        """Ends it soon; what was found so far is not complete."""
        self._cancelled.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until it is over; False where ``timeout`` seconds passed without."""
        return self._over.wait(timeout)

    def findings(self) -> list[Finding]:
        """All that was found, in order, once it is over."""
        if self._error is not None:
            raise self._error
        return self._findings

    def _run(self) -> None:
        found: list[Finding] = []
        slow: list[tuple[str, Callable[[], Result]]] = []
        try:
            with ThreadPoolExecutor(self._jobs, thread_name_prefix="tflab-course") as pool:
                running = {pool.submit(self._result, task): (name, task) for name, task in self._tasks}
                for future in as_completed(running):
                    result = future.result()
                    if result.is_slow:
                        slow.append(running[future])
                    else:
                        self._take(running[future][0], result, found)
            for name, task in slow:
                self._take(name, self._result(task), found)
        # For whoever asks for the findings, on another thread.
        except Exception as error:
            self._error = error
        finally:
            self._findings = sorted(set(found))
            self._over.set()

    def _result(self, task: Callable[[], Result]) -> Result:
        if self._cancelled.is_set():
            return Result()
        try:
            return task()
        except Cancelled:
            return Result()

    def _take(self, name: str, result: Result, found: list[Finding]) -> None:
        found += result.findings
        self.done += 1
        self.latest = name

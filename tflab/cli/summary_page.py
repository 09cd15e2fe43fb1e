"""The page that sums up a learner's way through the course, a certificate once all of it is done: text or SVG."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from tflab.curriculum.summary import CourseSummary, LessonState
from tflab.messages import text

_BAR: Final = 20
"""Characters."""
_WIDTH: Final = 860
_MARGIN: Final = 40
_LINE: Final = 22
_COLUMNS: Final = 2
_FONT: Final = "font-family='DejaVu Sans, Verdana, sans-serif'"
_INK, _MUTED, _ACCENT, _TRACK, _PAPER = "#1f2933", "#7b8794", "#e8710a", "#e4e7eb", "#fffdf8"


def time_text(seconds: float) -> str:
    """``35 min``, ``6 h 20 min``."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return text("course.minutes", minutes=minutes)
    return text("course.hours", hours=minutes // 60, minutes=minutes % 60)


def day_text(moment: float) -> str:
    """The day of a moment in Unix seconds: ``2026-11-27``."""
    return time.strftime("%Y-%m-%d", time.localtime(moment))


def as_text(summary: CourseSummary) -> str:
    """The page for a terminal."""
    lines = [text("course.page.name"), "", _title(summary), "", *_sentences(summary), ""]
    width = max((len(text(f"course.part.{part.part}")) for part in summary.parts), default=0)
    for part in summary.parts:
        filled = round(_BAR * part.done / len(part.lessons))
        bar = "█" * filled + "░" * (_BAR - filled)
        count = text("course.page.of", done=part.done, count=len(part.lessons))
        lines.append(f"{text(f'course.part.{part.part}'):<{width}}  {bar}  {count}")
    names = max((len(state.lesson.title) for state in summary.lessons), default=0)
    for part in summary.parts:
        lines += ["", text(f"course.part.{part.part}")]
        for state in part.lessons:
            lines.append(f"  {_mark(state)} {state.lesson.number:02} {state.lesson.title:<{names}}  {_figures(state)}")
    if summary.following is not None:
        lines += ["", following_text(summary)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def following_text(summary: CourseSummary) -> str:
    """What is best done next, in one line."""
    if summary.following is None:
        return text("course.next.none")
    lesson = summary.following.lesson
    return text("course.next", number=f"{lesson.number:02}", title=lesson.title)


def as_svg(summary: CourseSummary) -> str:
    """The page as a picture; its height follows the number of lessons."""
    body: list[str] = []
    at = 70
    body.append(_words(_MARGIN, at, text("course.page.name"), size=16, colour=_MUTED))
    at += 46
    body.append(_words(_MARGIN, at, _title(summary), size=32, weight="bold"))
    at += 20
    for sentence in _sentences(summary):
        at += _LINE
        body.append(_words(_MARGIN, at, sentence, size=13))
    for part in summary.parts:
        at += 46
        body.append(_words(_MARGIN, at, text(f"course.part.{part.part}"), size=16, weight="bold"))
        count = text("course.page.of", done=part.done, count=len(part.lessons))
        body.append(_words(_WIDTH - _MARGIN, at, count, size=13, anchor="end"))
        at += 10
        body.append(_bar(at, part.done / len(part.lessons)))
        rows = -(-len(part.lessons) // _COLUMNS)
        for index, state in enumerate(part.lessons):
            left = _MARGIN + index // rows * (_WIDTH - 2 * _MARGIN) // _COLUMNS
            body += _lesson(left, at + 28 + index % rows * _LINE, state)
        at += 10 + rows * _LINE
    height = at + 60
    frame = f"<rect x='14' y='14' width='{_WIDTH - 28}' height='{height - 28}' fill='none' stroke='{_ACCENT}'/>"
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' width='{_WIDTH}' height='{height}'"
            f" viewBox='0 0 {_WIDTH} {height}' {_FONT}>",
            f"<rect width='{_WIDTH}' height='{height}' fill='{_PAPER}'/>",
            frame,
            *body,
            "</svg>\n",
        ]
    )


# --- what both forms say -----------------------------------------------------------------------------------------


def _title(summary: CourseSummary) -> str:
    return text("course.page.certificate" if summary.is_complete else "course.page.summary")


def _sentences(summary: CourseSummary) -> Iterator[str]:
    yield text("course.page.exercises", passed=summary.exercises_passed, count=summary.exercises)
    done, spent = summary.lessons_done, time_text(summary.seconds)
    yield text("course.page.lessons", done=done, count=len(summary.lessons), time=spent)
    if summary.passes:
        first, last = day_text(summary.passes[0]), day_text(summary.passes[-1])
        yield text("course.page.days", first=first, last=last)


def _mark(state: LessonState) -> str:
    return {"done": "✓", "started": "·", "fresh": " "}[state.state]


def _figures(state: LessonState) -> str:
    if state.state == "fresh":
        return ""
    told = text("course.exercises", passed=state.passed, count=len(state.exercises)) if state.exercises else ""
    spent = time_text(state.seconds) if state.seconds else ""
    return ", ".join(part for part in (told, spent) if part)


# --- SVG ---------------------------------------------------------------------------------------------------------


def _words(
    x: float, y: float, words: str, *, size: int, weight: str = "normal", colour: str = _INK, anchor: str = "start"
) -> str:
    return (
        f"<text x='{x}' y='{y}' font-size='{size}' font-weight='{weight}' fill='{colour}'"
        f" text-anchor='{anchor}'>{escape(words)}</text>"
    )


def _bar(y: float, share: float) -> str:
    width = _WIDTH - 2 * _MARGIN
    filled = f"<rect x='{_MARGIN}' y='{y}' width='{share * width:.1f}' height='6' rx='3' fill='{_ACCENT}'/>"
    return f"<rect x='{_MARGIN}' y='{y}' width='{width}' height='6' rx='3' fill='{_TRACK}'/>" + filled


def _lesson(x: float, y: float, state: LessonState) -> Iterator[str]:
    colour = _MUTED if state.state == "fresh" else _INK
    yield _words(x, y, _mark(state), size=12, colour=_ACCENT, weight="bold")
    yield _words(x + 16, y, f"{state.lesson.number:02}  {state.lesson.title}", size=12, colour=colour)
    yield _words(x + (_WIDTH - 2 * _MARGIN) / _COLUMNS - 24, y, _figures(state), size=11, colour=_MUTED, anchor="end")

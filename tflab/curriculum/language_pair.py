"""Whether two languages of one lesson hold the same: cells, options, and code but for comments and strings."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from itertools import zip_longest

from tflab.curriculum.cells import Cell
from tflab.curriculum.content_rules import LessonFile
from tflab.curriculum.drafts import skeleton
from tflab.curriculum.findings import Finding
from tflab.messages import text

_SAME_ENTRIES = ("number", "minutes", "panel", "devices", "section", "previous")
_WORTH_TRANSLATING = 40
"""Letters of prose from which on two equal texts are no coincidence."""
_SHOWN = 60
_CODE = re.compile(r"(`+).*?\1", re.DOTALL)


def differences(original: LessonFile, translation: LessonFile) -> Iterator[Finding]:
    """Where ``translation`` is not the same lesson as ``original``."""
    other = f"{original.path.parent.name}/{original.path.name}"
    for key in _SAME_ENTRIES:
        ours, theirs = translation.head.get(key), original.head.get(key)
        if ours != theirs:
            message = text("check.finding.front_matter.differs", key=key, value=ours, other=theirs, path=other)
            yield Finding(translation.path, translation.line_of(key), message)
    if len(original.cells) != len(translation.cells):
        yield _parting(original, translation, other)
        return
    for there, here in zip(original.cells, translation.cells, strict=True):
        yield from _cell(here, there, translation, other)


def _parting(original: LessonFile, translation: LessonFile, other: str) -> Finding:
    """The first cell at which the two go different ways."""
    line = 1
    for there, here in zip_longest(original.cells, translation.cells):
        line = here.line if here is not None else line
        if here is None or there is None or (here.kind, here.tags) != (there.kind, there.tags):
            break
    message = text(
        "check.finding.cell_count", count=len(translation.cells), other_count=len(original.cells), other=other
    )
    return Finding(translation.path, line, message)


def _cell(here: Cell, there: Cell, translation: LessonFile, other: str) -> Iterator[Finding]:
    path = translation.path
    if here.kind != there.kind:
        message = text("check.finding.cell_kind", kind=here.kind, other_kind=there.kind, other=other)
        yield Finding(path, here.line, message)
        return
    for option, ours, theirs in (
        ("tags", ", ".join(sorted(here.tags)), ", ".join(sorted(there.tags))),
        ("name", here.name, there.name),
        ("panel", here.panel, there.panel),
    ):
        if ours != theirs:
            message = text(
                "check.finding.cell_options", option=option, here=ours or "-", there=theirs or "-", other=other
            )
            yield Finding(path, here.line, message)
    if here.kind == "code":
        yield from _code(here, there, translation, other)
    elif here.source.strip() == there.source.strip() and _letters(here.source) >= _WORTH_TRANSLATING:
        yield Finding(path, here.line, text("check.finding.same_prose", other=other))


def _letters(prose: str) -> int:
    """How many letters there are outside code."""
    return sum(sign.isalpha() for sign in _CODE.sub("", prose))


def _code(here: Cell, there: Cell, translation: LessonFile, other: str) -> Iterator[Finding]:
    ours, theirs = _statements(here.source), _statements(there.source)
    if ours is None or theirs is None:
        if skeleton(here.source) != skeleton(there.source):
            yield _differs(translation, here.line, other, here.source, there.source)
        return
    for mine, yours in zip_longest(ours, theirs):
        code, line = mine if mine is not None else ("-", len(here.source.splitlines()))
        original = yours[0] if yours is not None else "-"
        if code != original:
            yield _differs(translation, here.line + line - 1, other, *_first_difference(code, original))
            return


def _differs(translation: LessonFile, line: int, other: str, here: str, there: str) -> Finding:
    message = text("check.finding.code_differs", other=other, here=_short(here), there=_short(there))
    return Finding(translation.path, line, message)


def _short(code: str) -> str:
    line = " ".join(code.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."


def _first_difference(here: str, there: str) -> tuple[str, str]:
    for ours, theirs in zip_longest(here.splitlines(), there.splitlines(), fillvalue="-"):
        if ours != theirs:
            return ours, theirs
    return here, there


def _statements(source: str) -> list[tuple[str, int]] | None:
    """Each statement in a form that comments, strings and the order within an f-string leave alone, and its line;
    None for what is no plain Python."""
    try:
        with warnings.catch_warnings():
            # An invalid escape in a string.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    lines = [statement.lineno for statement in tree.body]
    tree = _WithoutStrings().visit(tree)
    return [(ast.unparse(statement), line) for statement, line in zip(tree.body, lines, strict=True)]


class _WithoutStrings(ast.NodeTransformer):
    """Makes all strings alike."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant("") if isinstance(node.value, (str, bytes)) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """An f-string becomes the set of what is filled in: another language may need another order."""
        parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        if not parts:
            return ast.Constant("")
        return ast.Tuple([self.visit(part) for part in sorted(parts, key=ast.dump)], ast.Load())

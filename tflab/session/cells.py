"""Running one cell: transformed by IPython, compiled under its own name, executed, and how it ended."""

from __future__ import annotations
import __future__

import ast
import asyncio
import inspect
import linecache
import time
from dataclasses import dataclass
from functools import reduce
from operator import or_
from types import CodeType
from typing import Any, Final

from tflab.session.interrupt import InterruptGate, InterruptLadder
from tflab.session.shell import SessionShell
from tflab.session.sources import CellSource
from tflab.session.timed import time_magic, timed

_FUTURE_FLAGS: Final = reduce(or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))
"""Of IPython's compiler flags, those that a cell hands on to the next; at its prompt half a statement is no error."""


@dataclass(frozen=True)
class Outcome:
    """How a cell ended."""

    seconds: float
    exception: BaseException | None
    interrupted: bool
    """Whether the lab had asked it to stop."""


class CellRunner:
    """Runs cells in the shell's namespace, on the main thread."""

    def __init__(self, shell: SessionShell, gate: InterruptGate, ladder: InterruptLadder) -> None:
        # Hardly typed, and not the same in every version.
        self._shell: Any = shell
        self._compiler: Any = shell.compile
        self._gate = gate
        self._ladder = ladder
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, source: CellSource) -> Outcome:
        """Runs ``source``. Whatever the learner's code raises is in the outcome."""
        self._gate.install()
        started = time.perf_counter()
        exception: BaseException | None = None
        if not self._ladder.cell_starts():
            return Outcome(seconds=0.0, exception=KeyboardInterrupt(), interrupted=True)
        try:
            with self._gate.armed():
                if magic := time_magic(source.code):
                    with timed():
                        self._execute(source.after(magic))
                else:
                    self._execute(source)
        except BaseException as error:
            exception = error
        self._gate.disarm()
        self._ladder.cell_ends()
        return Outcome(seconds=time.perf_counter() - started, exception=exception, interrupted=self._ladder.requested)

    def _execute(self, source: CellSource) -> None:
        shell = self._shell
        transformed = self._transformed(source)
        count = shell.execution_count
        shell.execution_count = count + 1
        # For In, _i and the trailing semicolon.
        shell.history_manager.store_inputs(count, transformed, source.code)
        shell.events.trigger("pre_execute")
        with shell.builtin_trap, shell.display_trap:
            tree = shell.transform_ast(self._parsed(transformed, source))
            codes = self._compiled(tree, source.filename)
            if any(code.co_flags & inspect.CO_COROUTINE for code in codes):
                self._run_in_loop(codes)
            else:
                for code in codes:
                    exec(code, shell.user_global_ns, shell.user_ns)

    def _transformed(self, source: CellSource) -> str:
        try:
            transformed: str = self._shell.transform_cell(source.code)
        except SyntaxError as error:
            raise _moved(error, source) from None
        return transformed

    @property
    def _flags(self) -> int:
        return int(self._compiler.flags & _FUTURE_FLAGS) | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    def _parsed(self, transformed: str, source: CellSource) -> ast.Module:
        try:
            # Not under its own name: for the text and the column of an error Python would look into the file of
            # that name, which may be older than what is run, and in which these lines do not count yet.
            tree: ast.Module = compile(
                transformed, "<parsing>", "exec", self._flags | ast.PyCF_ONLY_AST, dont_inherit=True
            )
        except SyntaxError as error:
            raise _moved(error, source) from None
        if source.line_offset:
            ast.increment_lineno(tree, source.line_offset)
        return tree

    def _compiled(self, tree: ast.Module, filename: str) -> list[CodeType]:
        """The statements as one code object, and a last expression as another that shows its value."""
        body, last = tree.body, None
        if body and isinstance(body[-1], ast.Expr):
            body, last = body[:-1], body[-1]
        codes: list[CodeType] = []
        try:
            if body:
                module = ast.Module(body=body, type_ignores=[])
                codes.append(compile(module, filename, "exec", self._flags, dont_inherit=True))
                self._compiler.flags |= codes[-1].co_flags & _FUTURE_FLAGS
            if last is not None:
                shown = ast.Interactive(body=[last])
                codes.append(compile(shown, filename, "single", self._flags, dont_inherit=True))
        # ``return`` outside a function and the like are found only here, where lines already count in the file.
        except SyntaxError as error:
            error.text = error.text or linecache.getline(filename, error.lineno or 0) or None
            raise error from None
        return codes

    def _run_in_loop(self, codes: list[CodeType]) -> None:
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        task = self._loop.create_task(self._run_awaiting(codes))
        try:
            self._loop.run_until_complete(task)
        except BaseException:
            if not task.done():
                task.cancel()
                self._gate.disarm()
                self._loop.run_until_complete(asyncio.wait([task], timeout=1.0))
            elif not task.cancelled():
                # An interrupt inside the task passes its result by, and the loop would complain of that.
                task.exception()
            raise

    async def _run_awaiting(self, codes: list[CodeType]) -> None:
        shell = self._shell
        for code in codes:
            value: Any = eval(code, shell.user_global_ns, shell.user_ns)
            if code.co_flags & inspect.CO_COROUTINE:
                await value


def _moved(error: SyntaxError, source: CellSource) -> SyntaxError:
    """``error`` with lines that count in the file."""
    if error.lineno is not None:
        error.lineno += source.line_offset
    if getattr(error, "end_lineno", None) is not None:
        error.end_lineno = (error.end_lineno or 0) + source.line_offset
    error.filename = source.filename
    return error

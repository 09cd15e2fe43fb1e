"""The learner's source where a rule has to name what values cannot: the text of an operand, the name of a tape."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeVar

N = TypeVar("N", bound=ast.AST)

_LONGEST = 72


def tree_of(file: str) -> ast.Module | None:
    """The syntax tree of a file or cell; None where the source is not at hand. Shared: not to be changed."""
    return _parsed("".join(linecache.getlines(file)))


@lru_cache(maxsize=64)
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        # A cell with IPython's magics: without these lines it may be plain Python.
        plain = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
        try:
            return ast.parse(plain)
        except (SyntaxError, ValueError, RecursionError):
            return None


def line_of(file: str, line: int) -> str:
    """One line of the source, without its end."""
    return linecache.getline(file, line).rstrip("\n")


def nodes_at(file: str, line: int, kind: type[N]) -> Iterator[N]:
    """The nodes of one kind whose lines include ``line``, outermost first."""
    tree = tree_of(file)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, kind) and covers(node, line):
            yield node


def covers(node: ast.AST, line: int) -> bool:
    """Whether ``line`` is one of the node's."""
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    return first is not None and last is not None and first <= line <= last


def statement_at(file: str, line: int) -> ast.stmt | None:
    """The innermost statement that covers ``line``."""
    found: ast.stmt | None = None
    for node in nodes_at(file, line, ast.stmt):
        found = node
    return found


def function_at(file: str, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None:
    """The innermost function that covers ``line``."""
    found = None
    for node in nodes_at(file, line, ast.AST):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            found = node
    return found


def enclosing(tree: ast.AST, wanted: ast.AST) -> list[ast.AST]:
    """The nodes around ``wanted``, outermost first, without itself."""
    path: list[ast.AST] = []

    def descend(node: ast.AST) -> bool:
        if node is wanted:
            return True
        path.append(node)
        if any(descend(child) for child in ast.iter_child_nodes(node)):
            return True
        path.pop()
        return False

    return path if descend(tree) else []


def text_of(node: ast.AST) -> str:
    """The node as it would be written, shortened in the middle where it is long."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"


def called_name(call: ast.Call) -> str:
    """The last part of what is called: ``gradient`` for ``tape.gradient(...)``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def segment_of(file: str, node: ast.expr) -> str | None:
    """The node exactly as it stands in the file; None where it spans lines."""
    if node.end_lineno != node.lineno:
        return None
    # Columns count bytes.
    return line_of(file, node.lineno).encode()[node.col_offset : node.end_col_offset].decode()

"""Gives every name of a program's own another one, everywhere."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import tokenize
from typing import Final

from tests.session.diagnosis.programs import Program

_KEPT: Final = frozenset(
    {"self", "call", "build", "train_step", "training", "inputs", "super", "compile", "fit", "layers", "history"}
    | set(dir(builtins))
    | set(keyword.kwlist)
)
"""Names by which Keras and Python find things."""


_MODULES: Final = ("tf", "keras", "np", "layers")


def renamed(program: Program) -> tuple[Program, dict[str, str]]:
    """The program with other names, and what each became. What strings and keywords name stays."""
    bound, attributes, kept = set[str](), set[str](), set(_KEPT)
    for cell in program.cells:
        for node in ast.walk(ast.parse(cell)):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                kept |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                kept |= set(re.findall(r"\w+", node.value))
            elif isinstance(node, ast.keyword) and node.arg is not None:
                kept.add(node.arg)
            elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                attributes |= {node.attr} if isinstance(node.value, ast.Name) and node.value.id == "self" else set()
            else:
                bound |= _bound(node)
    methods = {name for cell in program.cells for name in _methods(cell)}
    names = sorted(name for name in (bound | attributes | methods) - kept if not name.startswith("__"))
    new = {name: _other(name, number) for number, name in enumerate(names)}
    after_dot = {name: new[name] for name in attributes | methods if name in new}
    plain = {name: new[name] for name in bound - attributes - methods if name in new}
    plain |= {name: new[name] for name in methods if name in new}
    cells = tuple(_replaced(cell, plain, after_dot) for cell in program.cells)
    return Program(program.name, cells), plain | after_dot


def _methods(cell: str) -> set[str]:
    classes = [node for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.ClassDef)]
    return {each.name for node in classes for each in node.body if isinstance(each, ast.FunctionDef)}


def _bound(node: ast.AST) -> set[str]:
    """What a node gives a name to."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return {node.id}
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    return {node.arg} if isinstance(node, ast.arg) else set()


def _other(name: str, number: int) -> str:
    letters = chr(ord("a") + number // 26) + chr(ord("a") + number % 26)
    return f"Q{letters}" if name[:1].isupper() else f"q{letters}"


def _replaced(cell: str, plain: dict[str, str], after_dot: dict[str, str]) -> str:
    """The cell with its name tokens replaced; strings and comments stay as they are."""
    lines = cell.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(cell).readline))
    for owner, before, token in reversed(list(zip(tokens, tokens[1:], tokens[2:], strict=False))):
        if before.string == ".":
            # What a module has keeps its name.
            other = None if owner.string in _MODULES else after_dot.get(token.string)
        else:
            other = plain.get(token.string)
        if token.type == tokenize.NAME and other is not None:
            (row, start), (_, end) = token.start, token.end
            lines[row - 1] = lines[row - 1][:start] + other + lines[row - 1][end:]
    for token in reversed(tokens[:2]):
        if token.type == tokenize.NAME and token.string in plain and tokens[0].string != "@":
            lines[0] = lines[0][: token.start[1]] + plain[token.string] + lines[0][token.end[1] :]
    return "".join(lines)


def told_with(message: str, new: dict[str, str]) -> str:
    """A message about the old names, with the new ones in the places of code."""

    def other(code: re.Match[str]) -> str:
        return re.sub(r"[A-Za-z_]\w*", lambda word: new.get(word[0], word[0]), code[0])

    return re.sub(r"`[^`]*`", other, message)

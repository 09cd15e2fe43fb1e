"""What one code cell does with names, read from its syntax: reads, binds, changes in place.

Raw material of `tflab.curriculum.needed_cells`. Files count as names, too: a cell that mentions ``"model.keras"`` and a
later one that does are connected as two that mention one variable.
"""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_FILE_NAME: Final = re.compile(r"[^\s{}]*(/[^\s{}]+|[^\s{}]\.[A-Za-z][A-Za-z0-9]{1,9})")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_]\w*")
_MAGIC_LINE: Final = re.compile(r"^[ \t]*[%!](?!%).*$", re.MULTILINE)
_GLOBAL_EFFECT: Final = re.compile(
    r"(set|enable|disable|reset|clear|run|configure|use|patch|chdir|filter)_?\w*|seed|RegisterGradient"
    r"|get_custom_objects|simplefilter|system|makedirs|mkdir"
)
"""Functions of a module that change more than what they are given. Registering a class for files that hold it is none:
who reads such a file is connected with it by the file."""
_RECORDS: Final = frozenset({"losses", "gradients", "traces"})
"""What ``tflab.lab`` tells of everything that ran before."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class CellNames:
    """The names of one cell."""

    reads: set[str] = field(default_factory=set)
    """Read while the cell runs, before the cell itself binds them."""
    mentions: set[str] = field(default_factory=set)
    """Read while the cell runs."""
    binds: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)
    """Bound whatever happens, so that earlier values do not matter."""
    values: list[tuple[str, ast.expr | None]] = field(default_factory=list)
    """Each binding of a variable, and the expression that the value comes from; None where it has none."""
    elements: list[tuple[str, ast.expr]] = field(default_factory=list)
    """Each variable of a loop, and what is looped over."""
    inner: dict[str, set[str]] = field(default_factory=dict)
    """Names that the body of a function or class reads, when it is called."""
    modules: set[str] = field(default_factory=set)
    """Names of imported modules."""
    changed: set[str] = field(default_factory=set)
    """Names whose object the cell changes by its own syntax: ``x[0] = 1``, ``x.sort()``."""
    always: bool = False
    """Whether the cell does something that every later one may feel: a seed, a magic, a directory."""
    asks_records: bool = False
    """Whether it asks for what was recorded of everything before it."""


def names_of(source: str) -> CellNames:
    """The names of a cell. One that is no plain Python is taken to read every word in it and to matter to all."""
    plain = _MAGIC_LINE.sub("pass", source)
    try:
        with warnings.catch_warnings():
            # An invalid escape in the learner's string.
            warnings.simplefilter("ignore")
            tree = ast.parse(plain)
            table = symtable.symtable(plain, "<cell>", "exec")
    except (SyntaxError, ValueError):
        words = set(_IDENTIFIER.findall(source))
        return CellNames(reads=words, mentions=words, always=True)
    names = CellNames(always=plain != source)
    _Reader(names, table).read(tree.body, certain=True)
    return names


class _Reader:
    """Fills a `CellNames`, statement by statement."""

    def __init__(self, names: CellNames, table: symtable.SymbolTable) -> None:
        self._names = names
        self._scopes = {(scope.get_name(), scope.get_lineno()): scope for scope in table.get_children()}

    def read(self, statements: list[ast.stmt], *, certain: bool) -> None:
        for statement in statements:
            self._read_one(statement, certain=certain)

    def _read_one(self, statement: ast.stmt, *, certain: bool) -> None:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._define(statement, certain=certain)
            case ast.Import() | ast.ImportFrom():
                self._import(statement, certain=certain)
            case ast.If() | ast.While():
                self._use(statement.test)
                self.read(statement.body + statement.orelse, certain=False)
            case ast.For() | ast.AsyncFor():
                self._use(statement.iter)
                for name in _targets(statement.target):
                    self._names.elements.append((name, statement.iter))
                # Nobody writes a loop over nothing.
                self._store(statement.target, certain=certain)
                self.read(statement.body, certain=certain)
                self.read(statement.orelse, certain=False)
            case ast.With() | ast.AsyncWith():
                for item in statement.items:
                    self._use(item.context_expr)
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, None, certain=certain)
                self.read(statement.body, certain=certain)
            case ast.Assign():
                self._use(statement.value)
                for target in statement.targets:
                    self._assign(target, statement.value, certain=certain)
            case ast.AnnAssign():
                if statement.value is not None:
                    self._use(statement.value)
                    self._assign(statement.target, statement.value, certain=certain)
            case ast.AugAssign():
                self._use(statement.value)
                self._mention(_root(statement.target))
                self._assign(statement.target, statement.value, certain=False)
                self._change(statement.target)
            case ast.Delete():
                for target in statement.targets:
                    self._use(target)
                    self._assign(target, None, certain=certain)
            case ast.Expr():
                self._use(statement.value)
                if isinstance(statement.value, ast.Call) and isinstance(statement.value.func, ast.Attribute):
                    self._change(statement.value.func.value)
            case ast.Try():
                self.read(statement.body, certain=False)
                for handler in statement.handlers:
                    if handler.name:
                        self._bind(handler.name, certain=False)
                    self.read(handler.body, certain=False)
                self.read(statement.orelse + statement.finalbody, certain=False)
            case _:
                # ``match``, ``except*`` and what later versions bring: everything in it may be read and bound.
                for node in ast.walk(statement):
                    if isinstance(node, ast.expr):
                        self._note(node)
                    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                        self._bind(node.id, certain=False)
                        self._names.values.append((node.id, None))

    # --- reading -------------------------------------------------------------------------------------------------

    def _use(self, expression: ast.expr) -> None:
        for node in ast.walk(expression):
            self._note(node)
            if isinstance(node, ast.NamedExpr):
                self._assign(node.target, node.value, certain=False)

    def _note(self, node: ast.AST) -> None:
        """One node of an expression that is evaluated while the cell runs."""
        match node:
            case ast.Name(ctx=ast.Load() | ast.Del(), id=name):
                self._mention(name)
            case ast.Constant(value=str(text)) if _FILE_NAME.fullmatch(text):
                self._mention(f"file {text}")
                self._names.binds.add(f"file {text}")
            case ast.Call(func=function, keywords=keywords):
                if _GLOBAL_EFFECT.fullmatch(_last_name(function)) and self._of_module(function):
                    self._names.always = True
                for keyword in keywords:
                    if keyword.arg == "out":
                        self._change(keyword.value)
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute):
                if attribute in _RECORDS and owner in ("lab", "tflab"):
                    self._names.asks_records = True
            case _:
                pass

    def _of_module(self, function: ast.expr) -> bool:
        root = _root(function)
        return isinstance(function, ast.Attribute) and (root in self._names.modules or root in _USUAL_MODULES)

    def _mention(self, name: str) -> None:
        self._names.mentions.add(name)
        if name not in self._names.certain:
            self._names.reads.add(name)

    # --- binding -------------------------------------------------------------------------------------------------

    def _bind(self, name: str, *, certain: bool) -> None:
        self._names.binds.add(name)
        if certain:
            self._names.certain.add(name)

    def _store(self, target: ast.expr, *, certain: bool) -> None:
        for name in _targets(target):
            self._bind(name, certain=certain)
        for node in ast.walk(target):
            if isinstance(node, (ast.Attribute, ast.Subscript)):
                self._use(node)
                self._change(node)

    def _assign(self, target: ast.expr, value: ast.expr | None, *, certain: bool) -> None:
        self._names.values.extend((name, value) for name in _targets(target))
        self._store(target, certain=certain)

    def _change(self, expression: ast.expr) -> None:
        root = _root(expression)
        if root:
            self._names.changed.add(root)

    def _define(self, statement: _Definition, *, certain: bool) -> None:
        for decorator in statement.decorator_list:
            self._use(decorator)
        first_line = min([statement.lineno, *(decorator.lineno for decorator in statement.decorator_list)])
        scope = self._scopes.get((statement.name, statement.lineno)) or self._scopes.get((statement.name, first_line))
        inner: set[str] = set()
        if scope is not None:
            inner, changed = _outer_names(scope)
            self._names.changed |= changed
        for node in ast.walk(statement):
            match node:
                case ast.Constant(value=str(text)) if _FILE_NAME.fullmatch(text):
                    inner.add(f"file {text}")
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner))) if _root(owner) in inner:
                    self._change(owner)
                case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()) if _root(node) in inner:
                    self._change(node)
                case _:
                    pass
        if isinstance(statement, ast.ClassDef):
            # Its bases and its body run at once.
            for base in (*statement.bases, *(keyword.value for keyword in statement.keywords)):
                self._use(base)
            for name in inner:
                self._mention(name)
        else:
            for default in (*statement.args.defaults, *statement.args.kw_defaults):
                if default is not None:
                    self._use(default)
        self._names.inner.setdefault(statement.name, set()).update(inner)
        self._bind(statement.name, certain=certain)
        if statement.decorator_list:
            # A tf.function, say, changes with every trace; a plain function does not change by being called.
            self._names.values.append((statement.name, None))

    def _import(self, statement: ast.Import | ast.ImportFrom, *, certain: bool) -> None:
        for alias in statement.names:
            if alias.name == "*":
                self._names.always = True
                continue
            name = alias.asname or alias.name.partition(".")[0]
            self._bind(name, certain=certain)
            self._names.modules.add(name)
            if alias.name in _RECORDS and isinstance(statement, ast.ImportFrom) and statement.module == "tflab.lab":
                self._names.asks_records = True


_USUAL_MODULES: Final = frozenset({"tf", "np", "keras", "os", "random", "warnings", "plt", "tensorflow", "numpy"})


def _targets(target: ast.expr) -> Iterator[str]:
    """The names that an assignment to ``target`` binds."""
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _targets(part)
        case ast.Starred(value=value):
            yield from _targets(value)
        case _:
            pass


def _root(expression: ast.expr) -> str:
    """The variable whose object ``a.b[0].c()`` is a part of; empty where there is none."""
    while True:
        match expression:
            case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
                expression = value
            case ast.Call(func=ast.Attribute() as function):
                expression = function
            case ast.Name(id=name):
                return name
            case _:
                # What a plain function gives is another object than the function.
                return ""


def _last_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ""


def _outer_names(scope: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    """The module's names that a function or class reads, and those that it binds by ``global``."""
    read: set[str] = set()
    bound: set[str] = set()
    scopes = [scope]
    for inner in scopes:
        scopes += inner.get_children()
        for symbol in inner.get_symbols():
            if symbol.is_global():
                read.add(symbol.get_name())
                if symbol.is_assigned():
                    bound.add(symbol.get_name())
    return read, bound

"""``check`` as a check cell sees it: no claim rests on what the learner's code may have replaced a moment ago.

A check calls the learner's functions, and these can replace things then as well as in their cell. So everything is put
back after each call in the check cell that is not one of Python's, NumPy's, TensorFlow's or ours, before each claim,
and once more between looking at a value and judging it.
"""

from __future__ import annotations

import ast
import builtins
from types import CodeType, SimpleNamespace
from typing import Any, Final

from tflab.session.grading.claims import Check
from tflab.session.grading.looks import LOOKS
from tflab.session.grading.surroundings import PutBack

PUT_BACK: Final = "__put_back_after__"
"""The name under which a check cell finds what `compiled` calls."""

_CLAIMS: Final = tuple(name for name in vars(Check) if not name.startswith("_"))
_TRUSTED: Final = frozenset({"tf", "np", "lab", "check", *vars(builtins)})


def guarded(check: Check, put_back: PutBack) -> SimpleNamespace:
    """The claims of ``check``, each in surroundings that were put back. Its type is an object without methods of its
    own, so that there is no class to change them in."""
    return SimpleNamespace(**{name: _guard(check, name, put_back) for name in _CLAIMS})


def _guard(check: Check, name: str, put_back: PutBack) -> Any:
    judge = getattr(check, name)
    look = LOOKS.get(name)

    def claim(*arguments: Any, **options: Any) -> Any:
        put_back()
        if look is not None and arguments:
            looked = look(arguments[0])
            put_back()
            arguments = (looked, *arguments[1:])
        return judge(*arguments, **options)

    return claim


def settling(put_back: PutBack) -> Any:
    """What a check cell needs under the name `PUT_BACK`."""

    def after(value: Any) -> Any:
        put_back()
        return value

    return after


def compiled(source: str, filename: str) -> CodeType:
    """The code of a check cell, which puts back after each call of the learner's. Raises SyntaxError."""
    tree = _AfterCalls().visit(ast.parse(source, filename))
    return compile(ast.fix_missing_locations(tree), filename, "exec", dont_inherit=True)


class _AfterCalls(ast.NodeTransformer):
    """Wraps calls that may run the learner's code. Functions that the check defines are left as they are: AutoGraph
    and tf.function read them."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        root: ast.expr = node.func
        while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        if isinstance(root, ast.Name) and root.id in _TRUSTED:
            return node
        return ast.copy_location(ast.Call(func=ast.Name(id=PUT_BACK, ctx=ast.Load()), args=[node], keywords=[]), node)

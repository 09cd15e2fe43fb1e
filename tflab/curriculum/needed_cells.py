"""Which earlier cells an exercise builds on, so that its check replays those and no others.

The answer is on the safe side: a cell is left out only where its syntax shows that nothing later needed is bound,
changed or felt. A cell that trains a model is left out if the exercise makes a model of its own, and stays if the
exercise goes on with the one that was trained.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tflab.curriculum.cell_names import CellNames, names_of

_FRESH: Final = re.compile(
    r"(tf|tensorflow)\.(math|linalg|nn|strings|random|sparse|ragged|image|sets|signal|bitwise|dtypes|data\.Dataset)"
    r"\.[a-z]\w*"
    r"|(tf|tensorflow)\.(?!function$|py_function$|numpy_function$|custom_gradient$|load|init)[a-z]\w*"
    r"|(tf|tensorflow)\.(TensorSpec|RaggedTensorSpec|TensorShape|SparseTensor)"
    r"|((tf|tensorflow)\.)?keras\.(losses|regularizers|initializers|constraints|activations)\.\w+"
    r"|(np|numpy)\.(linalg\.)?[a-z]\w*|(np|numpy)\.random\.(?!default_rng$|get_state$)[a-z]\w*"
    r"|math\.\w+|time\.\w+"
)
"""Functions whose results no later code can change: tensors, datasets, numbers, losses. Arrays are changed by syntax
that shows (``x[0] = 1``)."""
_FRESH_BUILTINS: Final = frozenset(
    {"abs", "bool", "complex", "float", "int", "len", "max", "min", "pow", "range", "round", "sum", "tuple"}
)


def needed_cells(cells: Sequence[str], targets: Sequence[str]) -> tuple[int, ...]:
    """Indexes of the ``cells`` that have to run, in order, before ``targets`` can."""
    earlier = [names_of(source) for source in cells]
    last = [names_of(source) for source in targets]
    if any(names.asks_records for names in last):
        return tuple(range(len(cells)))
    links = _Links([*earlier, *last])
    needed: set[str] = set()
    for names in reversed(last):
        # Whatever is defined here is going to be called.
        needed |= links.reach(names.inner)
        needed = links.reach((needed - names.certain) | names.reads)
    kept: list[int] = []
    for index in range(len(cells) - 1, -1, -1):
        names = earlier[index]
        felt = names.binds | ((names.changed | links.reach(names.mentions)) & links.changeable)
        if names.always or felt & needed:
            kept.append(index)
            if names.asks_records:
                return tuple(range(index + 1)) + tuple(reversed(kept[:-1]))
            # A function that the cell both defines and calls reads its own names by then.
            needed |= links.reach(set(names.inner) & names.mentions)
            needed = links.reach((needed - names.certain) | names.reads)
    return tuple(reversed(kept))


class _Links:
    """How names hang together over a whole lesson, whatever the order of its cells."""

    def __init__(self, cells: Iterable[CellNames]) -> None:
        self.changeable: set[str] = set()
        """Names whose object may be another after code has used it: models, optimizers, lists, files."""
        self._inner: dict[str, set[str]] = {}
        values: dict[str, list[ast.expr | None]] = {}
        elements: dict[str, list[ast.expr]] = {}
        modules: set[str] = set()
        for cell in cells:
            modules |= cell.modules
            for name, inner in cell.inner.items():
                self._inner.setdefault(name, set()).update(inner)
            for name, value in cell.values:
                values.setdefault(name, []).append(value)
            for name, looped in cell.elements:
                elements.setdefault(name, []).append(looped)
            self.changeable |= cell.changed
            self.changeable |= {name for name in cell.mentions if name.startswith("file ")}
        # Calling a function of a module changes no module, as far as this goes.
        self.changeable -= modules
        self._variables = {*values, *elements}
        self._settle(values, elements)
        self._links: dict[str, set[str]] = {}
        for name in {*self._inner, *self._variables}:
            linked = set(self._inner.get(name, ()))
            for source in (*values.get(name, ()), *elements.get(name, ())):
                read = _names_in(source)
                # A dataset lasts, but calls the functions that it was made with.
                linked |= read if name in self.changeable else read & set(self._inner)
            self._links[name] = linked

    def _settle(self, values: Mapping[str, list[ast.expr | None]], elements: Mapping[str, list[ast.expr]]) -> None:
        """Finds everything changeable: what is made of something changeable is so itself."""
        grown = True
        while grown:
            found = {
                name
                for name in self._variables - self.changeable
                if not all(self._is_lasting(value) for value in values.get(name, ()))
                or not all(self._yields_lasting(looped) for looped in elements.get(name, ()))
            }
            self.changeable |= found
            grown = bool(found)

    def reach(self, names: Iterable[str]) -> set[str]:
        """``names``, what their functions read, what their objects may hold on to, and so on."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self._links.get(name, ()))
        return found

    # --- what cannot change ---------------------------------------------------------------------------------------

    def _is_lasting(self, value: ast.expr | None) -> bool:
        """Whether no code can change the object that ``value`` gives but by syntax that shows."""
        match value:
            case None:
                return False
            case ast.Constant():
                # A name for a file: whoever mentions it may write there.
                return not isinstance(value.value, str)
            case ast.JoinedStr():
                return False
            case ast.Name(id=name):
                return self._is_lasting_variable(name)
            case ast.Tuple(elts=parts):
                return all(self._is_lasting(part) for part in parts)
            case ast.List(elts=parts):
                # One that is filled later begins empty.
                return bool(parts) and all(self._is_lasting(part) for part in parts)
            case ast.BinOp(left=left, right=right):
                return self._is_lasting(left) and self._is_lasting(right)
            case ast.UnaryOp(operand=operand):
                return self._is_lasting(operand)
            case ast.Compare():
                return True
            case ast.Attribute(value=owner) | ast.Subscript(value=owner):
                return self._is_lasting(owner)
            case ast.IfExp(body=body, orelse=orelse):
                return self._is_lasting(body) and self._is_lasting(orelse)
            case ast.Call():
                return self._gives_lasting(value)
            case _:
                return False

    def _gives_lasting(self, call: ast.Call) -> bool:
        path = _dotted(call.func)
        if path and _FRESH.fullmatch(path):
            return True
        match call.func:
            case ast.Name(id="next"):
                inner = call.args[0] if call.args else None
                return (
                    isinstance(inner, ast.Call)
                    and isinstance(inner.func, ast.Name)
                    and inner.func.id == "iter"
                    and len(inner.args) == 1
                    and self._is_lasting(inner.args[0])
                )
            case ast.Name(id=name):
                return name in _FRESH_BUILTINS
            case ast.Attribute(value=owner):
                # A method of a tensor, a dataset, an array.
                return self._is_lasting(owner)
            case _:
                return False

    def _is_lasting_variable(self, name: str) -> bool:
        return name in self._variables and name not in self.changeable

    def _yields_lasting(self, looped: ast.expr) -> bool:
        """Whether the elements of ``looped`` cannot change."""
        match looped:
            case ast.Call(func=ast.Name(id="enumerate" | "zip" | "reversed"), args=parts):
                return all(self._yields_lasting(part) for part in parts)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return all(self._is_lasting(part) for part in parts)
            case _:
                return self._is_lasting(looped)


def _names_in(value: ast.expr | None) -> set[str]:
    if value is None:
        return set()
    return {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}


def _dotted(function: ast.expr) -> str:
    """``tf.data.Dataset.range``; empty where it is no plain path."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if not isinstance(function, ast.Name) or not parts:
        return ""
    return ".".join([function.id, *reversed(parts)])

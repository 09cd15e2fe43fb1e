"""What could stand at the cursor, from the live namespace. None of the learner's code runs for it.

Only a chain of plain names (``model.layers``) is looked up; calls and subscripts are not evaluated. Attributes come
through properties only where a trusted library wrote the class.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import os
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from tflab.protocol.events import Completion
from tflab.session.cursor_place import Call, place_at
from tflab.session.signatures import default_of, parameters_of
from tflab.session.trusted import MISSING, is_trusted, resolved, static_attribute

_CHAIN = re.compile(r"(?<![\w.)\]}\"'])([^\W\d]\w*(?:\.[^\W\d]\w*)*\.?)$")
LONGEST_LIST: Final = 200
Offered = tuple[int, tuple[Completion, ...]]


def complete(source: str, position: int, namespace: Mapping[str, Any]) -> Offered:
    """The offset where the completed word begins, and what fits, best first (at most 200).

    In code these are names, and in a call its keywords before them; in a string file paths, or keys where it is one.
    """
    position = max(0, min(position, len(source)))
    place = place_at(source, position)
    if place.comment:
        return position, ()
    if place.string is not None:
        if place.subscripted:
            return _keys(place.subscripted, place.string, position, namespace)
        return _paths(place.string, position)
    before = source[max(0, position - 500) : position]
    found = _CHAIN.search(before)
    if found is None:
        # Behind a bracket or an operator any name may follow; behind a number or a string none.
        nothing_yet = before[-1:] in ("", " ", "\n", "(", "[", "{", ",", "=", "+", "-", "*", "/", ":", "@", "<", ">")
        return position, _names("", place.call, namespace) if nothing_yet else ()
    *owners, word = found[1].split(".")
    start = position - len(word)
    if owners:
        owner = resolved(owners, namespace)
        if owner is MISSING:
            return start, ()
        return start, _offered(word, _attributes(owner), lambda name: static_attribute(owner, name))
    return start, _names(word, place.call, namespace)


def _names(word: str, call: Call | None, namespace: Mapping[str, Any]) -> tuple[Completion, ...]:
    known = {**vars(builtins), **namespace}
    names = [*namespace, *vars(builtins), *keyword.kwlist]
    keywords = () if call is None or call.keyword else _keywords(word, call, namespace)
    return (*keywords, *_offered(word, names, lambda name: known.get(name, MISSING)))[:LONGEST_LIST]


def _keywords(word: str, call: Call, namespace: Mapping[str, Any]) -> tuple[Completion, ...]:
    """The keywords that a call has not got yet."""
    parameters = parameters_of(resolved(call.callee.split("."), namespace)) or []
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    free = [
        each
        for number, each in enumerate(parameters)
        if each.kind in named and each.name not in call.given and not (each.kind is positional and number < call.index)
    ]
    return tuple(
        Completion(
            name=f"{each.name}=", detail="" if each.default is inspect.Parameter.empty else f"= {default_of(each)}"
        )
        for each in free
        if each.name.startswith(word)
    )


def _keys(chain: str, begun: str, position: int, namespace: Mapping[str, Any]) -> Offered:
    """The keys of a dict, or the names of the arrays in a file that NumPy has loaded."""
    owner = resolved(chain.split("."), namespace)
    keys: list[Any] = []
    if type(owner) is dict:
        keys = list(owner)
    elif is_trusted(owner) and type(owner).__name__ == "NpzFile":
        keys = list(owner.files)
    fitting = [key for key in keys if isinstance(key, str) and key.startswith(begun)][:LONGEST_LIST]
    return position - len(begun), tuple(Completion(name=key) for key in fitting)


def _paths(begun: str, position: int) -> Offered:
    """Files and folders as the session sees them, for a string that a path is begun in."""
    folder, word = os.path.split(begun)
    found: list[Completion] = []
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            for entry in entries:
                if entry.name.startswith(word) and (word.startswith(".") or not entry.name.startswith(".")):
                    is_folder = entry.is_dir()
                    found.append(Completion(name=entry.name + "/" if is_folder else entry.name))
                    if len(found) == LONGEST_LIST:
                        break
    except (OSError, ValueError):
        return position, ()
    return position - len(word), tuple(sorted(found, key=lambda each: each.name.lower()))


def _offered(word: str, names: list[str], value_of: Any) -> tuple[Completion, ...]:
    fitting = {name for name in names if name.startswith(word) and (word.startswith("_") or not name.startswith("_"))}
    ordered = sorted(fitting, key=lambda name: (name.lower(), name))[:LONGEST_LIST]
    return tuple(Completion(name=name, detail=detail_of(name, value_of(name))) for name in ordered)


def _attributes(owner: Any) -> list[str]:
    own_dir = inspect.getattr_static(type(owner), "__dir__", None)
    trusted = is_trusted(owner) or own_dir is object.__dir__ or own_dir is type.__dir__
    try:
        names = dir(owner) if trusted else object.__dir__(owner)
        return [name for name in names if isinstance(name, str)]
    except Exception:
        return []


def detail_of(name: str, value: Any) -> str:
    if value is MISSING:
        return "keyword" if keyword.iskeyword(name) else ""
    kind = type(value)
    if is_trusted(value) and not isinstance(value, (ModuleType, type)):
        try:
            dtype, shape = getattr(value, "dtype", None), getattr(value, "shape", None)
            if dtype is not None and shape is not None:
                sizes = ", ".join("?" if size is None else str(size) for size in shape)
                return f"{getattr(dtype, 'name', dtype)} ({sizes})"
        # A tensor of unknown rank has no sizes to iterate over.
        except Exception:
            pass
    if isinstance(value, ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(value, property):
        return "property"
    if callable(value) and kind.__module__ in ("builtins", "types"):
        return "function"
    return kind.__name__

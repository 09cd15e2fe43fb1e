"""How values differ, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from tflab.messages import text
from tflab.session.grading.looks import Value

_SHOWN_ELEMENTS: Final = 6
"""Arrays up to this size are shown in full."""
_DIGITS: Final = 5
_ALL_DIGITS: Final = 10
_LONGEST: Final = 300
"""Characters of one observation."""


def difference(seen: Value, wanted: Value, tolerance: float) -> str | None:
    """How ``seen`` differs from ``wanted``, in a sentence; None where it does not.

    ``tolerance`` is absolute for numbers up to 1 and relative beyond. Lists, tuples and dictionaries are compared
    part by part. The type of numbers counts where both are TensorFlow's.
    """
    if wanted.keys is not None:
        return _difference_of_mappings(seen, wanted, tolerance)
    if seen.keys is None and seen.parts is not None and wanted.parts is not None and not _are_numbers(seen, wanted):
        return _difference_of_lists(seen.parts, wanted.parts, tolerance)
    if seen.is_none and not wanted.is_none:
        return text("check.seen.none", expected=shown(wanted))
    if seen.array is None or wanted.array is None:
        is_same = seen.is_known and wanted.is_known and bool(seen.name) and seen.name == wanted.name
        return None if is_same else _instead(seen, wanted)
    found = _difference_of_arrays(seen.array, wanted.array, tolerance)
    if found is None and seen.dtype and wanted.dtype and seen.dtype != wanted.dtype:
        return text("check.seen.dtype", seen=seen.dtype, expected=wanted.dtype)
    return found


def _are_numbers(seen: Value, wanted: Value) -> bool:
    """Whether two lists are arrays written as lists, and no lists of several things."""
    if seen.array is None or wanted.array is None or wanted.parts is None:
        return False
    return not any(
        part.dtype or (part.array is not None and part.array.ndim and part.parts is None) for part in wanted.parts
    )


def _difference_of_mappings(seen: Value, wanted: Value, tolerance: float) -> str | None:
    if seen.keys is None or seen.parts is None or wanted.keys is None or wanted.parts is None:
        return _instead(seen, wanted)
    if seen.keys != wanted.keys:
        return text("check.seen.keys", expected=", ".join(wanted.keys), seen=", ".join(seen.keys) or "-")
    for key, part, expected in zip(seen.keys, seen.parts, wanted.parts, strict=True):
        found = difference(part, expected, tolerance)
        if found is not None:
            return text("check.seen.part", place=f"[{key}]", observed=found)
    return None


def _difference_of_lists(seen: Sequence[Value], wanted: Sequence[Value], tolerance: float) -> str | None:
    if len(seen) != len(wanted):
        return text("check.seen.length", expected=len(wanted), seen=len(seen))
    for index, (part, expected) in enumerate(zip(seen, wanted, strict=True)):
        found = difference(part, expected, tolerance)
        if found is not None:
            return text("check.seen.part", place=f"[{index}]", observed=found)
    return None


def _difference_of_arrays(seen: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], tolerance: float) -> str | None:
    if seen.shape != wanted.shape:
        return text("check.seen.shape", expected=shape_text(wanted.shape), seen=shape_text(seen.shape))
    differs = ~_agree(seen, wanted, tolerance)
    count = int(differs.sum())
    if not count:
        return None
    if seen.size <= _SHOWN_ELEMENTS:
        expected, observed = _told_apart(wanted, seen)
        return text("check.seen.instead", expected=expected, seen=observed)
    place = tuple(int(index) for index in np.argwhere(differs)[0])
    expected, observed = _told_apart(wanted[place], seen[place])
    return text(
        "check.seen.elements", count=count, total=seen.size, place=str(list(place)), expected=expected, seen=observed
    )


def _told_apart(wanted: Any, seen: Any) -> tuple[str, str]:
    """Both as text, with as many digits as it takes to see that they differ."""
    expected, observed = array_text(wanted), array_text(seen)
    if expected == observed:
        return array_text(wanted, _ALL_DIGITS), array_text(seen, _ALL_DIGITS)
    return expected, observed


def _agree(seen: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], tolerance: float) -> np.ndarray[Any, Any]:
    """Element by element; NaN agrees with NaN."""
    if _is_text(seen) or _is_text(wanted):
        same = seen == wanted if _is_text(seen) and _is_text(wanted) else np.zeros(seen.shape, bool)
        return np.asarray(same)
    if seen.dtype.kind in "biu" and wanted.dtype.kind in "biu":
        return np.asarray(seen == wanted)
    kind: type[Any] = complex if "c" in (seen.dtype.kind, wanted.dtype.kind) else float
    left, right = seen.astype(kind), wanted.astype(kind)
    with np.errstate(invalid="ignore", over="ignore"):
        close = np.abs(left - right) <= tolerance * np.maximum(1.0, np.abs(right))
    return np.asarray(close | (left == right) | (np.isnan(left) & np.isnan(right)))


def _is_text(array: np.ndarray[Any, Any]) -> bool:
    return array.dtype.kind in "US"


def _instead(seen: Value, wanted: Value) -> str:
    return text("check.seen.instead", expected=shown(wanted), seen=shown(seen))


# --- showing -----------------------------------------------------------------------------------------------------


def shape_text(shape: Sequence[int | None]) -> str:
    """``(8, 1)``, as TensorFlow writes it."""
    return str(tuple(shape))


def number_text(number: float, digits: int = _DIGITS) -> str:
    """So many digits, without trailing zeros."""
    return f"{number:.{digits}g}"


def array_text(array: Any, digits: int = _DIGITS) -> str:
    """An array in one line, long ones shortened."""
    array = np.asarray(array)
    if array.ndim == 0:
        value = array.item()
        return number_text(value, digits) if isinstance(value, float) else repr(value)
    formatter: Any = {"float_kind": lambda number: number_text(number, digits)}
    written = np.array2string(
        array, separator=", ", threshold=_SHOWN_ELEMENTS, edgeitems=2, max_line_width=10_000, formatter=formatter
    )
    return " ".join(written.split())


def shown(value: Value) -> str:
    """A value in one line."""
    if value.array is not None:
        return one_line(array_text(value.array))
    if value.parts is None:
        return one_line(value.name)
    parts = [shown(part) for part in value.parts]
    if value.keys is not None:
        return one_line("{" + ", ".join(f"{key}: {part}" for key, part in zip(value.keys, parts, strict=True)) + "}")
    return one_line("[" + ", ".join(parts) + "]")


def one_line(written: str) -> str:
    """``written`` without anything that a terminal would obey, in one line of bearable length."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in str(written)).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 3] + "..."

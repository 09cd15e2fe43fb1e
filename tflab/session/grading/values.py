"""Values as claims compare and show them: tensors, variables, arrays and numbers all become NumPy arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import tensorflow as tf

from tflab.messages import text

_SHOWN_ELEMENTS: Final = 6
"""Arrays up to this size are shown in full."""
_DIGITS: Final = 5
_ALL_DIGITS: Final = 10
_LONGEST: Final = 300
"""Characters of one observation."""


class NoValue(Exception):
    """Something that is neither a number nor an array of them; the message says what it is."""


def is_tensor(value: Any) -> bool:
    """Whether TensorFlow or Keras made it: such values have a type of their own to compare."""
    return isinstance(value, (tf.Tensor, tf.Variable, tf.RaggedTensor, tf.SparseTensor, tf.IndexedSlices)) or (
        _is_keras_variable(value)
    )


def as_array(value: Any) -> np.ndarray[Any, Any]:
    """``value`` as an array of its own. Raises `NoValue`.

    Only what is known is converted: an object of the learner's could answer each question differently.
    """
    if isinstance(value, tf.SparseTensor):
        value = tf.sparse.to_dense(value)
    elif isinstance(value, tf.IndexedSlices):
        value = tf.convert_to_tensor(value)
    elif _is_keras_variable(value):
        value = value.value
    if isinstance(value, (tf.Tensor, tf.Variable)):
        try:
            array = value.numpy()
        # What a tensor of a graph raises has changed from version to version.
        except Exception:
            raise NoValue(text("check.seen.symbolic")) from None
    elif isinstance(value, (bool, int, float, complex, str, bytes, np.generic, np.ndarray)):
        array = value
    elif isinstance(value, (list, tuple)):
        array = [as_array(part) for part in value]
    else:
        raise NoValue(text("check.seen.kind", kind=type(value).__name__))
    return _own_array(array, type(value).__name__)


def _own_array(value: Any, kind: str) -> np.ndarray[Any, Any]:
    """A plain array of ``value``, text as text. Raises `NoValue`."""
    try:
        array: np.ndarray[Any, Any] = np.array(value, subok=False)
    # Parts of several shapes.
    except ValueError:
        raise NoValue(text("check.seen.kind", kind=kind)) from None
    if array.dtype == object:
        # Strings in tensors are bytes in arrays of objects.
        array = np.array([_plain_text(part) for part in array.ravel()], dtype=str).reshape(array.shape)
    elif array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    return array


def _plain_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value
    raise NoValue(text("check.seen.kind", kind=type(value).__name__))


def _is_keras_variable(value: Any) -> bool:
    return isinstance(value, tf.keras.Variable)


def difference(value: Any, expected: Any, tolerance: float) -> str | None:
    """How ``value`` differs from ``expected``, in a sentence; None where it does not.

    ``tolerance`` is absolute for numbers up to 1 and relative beyond. Lists, tuples and dictionaries are compared
    part by part. The type of numbers counts where both are TensorFlow's.
    """
    if isinstance(value, tf.RaggedTensor):
        value = value.to_list()
    if isinstance(expected, tf.RaggedTensor):
        expected = expected.to_list()
    if isinstance(expected, Mapping):
        return _difference_of_mappings(value, expected, tolerance)
    if expected is None or isinstance(expected, type):
        return None if value is expected else _instead(value, expected)
    if _is_list_of_parts(expected) and isinstance(value, (list, tuple)):
        return _difference_of_lists(value, expected, tolerance)
    if value is None:
        return text("check.seen.none", expected=shown(expected))
    try:
        seen = as_array(value)
    except NoValue as error:
        return text("check.seen.instead", expected=shown(expected), seen=error)
    wanted = as_array(expected)
    found = _difference_of_arrays(seen, wanted, tolerance)
    if found is None and is_tensor(value) and is_tensor(expected):
        ours, theirs = tf.as_dtype(value.dtype), tf.as_dtype(expected.dtype)
        if ours != theirs:
            return text("check.seen.dtype", seen=ours.name, expected=theirs.name)
    return found


def _is_list_of_parts(expected: Any) -> bool:
    """Whether ``expected`` is a list of several things rather than an array written as a list."""
    if not isinstance(expected, (list, tuple)):
        return False
    if any(is_tensor(part) or isinstance(part, np.ndarray) for part in expected):
        return True
    try:
        as_array(expected)
    except NoValue:
        return True
    return False


def _difference_of_mappings(value: Any, expected: Mapping[Any, Any], tolerance: float) -> str | None:
    if not isinstance(value, Mapping):
        return _instead(value, expected)
    if set(value) != set(expected):
        return text(
            "check.seen.keys",
            expected=", ".join(sorted(map(str, expected))),
            seen=", ".join(sorted(map(str, value))) or "-",
        )
    for key in expected:
        found = difference(value[key], expected[key], tolerance)
        if found is not None:
            return text("check.seen.part", place=f"[{key!r}]", observed=found)
    return None


def _difference_of_lists(value: Sequence[Any], expected: Sequence[Any], tolerance: float) -> str | None:
    if len(value) != len(expected):
        return text("check.seen.length", expected=len(expected), seen=len(value))
    for index, (part, wanted) in enumerate(zip(value, expected, strict=True)):
        found = difference(part, wanted, tolerance)
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


def _instead(value: Any, expected: Any) -> str:
    return text("check.seen.instead", expected=shown(expected), seen=shown(value))


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


def shown(value: Any) -> str:
    """Any value in one line."""
    if isinstance(value, type):
        return value.__name__
    if value is None or isinstance(value, (str, bytes)):
        return repr(value)
    if isinstance(value, tf.RaggedTensor):
        return one_line(str(value.to_list()))
    if isinstance(value, Mapping):
        return one_line("{" + ", ".join(f"{key!r}: {shown(part)}" for key, part in value.items()) + "}")
    try:
        return one_line(array_text(as_array(value)))
    except NoValue as error:
        if isinstance(value, (list, tuple)):
            return one_line("[" + ", ".join(map(shown, value)) + "]")
        return str(error)


def one_line(written: str) -> str:
    """``written`` without anything that a terminal would obey, in one line of bearable length."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in written).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 3] + "..."

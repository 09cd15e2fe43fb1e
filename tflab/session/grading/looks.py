"""Looking at what the learner's code made: plain copies of values, shapes, types, truth, errors.

Looking may run the learner's code (a property, ``__bool__``, the function of a `raises`). Judging works on what was
looked at and runs none of it. Each function here gives back unchanged what has been looked at already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import tensorflow as tf

from tflab.messages import text

_NUMBERS: Final = (bool, int, float, complex, str, bytes, np.generic, np.ndarray)


class _NoArray(Exception):
    """Something that is neither a number nor an array of them; the message says what it is."""


@dataclass(frozen=True)
class Value:
    """A copy of a value that can be compared and shown."""

    array: np.ndarray[Any, Any] | None = None
    """Of tensors, variables, arrays, numbers, text, and lists of these where they make an array."""
    dtype: str = ""
    """TensorFlow's name of its type, where TensorFlow or Keras made it."""
    parts: tuple[Value, ...] | None = None
    """Of lists, tuples, ragged tensors, and of dictionaries in the order of ``keys``."""
    keys: tuple[str, ...] | None = None
    """How the keys of a dictionary are written, sorted."""
    name: str = ""
    """What anything else is: ``None``, ``a print object``."""
    is_known: bool = True
    """Whether two of one name are equal: None and classes are, other objects are not."""

    @property
    def is_none(self) -> bool:
        return self.name == "None"


@dataclass(frozen=True)
class Truth:
    """Whether something is true."""

    held: bool
    trouble: str = ""
    """Why that cannot be told; empty where it can."""


@dataclass(frozen=True)
class Shape:
    """The shape of something."""

    axes: tuple[int | None, ...] | None
    """None as a whole for what has no shape."""
    kind: str


@dataclass(frozen=True)
class Dtype:
    """The type of the numbers in something."""

    name: str
    """TensorFlow's name; empty for what has none."""
    kind: str


@dataclass(frozen=True)
class Raised:
    """What calling a function raised."""

    names: tuple[str, ...]
    """The class and its bases; empty where nothing was raised."""
    message: str = ""


@dataclass(frozen=True)
class Traceable:
    """A tf.function, or what is none."""

    function: Any
    """None where it is no tf.function."""
    name: str


def is_of(value: Any, *kinds: type) -> bool:
    """Whether the class of ``value`` is one of these or derived; its ``__class__`` is not asked."""
    return issubclass(type(value), kinds)


def look_at_value(value: Any) -> Value:
    """A copy of ``value``."""
    if is_of(value, Value):
        seen: Value = value
        return seen
    if value is None:
        return Value(name="None")
    if is_of(value, type):
        return Value(name=type.__repr__(value))
    if is_of(value, tf.RaggedTensor):
        value = value.to_list()
    if is_of(value, dict):
        items = sorted(((repr(key), part) for key, part in dict.items(value)), key=lambda item: item[0])
        return Value(
            keys=tuple(key for key, _ in items), parts=tuple(look_at_value(part) for _, part in items), is_known=False
        )
    if is_of(value, list, tuple):
        return _look_at_parts(value)
    try:
        return Value(array=_array_of(value), dtype=_tensor_type(value))
    except _NoArray as error:
        return Value(name=str(error), is_known=False)


def _look_at_parts(value: Any) -> Value:
    # The items themselves, whatever a class of the learner's says that they are.
    items = list.__getitem__(value, slice(None)) if is_of(value, list) else tuple.__getitem__(value, slice(None))
    parts = tuple(look_at_value(item) for item in items)
    array: np.ndarray[Any, Any] | None = None
    arrays = [part.array for part in parts if part.array is not None]
    if len(arrays) == len(parts) and len({part.shape for part in arrays}) <= 1:
        array = _plain(np.array(arrays))
    return Value(array=array, parts=parts, is_known=False)


def look_at_truth(value: Any) -> Truth:
    """Whether ``value`` is true."""
    if is_of(value, Truth):
        seen: Truth = value
        return seen
    try:
        return Truth(bool(value))
    # Of a tensor with several elements, say.
    except Exception as error:
        return Truth(False, _told(error))


def look_at_shape(value: Any) -> Shape:
    """The shape of ``value``."""
    if is_of(value, Shape):
        seen: Shape = value
        return seen
    kind = type(value).__name__
    if is_of(value, bool, int, float, complex):
        return Shape((), kind)
    shape = getattr(value, "shape", None)
    try:
        return Shape(None if shape is None else tuple(None if n is None else int(n) for n in shape), kind)
    # An unknown rank, or something else of that name.
    except (TypeError, ValueError):
        return Shape(None, kind)


def look_at_dtype(value: Any) -> Dtype:
    """The type of the numbers in ``value``."""
    if is_of(value, Dtype):
        seen: Dtype = value
        return seen
    kind = type(value).__name__
    try:
        return Dtype(tf.as_dtype(value.dtype).name, kind)
    except (AttributeError, TypeError):
        return Dtype("", kind)


def look_at_raised(function: Any) -> Raised:
    """What calling ``function`` raises."""
    if is_of(function, Raised):
        seen: Raised = function
        return seen
    try:
        function()
    except Exception as error:
        return Raised(tuple(kind.__name__ for kind in type(error).__mro__), _told(error))
    return Raised(())


def look_at_function(function: Any) -> Traceable:
    """``function`` if it is a tf.function, and its name."""
    if is_of(function, Traceable):
        seen: Traceable = function
        return seen
    is_traced = is_of(function, *_TRACED)
    name = getattr(function, "__name__", "") or type(function).__name__
    return Traceable(function if is_traced else None, str(name))


LOOKS: Final[dict[str, Callable[[Any], Any]]] = {
    "that": look_at_truth,
    "mistake": look_at_truth,
    "equal": look_at_value,
    "shape": look_at_shape,
    "dtype": look_at_dtype,
    "raises": look_at_raised,
    "traces": look_at_function,
}
"""How each claim looks at its first argument; the others have none of the learner's."""


# --- arrays ------------------------------------------------------------------------------------------------------


def _array_of(value: Any) -> np.ndarray[Any, Any]:
    """Raises `_NoArray`. Only what is known is converted: an object of the learner's may answer as it likes."""
    if is_of(value, tf.SparseTensor):
        value = tf.sparse.to_dense(value)
    elif is_of(value, tf.IndexedSlices):
        value = tf.convert_to_tensor(value)
    elif is_of(value, tf.keras.Variable):
        value = value.value
    if is_of(value, tf.Tensor, tf.Variable):
        try:
            return _plain(np.array(value.numpy()))
        # What a tensor of a graph raises has changed from version to version.
        except Exception:
            raise _NoArray(text("check.seen.symbolic")) from None
    if is_of(value, *_NUMBERS):
        return _plain(np.array(value, subok=False))
    raise _NoArray(text("check.seen.kind", kind=type(value).__name__))


def _plain(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``array`` with text as text. Raises `_NoArray` for an array of objects."""
    if array.dtype.kind == "S":
        decoded: np.ndarray[Any, Any] = np.char.decode(array, "utf-8", "replace")
        return decoded
    if array.dtype != object:
        return array
    # Strings in tensors are bytes in arrays of objects.
    if not all(is_of(part, str, bytes) for part in array.ravel()):
        raise _NoArray(text("check.seen.kind", kind="ndarray"))
    texts = [part if is_of(part, str) else part.decode("utf-8", "replace") for part in array.ravel()]
    told: np.ndarray[Any, Any] = np.array(texts, dtype=str).reshape(array.shape)
    return told


def _tensor_type(value: Any) -> str:
    if is_of(value, tf.Tensor, tf.Variable, tf.SparseTensor, tf.IndexedSlices, tf.keras.Variable):
        return str(tf.as_dtype(value.dtype).name)
    return ""


def _traced_kinds() -> tuple[type, ...]:
    from tensorflow.python.eager.polymorphic_function import polymorphic_function

    return (polymorphic_function.Function,)


_TRACED: Final = _traced_kinds()


def _told(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    # The learner's own __str__.
    except Exception:
        return type(error).__name__

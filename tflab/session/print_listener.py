"""``tf.print`` in order with everything else.

TensorFlow's print operation writes to the C++ streams, which reach the lab by another way than Python's text and
would be shown before or after its time. It offers its text to listeners first; the registration is a C++ function
without a Python name, so it may be missing: then the raw output is shown as it comes.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_REGISTER: Final = "_ZN10tensorflow7logging16RegisterListenerEPFvPKcE"
_Listener = ctypes.CFUNCTYPE(None, ctypes.c_char_p)
_registered: list[object] = []
"""Callbacks have to live as long as TensorFlow may call them."""
STDOUT_MARK: Final = "\x1e"
"""Ends the text of prints to stdout: a listener is not told the stream. Invisible where it is printed elsewhere, by a
model saved in a session, say."""


def listen_to_prints(
    tensorflow_folder: Path, write_stdout: Callable[[str], object], write_stderr: Callable[[str], object]
) -> bool:
    """Texts of the print operation go to the two functions from now on; False where TensorFlow has no listeners.

    No operation runs, and the registration holds in forks. Needs `marked_stdout` to tell the streams apart.
    """

    def on_print(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        if text.endswith(STDOUT_MARK):
            write_stdout(text[: -len(STDOUT_MARK)])
        else:
            write_stderr(text)

    for library in sorted(tensorflow_folder.glob("libtensorflow_framework.so*")):
        try:
            register = getattr(ctypes.CDLL(str(library)), _REGISTER)
        except (OSError, AttributeError):
            continue
        register.restype = ctypes.c_bool
        listener = _Listener(on_print)
        _registered.append(listener)
        return bool(register(listener))
    return False


@contextmanager
def marked_stdout() -> Iterator[None]:
    """Within, print operations to stdout end with `STDOUT_MARK`."""
    from tensorflow.python.ops import gen_logging_ops

    original = getattr(gen_logging_ops, "print_v2", None)
    if original is None:
        yield
        return

    @functools.wraps(original)
    def print_v2(input: Any, output_stream: str = "stderr", end: str = "\n", name: str | None = None) -> Any:
        if output_stream == "stdout":
            end += STDOUT_MARK
        return original(input, output_stream=output_stream, end=end, name=name)

    gen_logging_ops.print_v2 = print_v2
    try:
        yield
    finally:
        gen_logging_ops.print_v2 = original

"""Which tensors a tape has on record, asked before ``gradient`` uses the tape up."""

from __future__ import annotations

import threading
from typing import Any

import tensorflow as tf
from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import tape as tape_stack


class TapeLinks:
    """What one tape knew when ``gradient`` was called."""

    def __init__(self, gradient_tape: Any, target: Any, sources: Any) -> None:
        # Kept, so that an id never comes to mean another tensor.
        self._tensors = [part for part in (*_flat(target), *_flat(sources)) if isinstance(part, tf.Tensor)]
        self._answers = _ask(gradient_tape._tape, self._tensors)

    def has(self, tensor: Any) -> bool | None:
        """Whether a gradient can flow through ``tensor`` on this tape; None where that is not known."""
        for known, answer in zip(self._tensors, self._answers, strict=True):
            if known is tensor:
                return answer
        return None


def recorded(gradient_tape: Any, tensors: list[Any]) -> list[Any]:
    """Those of ``tensors`` that the tape has on record."""
    return [tensor for tensor, answer in zip(tensors, _ask(gradient_tape._tape, tensors), strict=True) if answer]


def _flat(structure: Any) -> list[Any]:
    return list(tf.nest.flatten(structure))


def _ask(tape: Any, tensors: list[Any]) -> list[bool | None]:
    if tape is None:
        return [None] * len(tensors)
    if pywrap_tfe.TFE_Py_TapeSetIsEmpty():
        return _ask_alone(tape, tensors)
    # Other tapes record in this thread, and the question is put to all of a thread's tapes at once.
    answers: list[bool | None] = []
    thread = threading.Thread(target=lambda: answers.extend(_ask_alone(tape, tensors)), name="tflab-tape")
    thread.start()
    thread.join()
    return answers or [None] * len(tensors)


def _ask_alone(tape: Any, tensors: list[Any]) -> list[bool | None]:
    tape_stack.push_tape(tape)
    try:
        return [bool(pywrap_tfe.TFE_Py_TapeSetShouldRecordBackprop([tensor])) for tensor in tensors]
    finally:
        tape_stack.pop_tape(tape)

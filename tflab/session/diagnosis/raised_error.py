"""The exception that ended a cell, and where in the learner's code it came from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Final

from tflab.session.diagnosis import source_text
from tflab.session.probes import user_site
from tflab.session.tensorflow_messages import clean_message

_LONGEST_CHAIN: Final = 8
_LONGEST_SAID: Final = 200


@dataclass(frozen=True)
class RaisedError:
    """One exception of the chain; rules look at the one that was raised first."""

    exception: BaseException
    message: str
    """Without TensorFlow's and AutoGraph's additions."""
    places: tuple[tuple[str, int], ...]
    """The learner's lines that were running, outermost first; AutoGraph's code mapped back."""
    frames: tuple[FrameType, ...]
    """The learner's own frames, outermost first; AutoGraph's copies of functions among them."""
    library_frames: tuple[FrameType, ...]
    """The frames of TensorFlow and Keras, outermost first."""

    @property
    def place(self) -> tuple[str, int] | None:
        """The innermost line."""
        return self.places[-1] if self.places else None

    @property
    def name(self) -> str:
        """The class of the exception."""
        return type(self.exception).__name__

    def find(self, pattern: str) -> re.Match[str] | None:
        """Where the message matches; a dot is any character, line ends too."""
        return re.search(pattern, self.message, re.DOTALL)

    def is_from_call_of(self, *names: str) -> ast.Call | None:
        """The call of one of ``names`` on the innermost line; None where there is none."""
        for call in source_text.nodes_at(*self.place, ast.Call) if self.place else ():
            if source_text.called_name(call) in names:
                return call
        return None

    @property
    def said(self) -> str:
        """The message's first line, shortened, with the class."""
        first = next((line.strip() for line in self.message.splitlines() if line.strip()), "")
        told = f"{self.name}: {first}" if first else self.name
        return told if len(told) <= _LONGEST_SAID else told[: _LONGEST_SAID - 1] + "…"

    def value_of(self, node: ast.AST) -> object:
        """What a name, or a way of attributes and constant keys that starts at one, means in the innermost of the
        learner's frames that knows it. Nothing of the learner's runs. Raises LookupError."""
        if isinstance(node, ast.Name):
            for frame in reversed(self.frames):
                for scope in (frame.f_locals, frame.f_globals):
                    if node.id in scope:
                        return scope[node.id]
        elif isinstance(node, ast.Attribute):
            try:
                attributes = object.__getattribute__(self.value_of(node.value), "__dict__")
            except AttributeError:
                raise LookupError(node.attr) from None
            return attributes[node.attr]
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            container = self.value_of(node.value)
            if type(container) in (list, tuple, dict):
                return container[node.slice.value]  # type: ignore[index]
        raise LookupError


def raised(exception: BaseException) -> RaisedError:
    """``exception`` as rules see it. The first of a chain of ``from``s is the one that counts."""
    first = exception
    for _ in range(_LONGEST_CHAIN):
        if first.__cause__ is None:
            break
        first = first.__cause__
    try:
        whole = str(exception)
        message = str(first)
    # A learner's own __str__ can fail in any way.
    except Exception:
        whole = message = ""
    cleaned = clean_message(message, user_site.is_learners)
    sites = cleaned.sites or clean_message(whole, user_site.is_learners).sites
    stack = list(_walk(exception.__traceback__))
    places = [(frame.f_code.co_filename, line) for frame, line in stack if _is_learners(frame)]
    for site in sites:
        if (site.file, site.line) not in places:
            places.append((site.file, site.line))
    inner = [frame for frame, _ in _with_contexts(exception)]
    mine = [frame for frame in inner if _is_learners(frame) or user_site.is_autograph(frame.f_code.co_filename)]
    return RaisedError(first, cleaned.text, tuple(places), tuple(mine), tuple(f for f in inner if f not in mine))


def _with_contexts(exception: BaseException) -> Iterator[tuple[FrameType, int]]:
    """All frames, also those of the exceptions that were replaced by a clearer one on the way, as AutoGraph does."""
    current: BaseException | None = exception
    for _ in range(_LONGEST_CHAIN):
        if current is None:
            return
        yield from _walk(current.__traceback__)
        current = current.__cause__ or current.__context__


def _is_learners(frame: FrameType) -> bool:
    return user_site.is_learners(frame.f_code.co_filename)


def _walk(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next

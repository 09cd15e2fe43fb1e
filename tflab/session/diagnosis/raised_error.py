"""The exception that ended a cell, and where in the learner's code it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Final

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

    @property
    def said(self) -> str:
        """The message's first line, shortened, with the class."""
        first = next((line.strip() for line in self.message.splitlines() if line.strip()), "")
        told = f"{self.name}: {first}" if first else self.name
        return told if len(told) <= _LONGEST_SAID else told[: _LONGEST_SAID - 1] + "…"

    def value_of(self, name: str) -> object:
        """What a name means in the innermost of the learner's frames that knows it. Raises KeyError."""
        for frame in reversed(self.frames):
            for scope in (frame.f_locals, frame.f_globals):
                if name in scope:
                    return scope[name]
        raise KeyError(name)


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
    frames = [frame for frame, _ in stack if _is_learners(frame) or user_site.is_autograph(frame.f_code.co_filename)]
    return RaisedError(first, cleaned.text, tuple(places), tuple(frames))


def _is_learners(frame: FrameType) -> bool:
    return user_site.is_learners(frame.f_code.co_filename)


def _walk(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next

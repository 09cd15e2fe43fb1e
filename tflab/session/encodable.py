"""Events that MessagePack or the frame cap refuse, made acceptable.

Lone surrogates, subclasses of text and numbers (NumPy's, say), texts longer than a frame.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tflab.protocol.codec import MAXIMUM_FRAME
from tflab.protocol.events import Event

LONGEST_TEXT: Final = MAXIMUM_FRAME // 16
"""Characters of one text in an event that would not fit a frame otherwise."""


def encodable_text(text: str) -> str:
    """``text`` with what UTF-8 cannot say (lone surrogates) written as ``\\udc80``."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def encodable_event(event: Event) -> Event:
    """``event`` with every value plain and every text encodable."""
    return _rebuilt(event, encodable_text)


def shortened_event(event: Event) -> Event:
    """``event`` with every text cut that alone could fill a frame; the cut is marked by how much is missing."""
    return _rebuilt(event, _shortened)


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]} [+{len(text) - LONGEST_TEXT:,}]"


def _rebuilt(event: Event, change: Any) -> Event:
    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [walk(item) for item in value]
        return value

    return msgspec.convert(walk(msgspec.to_builtins(event, enc_hook=_plain)), type(event))


def _plain(value: Any) -> Any:
    """``value`` as the built-in type that it derives from, or as text."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if callable(getattr(value, "item", None)):
        return value.item()
    return repr(value)

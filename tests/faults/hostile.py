"""Frames as a hostile session would send them: right in form and wrong in everything else, or wrong in form, too."""

from __future__ import annotations

import random
import struct
from typing import Any, Final

import msgspec
from msgspec import inspect

from tflab.protocol.event_catalogue import SessionEvent

MARK: Final = "Zq7"
"""What escape sequences would leave in the terminal: its title, its clipboard, its answers."""
TEXTS: Final = (
    f"\x1b]52;c;{MARK}\x07",
    f"\x1b]0;{MARK}\x07",
    f"\x1b]2;{MARK}\x1b\\",
    f"\x1b]8;;http://{MARK}\x1b\\link\x1b]8;;\x1b\\",
    f"\x1bP{MARK}\x1b\\",
    f"\x1b_{MARK}\x1b\\",
    "\x1b[200~paste\x1b[201~",
    "\x1b[?1049l\x1b[2J\x1b[H\x1bc",
    "\x1b[6n\x1b[c\x1b]11;?\x07",
    f"\x9d52;c;{MARK}\x9c\x9b2J",
    "\r\r\n\x08\x08\x7f\x00\x0b\x0c",
    "\u202eright to left\u202c\u2066\u200f\u200b\ufeff",
    "[bold]markup[/bold] [@click=app.quit]quit[/] [",
    "e\u0301" * 50 + "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 5,
    "\ud7ff\U0010ffff\ufffe",
    "a" * 5000,
    "line\n" * 300,
    "..\\..//../../etc/passwd",
    "",
    "w",
    "loss",
    "<cell 1>",
)
_NUMBERS: Final = (0, 1, -1, 2, 7, 100, 2**31, 2**53, 2**63 - 1, -(2**63))
_REALS: Final = (0.0, -0.0, 1.0, -1.5, 1e308, -1e308, 5e-324, float("nan"), float("inf"), float("-inf"), 1795787468.6)


class HostileSession:
    """An endless source of frames."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        kinds = inspect.type_info(SessionEvent)
        assert isinstance(kinds, inspect.UnionType)
        self._kinds = kinds.types

    def event(self) -> bytes:
        """The body of a frame that may be decoded."""
        return msgspec.msgpack.encode(self._value(self._chance.choice(self._kinds), 0))

    def bytes(self) -> bytes:
        """A piece of the stream: frames, whole or cut, bent, or nothing of the kind."""
        body = bytearray(self.event())
        fate = self._chance.random()
        if fate < 0.3 and body:
            for _ in range(self._chance.randint(1, 4)):
                body[self._chance.randrange(len(body))] = self._chance.randrange(256)
        elif fate < 0.4:
            del body[self._chance.randrange(len(body)) :]
        elif fate < 0.5:
            place = self._chance.randrange(len(body))
            body[place:place] = self._chance.randbytes(self._chance.randint(1, 40))
        elif fate < 0.55:
            body[:] = self._chance.choice((b"\x91", b"\x81\xa5event", b"\xdd\xff\xff\xff\xff")) * 2000
        length = len(body)
        if self._chance.random() < 0.05:
            length = self._chance.choice((0, 1, length + 1, max(0, length - 1), 2**24 + 1, 2**31, 2**32 - 1))
        return struct.pack("<I", length) + bytes(body)

    def _value(self, kind: inspect.Type, depth: int) -> Any:
        chance = self._chance
        match kind:
            case inspect.StructType():
                fields = {} if kind.tag is None else {str(kind.tag_field): kind.tag}
                for field in kind.fields:
                    if field.required or chance.random() < 0.8:
                        fields[field.encode_name] = self._value(field.type, depth + 1)
                return fields
            case inspect.UnionType():
                return self._value(chance.choice(kind.types), depth)
            case inspect.VarTupleType():
                longest = 40 if depth < 3 else 4
                return [self._value(kind.item_type, depth + 1) for _ in range(chance.randint(0, longest))]
            case inspect.TupleType():
                return [self._value(item, depth + 1) for item in kind.item_types]
            case inspect.DictType():
                keys = [chance.choice(("text/plain", "image/png", "text/html", self._text())) for _ in range(3)]
                return {key: self._value(kind.value_type, depth + 1) for key in keys}
            case inspect.LiteralType():
                return chance.choice(kind.values)
            case inspect.StrType():
                return self._text()
            case inspect.IntType():
                return chance.choice(_NUMBERS) if chance.random() < 0.5 else chance.randint(0, 3)
            case inspect.FloatType():
                return chance.choice(_REALS)
            case inspect.BoolType():
                return chance.random() < 0.5
            case inspect.BytesType():
                return chance.randbytes(chance.choice((0, 1, 1000)))
            case inspect.NoneType():
                return None
            case _:
                raise NotImplementedError(kind)

    def _text(self) -> str:
        return self._chance.choice(TEXTS) + (self._chance.choice(TEXTS) if self._chance.random() < 0.2 else "")

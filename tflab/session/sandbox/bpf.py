"""A tiny assembler for seccomp's BPF: rules in, a program of 8-byte instructions out.

A rule names system calls, conditions on their arguments that must all hold, and what then happens. The first rule that
matches decides; where none does, the call is allowed. Only the low 32 bits of an argument are looked at: the kernel
itself takes these arguments as ``int``.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tflab.session.sandbox.syscalls import Architecture, numbers

AUDIT_ARCHITECTURE: Final[dict[Architecture, int]] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT: Final = 0x40000000
"""x86_64 only: calls of the x32 ABI carry this bit and would slip past every comparison of numbers."""

ALLOW: Final = 0x7FFF0000
KILL_PROCESS: Final = 0x80000000
_FAIL: Final = 0x00050000

_LOAD: Final = 0x20
_AND: Final = 0x54
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06

_INSTRUCTION: Final = struct.Struct("<HBBI")
_OFFSET_NUMBER: Final = 0
_OFFSET_ARCHITECTURE: Final = 4
_OFFSET_ARGUMENTS: Final = 16


def fail(error: int) -> int:
    """The verdict "return -1 with this errno"; 0 pretends success."""
    return _FAIL | error


@dataclass(frozen=True)
class Condition:
    """Holds where ``argument & mask`` is one of ``values`` (with ``negated``: none of them)."""

    argument: int
    """0-based."""
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF
    negated: bool = False


@dataclass(frozen=True)
class Rule:
    """What happens to some system calls."""

    calls: tuple[str, ...]
    """Names; those that the architecture lacks are left out."""
    verdict: int
    conditions: tuple[Condition, ...] = ()
    """All must hold; always, where empty."""


class _Assembler:
    def __init__(self) -> None:
        self._instructions: list[tuple[int, int, str, str]] = []
        self._labels: dict[str, int] = {}

    def add(self, code: int, value: int, if_true: str = "", if_false: str = "") -> None:
        """One instruction; the labels say where to go on, the next instruction where empty."""
        self._instructions.append((code, value, if_true, if_false))

    def label(self, name: str) -> None:
        self._labels[name] = len(self._instructions)

    def assemble(self) -> bytes:
        def offset(index: int, label: str) -> int:
            return self._labels[label] - index - 1 if label else 0

        return b"".join(
            _INSTRUCTION.pack(code, offset(index, if_true), offset(index, if_false), value & 0xFFFFFFFF)
            for index, (code, value, if_true, if_false) in enumerate(self._instructions)
        )


def compile_rules(rules: Sequence[Rule], architecture: Architecture) -> bytes:
    """The program for ``rules``. Raises KeyError for an architecture that is not known."""
    known = numbers(architecture)
    program = _Assembler()
    program.add(_LOAD, _OFFSET_ARCHITECTURE)
    program.add(_EQUAL, AUDIT_ARCHITECTURE[architecture], if_true="native")
    # A 32-bit program has other numbers for the same calls.
    program.add(_RETURN, KILL_PROCESS)
    program.label("native")
    program.add(_LOAD, _OFFSET_NUMBER)
    if architecture == "x86_64":
        program.add(_AT_LEAST, X32_BIT, if_false="first")
        program.add(_RETURN, fail(errno.ENOSYS))
        program.label("first")
    loaded = True
    for index, rule in enumerate(rules):
        for call in rule.calls:
            if call not in known:
                continue
            name = f"{index}.{call}"
            if not loaded:
                program.add(_LOAD, _OFFSET_NUMBER)
            program.add(_EQUAL, known[call], if_false=f"{name}.next")
            for position, condition in enumerate(rule.conditions):
                holds, fails = f"{name}.{position}", f"{name}.next"
                if condition.negated:
                    holds, fails = fails, holds
                program.add(_LOAD, _OFFSET_ARGUMENTS + 8 * condition.argument)
                if condition.mask != 0xFFFFFFFF:
                    program.add(_AND, condition.mask)
                for value in condition.values[:-1]:
                    program.add(_EQUAL, value, if_true=holds)
                program.add(_EQUAL, condition.values[-1], if_true=holds, if_false=fails)
                program.label(f"{name}.{position}")
            program.add(_RETURN, rule.verdict)
            program.label(f"{name}.next")
            # The conditions have replaced the call's number in the accumulator.
            loaded = not rule.conditions
    program.add(_RETURN, ALLOW)
    return program.assemble()

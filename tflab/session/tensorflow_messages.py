"""What TensorFlow and Keras put into exception messages, taken apart: the sentence, and the learner's lines in it.

AutoGraph hides the frames of a converted function and writes them into the message (``in user code:``); the graph
executor writes where the failing node was defined; both add names that only TensorFlow's authors can use.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class MessageSite:
    """A line of the learner's code that a message names."""

    file: str
    line: int
    function: str
    source: str
    """The line itself, where the message has it."""


@dataclass(frozen=True)
class CleanMessage:
    """A message without noise."""

    text: str
    sites: tuple[MessageSite, ...] = ()
    """Outermost first."""
    hidden: int = 0
    """How many library frames the message held besides."""


_FILE_LINE = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>.*?)(?:  \*+)?\s*$')
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_NODE_NOISE: Final = (
    re.compile(r"\{\{function_node [^}]*\}\}\s*"),
    re.compile(r"\s*\[\[\{\{node [^]]*\}\}\]\]"),
    re.compile(r"\s*\[Op:__(?:inference|forward|backward)_[^]]*\]"),
    re.compile(r"(?<=\]) name: *$", re.MULTILINE),
    re.compile(r"\n*Original stack trace for '[^']*':\n(?:.*\n?)*"),
)
_USER_CODE: Final = "in user code:"
_GRAPH_ERROR: Final = "Graph execution error:"
_DETECTED = re.compile(r"^Detected at node .* defined at \(most recent call last\):$")
_KERAS_CALL = re.compile(
    r"\AException encountered when calling (?P<call>[^\n]+?)\.\n\n"
    r"(?P<inner>.*?)\n*(?P<received>Arguments received by .*)?\Z",
    re.DOTALL,
)
_EMPTY_ARGUMENT = re.compile(r"\n\s*• \w+=(?:None|<class 'inspect\._empty'>)(?=\n|\Z)")


def clean_message(message: str, owns_file: Callable[[str], bool]) -> CleanMessage:
    """``message`` taken apart; ``owns_file`` says whether a file is the learner's."""
    message = _ANSI.sub("", message)
    sites: tuple[MessageSite, ...] = ()
    hidden = 0
    if message.startswith(_USER_CODE):
        message, sites, hidden = _user_code(message[len(_USER_CODE) :], owns_file)
    if message.startswith(_GRAPH_ERROR):
        message, defined = _graph_error(message[len(_GRAPH_ERROR) :], owns_file)
        sites += defined
    for pattern in _NODE_NOISE:
        message = pattern.sub("", message)
    return CleanMessage(text=_keras_call(message).strip(), sites=sites, hidden=hidden)


def _user_code(body: str, owns_file: Callable[[str], bool]) -> tuple[str, tuple[MessageSite, ...], int]:
    """The part after ``in user code:``: frames, then ``Name: message``."""
    lines = textwrap.dedent(body.strip("\n")).splitlines()
    sites: list[MessageSite] = []
    hidden = 0
    index = 0
    while index < len(lines):
        found = _FILE_LINE.match(lines[index])
        if found is None:
            if lines[index].strip():
                break
            index += 1
            continue
        following = lines[index + 1] if index + 1 < len(lines) else ""
        source = following.strip() if following.startswith("    ") else ""
        if owns_file(found["file"]):
            sites.append(MessageSite(found["file"], int(found["line"]), found["function"], source))
        else:
            hidden += 1
        index += 2 if source else 1
    rest = "\n".join(lines[index:])
    # The class is said by the exception itself.
    return re.sub(r"\A[\w.]+(?:Error|Exception|Warning|Interrupt|Exit): ?", "", rest), tuple(sites), hidden


def _graph_error(body: str, owns_file: Callable[[str], bool]) -> tuple[str, tuple[MessageSite, ...]]:
    """The part after ``Graph execution error:``: where nodes were defined, then the message."""
    sites: list[MessageSite] = []
    kept: list[str] = []
    for line in body.strip("\n").splitlines():
        found = _FILE_LINE.match(line)
        if found is not None:
            site = MessageSite(found["file"], int(found["line"]), found["function"], "")
            if owns_file(site.file) and site not in sites:
                sites.append(site)
        elif not _DETECTED.match(line) and line.strip() != "<stack traces unavailable>":
            kept.append(line)
    return re.sub(r"\n{2,}", "\n", "\n".join(kept)).strip("\n"), tuple(sites)


def _keras_call(message: str) -> str:
    """What went wrong first, then which call received what."""
    found = _KERAS_CALL.match(message)
    if found is None:
        return message
    received = _EMPTY_ARGUMENT.sub("", found["received"] or "")
    inner = _keras_call(found["inner"])
    return f"{inner}\n\n{received or 'Exception encountered when calling ' + found['call'] + '.'}"

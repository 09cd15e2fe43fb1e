"""Somebody types in the lab, and the lab, its server or its session is killed at a random moment, again and again.

What was typed is a row of numbered words in a comment of the step, so what is lost can be told to the word: a word that
was on the screen for a second has to be in the draft, and every file that is kept has to be whole.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import psutil

from tests.end_to_end.terminal import Terminal
from tflab.curriculum.progress import LessonProgress, Place

PATIENCE = 120.0
_WORD = re.compile(r"w(\d{5})\b")
_WORDS_A_LINE = 8


class Fallen(AssertionError):
    """Something was lost or broken."""


class LabOfOne:
    """A lab in a terminal, killed and opened anew as often as it takes; ``age`` is what a kill may cost, in seconds."""

    def __init__(self, folder: Path, chance: random.Random, age: float = 1.0) -> None:
        self._home = folder / "home"
        self._home.mkdir()
        self._chance = chance
        self._age = age
        self._terminal: Terminal | None = None
        self._next = 0
        self._seen: list[float] = []
        """When each word was on the screen first; a word's place is its number."""
        self._oldest_lost = 0.0
        self._processes: set[int] = set()
        self._kills: Counter[str] = Counter()
        self._is_new = True

    # --- one round -------------------------------------------------------------------------------------------------

    def round(self, wanted: str = "") -> str:
        """Types for a random time and kills ``lab``, ``server`` or ``session``, as it comes where none is wanted.

        What was killed. Raises `Fallen`.
        """
        terminal = self._terminal or self._open()
        if "session" not in self._victims(terminal) and (wanted == "session" or self._chance.random() < 0.3):
            # Else hardly any session would live long enough to be killed.
            # Servers that are killed again and again are given up.
            terminal.wait_until(
                lambda screen: "session idle" in screen or "No session can start" in screen, "a session", PATIENCE
            )
        self._type(terminal, self._chance.uniform(0.1, 1.5))
        victims = self._victims(terminal)
        name = wanted if wanted in victims else self._chance.choice(list(victims))
        # What an earlier kill has ended may be gone between the look and this one.
        with contextlib.suppress(ProcessLookupError):
            os.kill(victims[name], signal.SIGKILL)
        killed_at = time.monotonic()
        self._kills[name] += 1
        if name == "lab":
            terminal.wait_exit()
            terminal.__exit__(None, None, None)
            self._terminal = None
            self._compare(killed_at)
        elif self._chance.random() < 0.5:
            # It goes on: what is typed now is kept as ever.
            self._type(terminal, 0.5)
        self._check_files()
        return name

    def close(self) -> None:
        """Ends the lab as a person does, and looks whether all is there and nobody is left. Raises `Fallen`."""
        terminal = self._terminal
        if terminal is not None:
            terminal.press("f10")
            try:
                status = terminal.wait_exit(PATIENCE)
            finally:
                terminal.__exit__(None, None, None)
            self._terminal = None
            if status != 0:
                raise Fallen(f"the lab ended with status {status}")
            kept = self._kept()
            if kept != list(range(self._next)):
                raise Fallen(f"typed {self._next} words and kept {len(kept)}")
        deadline = time.monotonic() + PATIENCE
        while left := [pid for pid in self._processes if _lives(pid)]:
            if time.monotonic() > deadline:
                raise Fallen(f"processes are left: {left}")
            time.sleep(0.05)

    def summary(self) -> str:
        """What was done and what it cost."""
        kills = ", ".join(f"{count} {name}" for name, count in sorted(self._kills.items()))
        return (
            f"{self._kills.total()} kills ({kills}); {self._next} words typed;"
            f" of what was lost the oldest had been on the screen for {self._oldest_lost:.2f} s; every file is whole"
        )

    # --- the lab -----------------------------------------------------------------------------------------------------

    def _open(self) -> Terminal:
        skipped = ("XDG_", "TFLAB_", "LC_", "PYTHONDONTWRITEBYTECODE")
        variables = {name: value for name, value in os.environ.items() if not name.startswith(skipped)}
        self._terminal = terminal = Terminal(
            [sys.executable, "-m", "tflab", "14"],
            columns=160,
            lines=48,
            environment={**variables, "HOME": str(self._home), "TERM": "xterm-256color", "TFLAB_LANG": "en"},
            directory=self._home,
        )
        self._processes.add(terminal.pid)
        if self._is_new:
            terminal.wait_for("any key closes this", PATIENCE)
            terminal.press("escape")
            terminal.wait_gone("any key closes this", PATIENCE)
            self._is_new = False
        terminal.wait_for("Quit", PATIENCE)
        kept = self._kept()
        deadline = time.monotonic() + PATIENCE
        while True:
            # Until the editor is there and takes keys; what was kept is what it shows.
            terminal.press("ctrl+end", "enter")
            terminal.write("# here")
            try:
                terminal.wait_for("# here", 3.0)
                break
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
        if kept and f"w{kept[-1]:05}" not in terminal.text():
            raise Fallen(f"the last word that is kept, {kept[-1]}, is not shown:\n{terminal.text()}")
        terminal.press(*["backspace"] * len("# here"))
        if self._next % _WORDS_A_LINE:
            terminal.write("# ")
        return terminal

    def _type(self, terminal: Terminal, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._next % _WORDS_A_LINE == 0:
                terminal.press("enter", "home")
                terminal.write("# ")
            terminal.write(f"w{self._next:05} ")
            self._next += 1
            self._look(terminal, self._chance.choice([0.01, 0.05, 0.2]))
        self._look(terminal, 0.05)

    def _look(self, terminal: Terminal, seconds: float) -> None:
        """Notes which words came onto the screen, for about so long."""
        end = time.monotonic() + seconds
        while True:
            shown = max((int(number) for number in _WORD.findall(terminal.text())), default=-1)
            now = time.monotonic()
            self._seen += [now] * (min(shown + 1, self._next) - len(self._seen))
            if now >= end:
                return
            time.sleep(0.01)

    def _victims(self, terminal: Terminal) -> dict[str, int]:
        found = {"lab": terminal.pid}
        try:
            for child in psutil.Process(terminal.pid).children():
                if "tflab.session.fork_server" in child.cmdline():
                    found["server"] = child.pid
                    self._processes.add(child.pid)
                    sessions = [session.pid for session in child.children()]
                    self._processes.update(sessions)
                    if sessions:
                        found["session"] = sessions[0]
        except psutil.NoSuchProcess:
            # Gone between two looks.
            pass
        return found

    # --- what is kept ------------------------------------------------------------------------------------------------

    @property
    def _state(self) -> Path:
        return self._home / ".local" / "state" / "tflab"

    def _kept(self) -> list[int]:
        """The numbers of the words in the draft."""
        drafts = list((self._state / "drafts").rglob("*.py"))
        if len(drafts) > 1:
            raise Fallen(f"more than one draft: {drafts}")
        return [int(number) for number in _WORD.findall(drafts[0].read_text())] if drafts else []

    def _compare(self, killed_at: float) -> None:
        """What is kept against what was seen; typing goes on behind the last word that is kept."""
        kept = self._kept()
        if kept != list(range(len(kept))):
            raise Fallen(f"the words that are kept have gaps: {kept}")
        for seen in self._seen[len(kept) :]:
            self._oldest_lost = max(self._oldest_lost, killed_at - seen)
        if self._oldest_lost > self._age:
            raise Fallen(
                f"{len(self._seen)} words were seen and {len(kept)} kept: {self._oldest_lost:.2f} s of typing are lost"
            )
        self._next = len(kept)
        del self._seen[len(kept) :]

    def _check_files(self) -> None:
        for path in self._state.rglob("*"):
            if path.suffix == ".py":
                path.read_text(encoding="utf-8")
            elif path.suffix == ".json" and path.parent.name == "progress":
                kind = Place if path.name == "last.json" else LessonProgress
                msgspec.json.decode(path.read_bytes(), type=kind)
            elif ".damaged" in path.name or ".other" in path.name:
                raise Fallen(f"set aside: {path}")


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False

"""Programs with a fault, each with a comment on the line that has to be named, and healthy ones without any.

``# finds gradient-none/unused: w`` on a line says: on this line exactly this is found, and its message names `w`.
A file of ``programs`` holds those of one rule: ``# === NAME`` begins one, ``# %%`` its next cell. ``# raises`` on any
line: the program ends with an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.sessions import LiveSession, Run
from tflab.protocol.events import ProblemFound

FOLDER = Path(__file__).parent / "programs"
_MARK = re.compile(r"# finds (?P<code>[a-z0-9-]+)(?:/(?P<cause>[a-z_-]+))?(?:: (?P<names>[^#]+))?")

_CLEAR = """
__import__("keras").utils.clear_session()
for _name in [name for name in globals() if not name.startswith("_") and name not in ("In", "Out", "get_ipython")]:
    del globals()[_name]
"""


@dataclass(frozen=True)
class Expected:
    """What a program's comment asks for."""

    code: str
    cause: str | None
    cell: int
    line: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """One program."""

    name: str
    cells: tuple[str, ...]

    @property
    def expected(self) -> list[Expected]:
        """What has to be found, in the order of the lines."""
        return [
            Expected(
                mark["code"],
                mark["cause"],
                index,
                number,
                tuple(name.strip() for name in (mark["names"] or "").split(",") if name.strip()),
            )
            for index, cell in enumerate(self.cells)
            for number, line in enumerate(cell.splitlines(), 1)
            for mark in _MARK.finditer(line)
        ]

    @property
    def raises(self) -> bool:
        """Whether it ends with an error."""
        return any("# raises" in cell for cell in self.cells)


@dataclass(frozen=True)
class Outcome:
    """What came of a program."""

    program: Program
    runs: tuple[Run, ...]

    @property
    def found(self) -> list[ProblemFound]:
        """All problems, those of one line together."""
        problems = [problem for run in self.runs for problem in run.all(ProblemFound)]
        return sorted(problems, key=lambda problem: (problem.file, problem.line or 0, problem.code))

    def faults(self) -> list[str]:
        """What is not as the comments say; empty where all is."""
        wrong: list[str] = []
        left = list(self.found)
        for expected in self.program.expected:
            match = next((problem for problem in left if self._is(problem, expected)), None)
            if match is None:
                wrong.append(f"{self.program.name}: not found: {expected}")
            else:
                left.remove(match)
                wrong += [
                    f"{self.program.name}: {match.message!r} {match.fix!r} does not name {name}"
                    for name in expected.names
                    if not re.search(rf"`[^`]*{re.escape(name)}", match.message + match.fix)
                ]
        wrong += [
            f"{self.program.name}: not true: {problem.code}/{problem.cause} {problem.file}:{problem.line} "
            f"{problem.message}"
            for problem in left
        ]
        ended = self.runs[-1].finished
        if (ended.status == "error") != self.program.raises:
            wrong.append(f"{self.program.name}: ended with {ended.error}")
        return wrong

    def _is(self, problem: ProblemFound, expected: Expected) -> bool:
        return (problem.code, problem.cause, problem.file, problem.line) == (
            expected.code,
            expected.cause,
            self._file(expected.cell),
            expected.line,
        )

    def _file(self, index: int) -> str:
        cell = self.runs[index].finished.cell if index < len(self.runs) else None
        return "" if cell is None else f"<cell {cell + 1}>"


def families(folder: str) -> list[str]:
    """The files of ``faulty`` or ``healthy``."""
    return sorted(path.stem for path in (FOLDER / folder).glob("*.py"))


def programs(folder: str, family: str) -> list[Program]:
    """The programs in one file, each after a line ``# === NAME``."""
    parts = re.split(r"(?m)^# === (.+)\n", (FOLDER / folder / f"{family}.py").read_text())
    return [
        Program(
            f"{folder}/{family}: {name}",
            tuple(cell.strip("\n") + "\n" for cell in re.split(r"(?m)^# %%\n", source)),
        )
        for name, source in zip(parts[1::2], parts[2::2], strict=True)
    ]


class Batch:
    """Runs program after program in one session, in a namespace that is emptied in between."""

    def __init__(self, session: LiveSession) -> None:
        self._session = session
        self._cell = 0

    def run(self, program: Program) -> Outcome:
        """Runs the cells up to the first that fails."""
        runs: list[Run] = []
        for cell in program.cells:
            runs.append(self._session.run(cell, cell=self._cell))
            self._cell += 1
            if runs[-1].finished.status != "ok":
                break
        self._session.check(_CLEAR, cell=self._cell)
        self._cell += 1
        return Outcome(program, tuple(runs))

    def outcomes(self, chosen: list[Program]) -> Iterator[Outcome]:
        """Runs all."""
        for program in chosen:
            yield self.run(program)

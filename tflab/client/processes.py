"""Facts about processes: who started whom, what they use. From ``/proc``, and by psutil where there is none (macOS)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import psutil

_PROC: Path = Path("/proc")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_BLOCK: Final = 512
"""Bytes of a block as `os.stat` counts them."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_EXITING: Final = 0x4
"""Of a process's flags in ``stat``: the kernel's PF_EXITING."""


class Family(NamedTuple):
    """A process and everything below it."""

    pids: list[int]
    threads: int
    """Of all of them together."""


def family(pid: int) -> Family:
    """``pid`` and every process below it; ``pid`` alone where it is gone."""
    if not _PROC.is_dir():
        return _family_by_psutil(pid)
    found, threads = [pid], 0
    for parent in found:
        try:
            for task in (_PROC / str(parent) / "task").iterdir():
                threads += 1
                found += [int(word) for word in (task / "children").read_text().split()]
        except OSError:
            # Gone meanwhile.
            continue
    return Family(found, threads)


def left_behind(session: int) -> list[int]:
    """Processes that the session process ``session`` started and that live on, wherever they were adopted.

    Sessions lead a session of the kernel, too; what left it by ``setsid`` is not found.
    """
    if not _PROC.is_dir():
        return _left_behind_by_psutil(session)
    found = []
    for entry in _PROC.glob("[0-9]*"):
        try:
            # The command name may hold anything, parentheses too.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            found.append(int(entry.name))
    return found


def kill_all(pids: Iterable[int]) -> None:
    """SIGKILL to each that still lives."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def is_ending(pid: int) -> bool:
    """Whether ``pid`` has ended, or is being taken down by the kernel: nothing of its program runs any more."""
    if not _PROC.is_dir():
        return _is_ending_by_psutil(pid)
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return True
    return fields[0] in "ZX" or bool(int(fields[6]) & _EXITING)


def resident(pid: int) -> int:
    """Bytes of memory that ``pid`` has in use, shared ones included; 0 where it is gone."""
    if not _PROC.is_dir():
        process = _process(pid)
        return int(process.memory_info().rss) if process is not None else 0
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def share(pid: int) -> int | None:
    """Anonymous and shared memory of ``pid``, each page by how many processes have it.

    0 where it is gone, None where that is not to be known.
    """
    if not _PROC.is_dir():
        return None
    total = 0
    try:
        with open(_PROC / str(pid) / "smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    total += int(line.split()[1]) << 10
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except OSError:
        return None
    return total


def activity(pid: int) -> tuple[bool, float]:
    """Whether any thread of ``pid`` computes or waits for a disk just now, and its seconds of processor time."""
    if not _PROC.is_dir():
        return _activity_by_psutil(pid)
    works = False
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        works = fields[0] in "RD"
        for task in (_PROC / str(pid) / "task").iterdir():
            works = works or (task / "stat").read_text().rpartition(")")[2].split()[0] in "RD"
    except (OSError, IndexError):
        return works, 0.0
    return works, (int(fields[11]) + int(fields[12])) / _TICKS


class Unlinked(NamedTuple):
    """Bytes of files that have no name any more, or never had one, and that processes keep open."""

    disk: int
    memory: int
    """Of memfd_create."""


def unlinked(pids: Iterable[int]) -> Unlinked:
    """Such files of ``pids``, each counted once; nothing where that is not to be known."""
    sizes: dict[tuple[int, int], tuple[bool, int]] = {}
    for pid in pids:
        try:
            descriptors = list((_PROC / str(pid) / "fd").iterdir())
        except OSError:
            continue
        for descriptor in descriptors:
            try:
                name = os.readlink(descriptor)
                if name.endswith(" (deleted)"):
                    facts = descriptor.stat()
                    sizes[facts.st_dev, facts.st_ino] = name.startswith("/memfd:"), facts.st_blocks * _BLOCK
            except OSError:
                # Closed meanwhile.
                continue
    return Unlinked(
        disk=sum(size for in_memory, size in sizes.values() if not in_memory),
        memory=sum(size for in_memory, size in sizes.values() if in_memory),
    )


# --- without /proc ---------------------------------------------------------------------------------------------------


def _process(pid: int) -> psutil.Process | None:
    import psutil

    try:
        return psutil.Process(pid)
    except psutil.Error:
        return None


def _family_by_psutil(pid: int) -> Family:
    import psutil

    process = _process(pid)
    if process is None:
        return Family([pid], 0)
    pids, threads = [], 0
    try:
        members = [process, *process.children(recursive=True)]
    except psutil.Error:
        members = [process]
    for member in members:
        pids.append(member.pid)
        try:
            threads += member.num_threads()
        except psutil.Error:
            # Gone meanwhile.
            continue
    return Family(pids, threads)


def _left_behind_by_psutil(session: int) -> list[int]:
    import psutil

    found = []
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == session:
                found.append(pid)
        except OSError:
            # Gone, or another user's.
            continue
    return found


def _is_ending_by_psutil(pid: int) -> bool:
    import psutil

    process = _process(pid)
    try:
        return process is None or process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def _activity_by_psutil(pid: int) -> tuple[bool, float]:
    import psutil

    process = _process(pid)
    if process is None:
        return False, 0.0
    try:
        times = process.cpu_times()
        return process.status() == psutil.STATUS_RUNNING, times.user + times.system
    except psutil.Error:
        return False, 0.0

"""What a session may touch: lessons nothing but their own, files what the contract says, flags what they name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tflab.client.machine_memory import default_memory
from tflab.client.protected_folders import ProtectedFolders, Protection, is_below
from tflab.client.scratch import MOST, default_scratch_size
from tflab.messages import text
from tflab.protocol.environment import CERTIFICATE_NAMES, NETWORK_NAMES, is_allowed
from tflab.protocol.server import Permissions, default_process_limit


@dataclass(frozen=True)
class Grants:
    """What every session of one command may touch, but for the scratch folder, which each gets afresh."""

    memory: int
    """Bytes of private memory at which a session is ended."""
    disk: int
    """Bytes that a session's scratch folder may hold, and one file may grow to."""
    processes: int | None = None
    """Threads that it and what it starts may have; None for no limit."""
    working_directory: str = ""
    """Where sessions start; their scratch folder where empty."""
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    network: bool = False
    sandbox: bool = True
    variables: tuple[tuple[str, str], ...] = ()
    """Environment variables beside those that every session has."""
    notes: tuple[str, ...] = ()
    """Lines for people: what is not granted though they may expect it, and the flag that would."""
    doors: tuple[str, ...] = ()
    """The flags that opened something: ``--allow-net``, ``--allow-read``, ``--allow-write``, ``--no-sandbox``."""

    def permissions(self, scratch: Path) -> Permissions:
        """The permissions of a session with this scratch folder."""
        return Permissions(
            scratch=str(scratch),
            working_directory=self.working_directory,
            read=self.read,
            write=self.write,
            network=self.network,
            sandbox=self.sandbox,
            memory=self.memory,
            file_size=max(self.disk, MOST),
            scratch_size=self.disk,
            process_limit=self.processes,
            variables=self.variables,
        )


def for_lessons(*, memory: int | None = None, disk: int | None = None, processes: int | None = None) -> Grants:
    """Lessons read their data, which is always granted, and write nothing but scratch.

    ``memory`` and ``disk`` in bytes, ``processes`` with their threads.
    """
    return Grants(
        memory=default_memory() if memory is None else memory,
        disk=default_scratch_size() if disk is None else disk,
        processes=default_process_limit() if processes is None else processes,
    )


def for_file(
    file: Path,
    *,
    folder: Path | None = None,
    allow_read: Sequence[Path] = (),
    allow_write: Sequence[Path] = (),
    allow_net: bool = False,
    sandbox: bool = True,
    memory: int | None = None,
    disk: int | None = None,
    processes: int | None = None,
    protected: ProtectedFolders | None = None,
) -> Grants:
    """What ``tflab run FILE`` and ``tflab open FILE`` grant.

    ``folder`` is where the command was started (by default the working directory); ``memory`` and ``disk``
    are in bytes.
    """
    path = os.path.abspath(file)
    start = os.path.abspath(folder or Path.cwd())
    flags = {
        "--allow-net": allow_net,
        "--allow-read": bool(allow_read),
        "--allow-write": bool(allow_write),
        "--no-sandbox": not sandbox,
    }
    doors = tuple(flag for flag, is_given in flags.items() if is_given)
    limit = default_memory() if memory is None else memory
    room = default_scratch_size() if disk is None else disk
    if not sandbox:
        return Grants(
            memory=limit,
            disk=room,
            processes=processes,
            working_directory=start,
            network=True,
            sandbox=False,
            variables=tuple((name, value) for name, value in os.environ.items() if not is_allowed(name)),
            doors=doors,
        )
    protected = protected or ProtectedFolders.of_this_process()
    write = [os.path.abspath(named) for named in allow_write]
    read = [path, *(os.path.abspath(named) for named in allow_read)]
    home = os.path.dirname(os.path.realpath(path))
    not_read = None if _is_granted(home, (*read, *write)) else protected.protects(home)
    not_written = None if _is_granted(start, write) else protected.protects_from_writing(start)
    variables: tuple[tuple[str, str], ...] = ()
    if allow_net:
        variables = _named(NETWORK_NAMES) + _named(CERTIFICATE_NAMES)
        read += [value for _, value in _named(CERTIFICATE_NAMES) if os.path.isabs(value)]
    if not_read is None:
        read.append(home)
    if not_written is None:
        write.append(start)
    return Grants(
        memory=limit,
        disk=room,
        processes=default_process_limit() if processes is None else processes,
        working_directory=start,
        read=tuple(dict.fromkeys(read)),
        write=tuple(dict.fromkeys(write)),
        network=allow_net,
        variables=variables,
        notes=tuple(_notes(path, home, not_read, start, not_written)),
        doors=doors,
    )


def _named(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Those of the variables ``names`` that are set, with their values."""
    return tuple((name, os.environ[name]) for name in names if name in os.environ)


def _is_granted(folder: str, named: Sequence[str]) -> bool:
    real = os.path.realpath(folder)
    return any(is_below(real, os.path.realpath(path)) for path in named)


def _notes(file: str, home: str, not_read: Protection | None, start: str, not_written: Protection | None) -> list[str]:
    """One line for each folder that is not granted, and one where root would be in for a surprise."""
    name = os.path.basename(file)
    if not_read is not None and not_written is not None and os.path.realpath(start) == home:
        return [text("sandbox.note.only_file", file=name, folder=start, reason=not_written.reason())]
    notes = []
    if not_read is not None:
        notes.append(text("sandbox.note.not_read", file=name, folder=home, reason=not_read.reason()))
    if not_written is not None:
        notes.append(text("sandbox.note.not_written", folder=start, reason=not_written.reason()))
    elif _belongs_to_another(start):
        notes.append(text("sandbox.note.foreign", folder=start))
    return notes


def _belongs_to_another(folder: str) -> bool:
    """Whether root, without the rights that a session gives up, could not write in ``folder``."""
    if os.geteuid() != 0:
        return False
    status = os.stat(folder)
    return status.st_uid != 0 and not status.st_mode & 0o002

"""What the lab and its fork server say to each other, one packet each over a SEQPACKET socket.

A `ForkRequest` carries the descriptors that the session gets (`SessionDescriptors`).
"""

from __future__ import annotations

import os
from typing import Final, Literal, NamedTuple

import msgspec

from tflab.protocol.events import snake_case

OWN_LOOPBACK: Final = "--own-loopback"
"""Argument of the fork server: its sessions are to have a network of their own, loopback and nothing else."""


def default_process_limit() -> int:
    """Threads that a session and what it starts may have: TensorFlow starts several a core."""
    return 512 + 24 * (os.cpu_count() or 1)


RecorderDoor = Literal["none", "key", "rerun", "option"]
"""How a person comes to a recorded run of a cell (`RunCellRequest.record`): not at all; by a key, and by itself at the
next run of a cell that needs it; by that alone; by ``tflab run --record``."""


class Permissions(msgspec.Struct, frozen=True, kw_only=True):
    """What a session may touch. Paths are absolute."""

    scratch: str
    """The session's own folder: HOME, TMPDIR and caches live there; read and write."""
    working_directory: str = ""
    """Where it starts; the scratch folder where empty."""
    read: tuple[str, ...] = ()
    """Files and folders to read, beside the system, Python and the lessons' data."""
    write: tuple[str, ...] = ()
    network: bool = False
    listens: tuple[int, ...] = ()
    """TCP ports that it may listen at where ``network`` is False: its own as a worker of a cluster."""
    reaches: tuple[int, ...] = ()
    """TCP ports that it may connect to where ``network`` is False: those of all workers."""
    sandbox: bool = True
    """False only by ``--no-sandbox``."""
    memory: int | None = None
    """Bytes of private memory at which the session is ended; None for no limit."""
    processes: bool = True
    """False forbids to start processes (exercise checks)."""
    cpu_seconds: int | None = None
    file_size: int = 8 << 30
    """Bytes that one file may grow to."""
    scratch_size: int | None = None
    """Bytes that the scratch folder may hold; None for no limit."""
    process_limit: int | None = msgspec.field(default_factory=default_process_limit)
    """Threads of the session and of all that it starts, together; None for no limit."""
    variables: tuple[tuple[str, str], ...] = ()
    """Environment variables beside those that every session has: proxies, where the network is open."""


class SessionDescriptors(NamedTuple):
    """What travels with a `ForkRequest`, in this order."""

    channel: int
    """The session's end of the channel."""
    stdout: int
    """The write end of the pipe for what is written below Python to descriptor 1."""
    stderr: int
    """The same for descriptor 2."""


class SessionSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How a session is to start."""

    permissions: Permissions
    language: str = "en"
    """Language of the sentences in events."""
    arguments: tuple[str, ...] | None = None
    """``sys.argv``; None leaves ``['']``."""
    script: str = ""
    """``__file__``; empty for lessons and notebooks."""
    import_path: str = ""
    """``sys.path[0]``."""
    logical_devices: tuple[tuple[str, int], ...] = ()
    """``(("cpu", 2),)`` splits the CPU into two logical devices before anything runs."""
    gpus: tuple[int, ...] | None = None
    """The GPUs that it sees, by their positions among those that the server sees; None for all of them."""
    probes: bool = True
    recorder: RecorderDoor = "none"
    grading: bool = False
    """A throwaway session that grades one exercise: fixed seeds, and it answers a `CheckExerciseRequest`."""


class ServerRequest(msgspec.Struct, frozen=True, kw_only=True, tag_field="request", tag=snake_case):
    """Something that the lab wants of the fork server."""


class ForkRequest(ServerRequest, frozen=True, kw_only=True):
    """Fork a session."""

    fork_id: int
    spec: SessionSpec


class KillRequest(ServerRequest, frozen=True, kw_only=True):
    """SIGKILL a session that this server forked, with all its descendants."""

    pid: int


class AreYouThereRequest(ServerRequest, frozen=True, kw_only=True):
    """Say that you are: `ServerAnswered`."""

    sequence: int


class ServerEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="server", tag=snake_case):
    """Something that happened in the fork server."""


class ServerProgressed(ServerEvent, frozen=True, kw_only=True):
    """The import of TensorFlow goes on."""

    stage: str
    """The module being imported: ``numpy``, ``tensorflow``, ``keras``, ..."""
    fraction: float
    """0 to 1, an estimate by the number of modules loaded."""


class ServerReady(ServerEvent, frozen=True, kw_only=True):
    """Sessions can be forked."""

    tensorflow: str
    keras: str
    python: str
    seconds: float
    own_loopback: bool = False
    """Whether its sessions have a loopback interface to themselves and no other."""
    gpus: int = 0
    """GPUs that TensorFlow sees."""


class ServerFailed(ServerEvent, frozen=True, kw_only=True):
    """No session can ever be forked: TensorFlow is missing, or its import failed."""

    message: str
    """One line for people."""


class ServerAnswered(ServerEvent, frozen=True, kw_only=True):
    """The server is there."""

    sequence: int


class SessionForked(ServerEvent, frozen=True, kw_only=True):
    """A session process exists; it says itself when it is ready."""

    fork_id: int
    pid: int


class ForkFailed(ServerEvent, frozen=True, kw_only=True):
    """The fork did not work."""

    fork_id: int
    message: str


class SessionExited(ServerEvent, frozen=True, kw_only=True):
    """A session process is gone."""

    pid: int
    status: int
    """As `os.waitstatus_to_exitcode`: negative for the signal that ended it."""


AnyServerRequest = ForkRequest | KillRequest | AreYouThereRequest
AnyServerEvent = (
    ServerProgressed | ServerReady | ServerFailed | ServerAnswered | SessionForked | ForkFailed | SessionExited
)

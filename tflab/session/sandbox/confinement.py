"""Puts a freshly forked process into its sandbox, step by step; what a step cannot do is noted, not fatal."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from tflab.protocol.server import Permissions
from tflab.session.sandbox import descriptors, environment, files, landlock, limits, namespaces, seccomp, semaphores
from tflab.session.sandbox.kernel import Kernel, this_kernel
from tflab.session.sandbox.syscalls import machine

SHARED_MEMORY_SHARE = 4
"""A private /dev/shm holds at most one part in so many of the memory limit: it counts as nobody's memory."""
SHARED_MEMORY_DEFAULT = 1 << 30


@dataclass(frozen=True)
class Confinement:
    """What was put in force; `measure_isolation` finds out what it holds."""

    permissions: Permissions
    kernel: Kernel
    homes: tuple[str, ...]
    """The user's real home folders."""
    kept: frozenset[int]
    """Descriptors that stayed open."""
    private: tuple[str, ...] = ()
    """Of /tmp and /dev/shm, those that are the session's own."""
    failures: tuple[str, ...] = field(default=())
    """Steps that this system refused, in its own words."""


_confinement: Confinement | None = None


def in_force() -> Confinement | None:
    """What this process was confined to; None before `confine`."""
    return _confinement


class UnusableSession(Exception):
    """The process is in a state in which no learner's code may run; it has to end."""


class _Steps:
    """Runs steps and remembers those that failed."""

    def __init__(self) -> None:
        self.failures: list[str] = []

    def attempt(self, step: Callable[[], object]) -> bool:
        try:
            step()
        except (OSError, ValueError) as error:
            self.failures.append(str(error))
            return False
        return True


def _make_private(permissions: Permissions, python: Sequence[str]) -> tuple[str, ...]:
    """Own namespaces; returns those of /tmp and /dev/shm that are private now. Raises OSError."""
    temporary = os.path.join(permissions.scratch, environment.TEMPORARY)
    writable = (permissions.scratch, *permissions.write)
    readable = (*permissions.read, *files.lesson_data(), *python)
    memory = permissions.memory
    size = memory // SHARED_MEMORY_SHARE if memory is not None else SHARED_MEMORY_DEFAULT
    user = os.geteuid()
    try:
        namespaces.make_private(temporary=temporary, readable=readable, writable=writable, shared_memory=size)
    except OSError as error:
        if os.geteuid() != user:
            raise UnusableSession(f"a user namespace without its user: {error}") from error
        raise
    return namespaces.covered_by((*readable, *writable))


def _is_granted(place: str, paths: Collection[str]) -> bool:
    return any(namespaces.is_below(place, os.path.realpath(path)) for path in paths)


def _hidden() -> tuple[str, ...]:
    """What nothing that contains it brings in: real paths."""
    temporary = (namespaces.TEMPORARY, namespaces.SHARED_MEMORY)
    return tuple(dict.fromkeys((*environment.home_folders(), *environment.state_folders(), *temporary)))


def survey() -> Kernel:
    """What this kernel offers. Call it in the server before there are threads: it forks a short-lived process.

    It also does once what every session would do again.
    """
    kernel = this_kernel()
    hidden = _hidden()
    files.system_folders(hidden)
    files.python_folders(hidden)
    architecture = machine()
    if kernel.seccomp and architecture is not None:
        seccomp.program_for(_filter(Permissions(scratch=""), kernel, kernel.namespaces), architecture, os.getpid())
    return kernel


def _filter(permissions: Permissions, kernel: Kernel, is_namespaced: bool) -> seccomp.Filter:
    return seccomp.Filter(
        network=permissions.network,
        tcp=bool(permissions.listens or permissions.reaches),
        processes=permissions.processes,
        private_ipc=is_namespaced,
        read_only_outside=is_namespaced,
        truncate_handled=kernel.landlock_abi >= 3,
    )


def confine(permissions: Permissions, *, keep: Collection[int] = (), kernel: Kernel | None = None) -> Confinement:
    """Confines this process, and all that it starts, to ``permissions``, for good.

    To be called in the freshly forked child, single-threaded, before anything else runs. ``keep`` are the
    descriptors to leave open beside 0, 1 and 2; ``kernel`` plays a lesser kernel in tests. Raises OSError where the
    scratch folder cannot be used, and `UnusableSession` where this process has to end.
    """
    global _confinement
    _confinement = _confined(permissions, frozenset(keep), kernel or this_kernel())
    return _confinement


def _confined(permissions: Permissions, kept: frozenset[int], kernel: Kernel) -> Confinement:
    homes, hidden = environment.home_folders(), _hidden()
    environment.use_scratch(permissions, homes)
    if not permissions.sandbox:
        environment.start_in(permissions.working_directory, permissions.scratch)
        return Confinement(permissions=permissions, kernel=kernel, homes=homes, kept=kept)
    python = files.python_folders(hidden)
    steps = _Steps()
    descriptors.close_all_but(kept)
    # While /proc can still be written.
    steps.attempt(limits.offer_to_out_of_memory_killer)
    private: tuple[str, ...] = ()
    is_namespaced = False
    if kernel.namespaces:
        try:
            private = _make_private(permissions, python)
            is_namespaced = True
        except OSError as error:
            steps.failures.append(str(error))
    environment.start_in(permissions.working_directory, permissions.scratch)
    steps.attempt(
        lambda: limits.limit(
            memory=permissions.memory,
            file_size=permissions.file_size,
            cpu_seconds=permissions.cpu_seconds,
            processes=permissions.process_limit,
            counts_alone=is_namespaced and limits.namespaces_count_processes(),
        )
    )
    if kernel.landlock_abi:
        if namespaces.SHARED_MEMORY not in private and not _is_granted(namespaces.SHARED_MEMORY, permissions.write):
            steps.attempt(semaphores.share_by_memory)
        grants = files.grants_for(permissions, python=python, hidden=hidden, private=private)
        ports = landlock.Ports(permissions.listens, permissions.reaches)
        steps.attempt(lambda: landlock.restrict(grants, kernel.landlock_abi, network=permissions.network, ports=ports))
    steps.attempt(limits.drop_capabilities)
    if kernel.seccomp:
        steps.attempt(lambda: seccomp.load(_filter(permissions, kernel, is_namespaced)))
    return Confinement(
        permissions=permissions,
        kernel=kernel,
        homes=homes,
        kept=kept,
        private=private,
        failures=tuple(steps.failures),
    )

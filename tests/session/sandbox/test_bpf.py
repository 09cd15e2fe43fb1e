"""The filter's programs, run by a small interpreter of BPF: both architectures, whatever machine this is."""

from __future__ import annotations

import errno
import struct
from dataclasses import replace

import pytest

from tflab.session.sandbox.bpf import (
    ALLOW,
    AUDIT_ARCHITECTURE,
    KILL_PROCESS,
    X32_BIT,
    Condition,
    Rule,
    compile_rules,
    fail,
)
from tflab.session.sandbox.seccomp import Filter, program_for, rules_for
from tflab.session.sandbox.syscalls import numbers

ARCHITECTURES = ("x86_64", "aarch64")
OWN_PID = 4711
DEFAULT = Filter(private_ipc=True, read_only_outside=True)


def verdict(program: bytes, architecture: str, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What the kernel would do with a call. See Linux, Documentation/networking/filter.rst."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<iIQ6Q", number, AUDIT_ARCHITECTURE[architecture], 0, *(value & 2**64 - 1 for value in padded))
    instructions = [struct.unpack_from("<HBBI", program, offset) for offset in range(0, len(program), 8)]
    assert len(instructions) <= 4096
    accumulator = position = 0
    while True:
        code, if_true, if_false, value = instructions[position]
        position += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x54:
            accumulator &= value
        elif code == 0x15:
            position += if_true if accumulator == value else if_false
        elif code == 0x35:
            position += if_true if accumulator >= value else if_false
        elif code == 0x06:
            return int(value)
        else:
            raise AssertionError(f"an instruction that we do not use: {code:#x}")


def judge(options: Filter, architecture: str, call: str, *arguments: int) -> int:
    program = program_for(options, architecture, OWN_PID)
    return verdict(program, architecture, numbers(architecture)[call], arguments)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_calls_of_another_architecture_end_the_process(architecture: str) -> None:
    other = next(name for name in ARCHITECTURES if name != architecture)
    program = compile_rules(rules_for(DEFAULT), architecture)
    assert verdict(program, other, 0) == KILL_PROCESS


def test_calls_of_the_x32_abi_do_not_exist() -> None:
    program = compile_rules(rules_for(DEFAULT), "x86_64")
    assert verdict(program, "x86_64", X32_BIT | numbers("x86_64")["socket"], (2, 1, 0)) == fail(errno.ENOSYS)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    ("call", "arguments", "expected"),
    [
        ("socket", (2, 1, 0), errno.EACCES),
        ("socket", (1, 1, 0), errno.EACCES),
        ("connect", (3,), errno.EACCES),
        ("socketpair", (1, 1, 0), None),
        ("socketpair", (1, 1 | 0o2000000, 0), None),
        ("socketpair", (1, 2 | 0o2000000, 0), errno.EACCES),
        ("ptrace", (16, 1), errno.EPERM),
        ("unshare", (0,), errno.EPERM),
        ("io_uring_setup", (1,), errno.EPERM),
        ("clone3", (), errno.ENOSYS),
        ("clone", (0x11,), None),
        ("clone", (0x00010F00,), None),
        ("clone", (0x10000011,), errno.EPERM),
        ("clone", (0x00020011,), errno.EPERM),
        ("ioctl", (0, 0x5412), errno.EPERM),
        ("ioctl", (0, 0x5401), None),
        ("ioctl", (0, 0x5412 | 1 << 32), errno.EPERM),
        ("prlimit64", (0, 7), None),
        ("prlimit64", (OWN_PID, 7), None),
        ("prlimit64", (1, 7), errno.EPERM),
        ("setpriority", (0, 0, 5), None),
        ("setpriority", (0, 1, 5), errno.EPERM),
        ("setpriority", (2, 0, 5), errno.EPERM),
        ("sched_setaffinity", (1, 8), errno.EPERM),
        ("fchmodat", (-100, 0, 0o644), None),
        ("fchmodat", (-100, 0, 0o4755), errno.EPERM),
        ("fchmod", (3, 0o2755), errno.EPERM),
        ("lgetxattr", (), errno.ENOTSUP),
        ("shmget", (), None),
        ("openat", (-100, 0, 0o1000), None),
        ("execve", (), None),
        ("prctl", (), None),
    ],
)
def test_by_default(architecture: str, call: str, arguments: tuple[int, ...], expected: int | None) -> None:
    assert judge(DEFAULT, architecture, call, *arguments) == (ALLOW if expected is None else fail(expected))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_with_ports_tcp_sockets_are_allowed_and_no_others(architecture: str) -> None:
    options = replace(DEFAULT, tcp=True)
    stream, datagram, close_on_exec, tcp, mptcp, sctp = 1, 2, 0o2000000, 6, 262, 132
    for family, kind, protocol, allowed in (
        (2, stream, 0, True),
        (10, stream | close_on_exec, tcp, True),
        (2, stream, mptcp, False),
        (2, stream, sctp, False),
        (2, datagram, 0, False),
        (2, 3, 0, False),
        (16, 3, 0, False),
        (1, stream, 0, False),
    ):
        expected = ALLOW if allowed else fail(errno.EACCES)
        assert judge(options, architecture, "socket", family, kind, protocol) == expected
    # Which ports is Landlock's to say.
    assert judge(options, architecture, "bind", 3) == ALLOW
    assert judge(options, architecture, "connect", 3) == ALLOW
    assert judge(options, architecture, "socketpair", 1, datagram, 0) == fail(errno.EACCES)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_with_the_network_internet_sockets_and_routes_are_allowed_and_no_others(architecture: str) -> None:
    options = replace(DEFAULT, network=True)
    for family, kind, protocol, allowed in (
        (2, 1, 0, True),
        (10, 2, 0, True),
        (16, 3, 0, True),
        (16, 3, 15, False),
        (1, 1, 0, False),
        (17, 3, 0, False),
        (38, 5, 0, False),
    ):
        expected = ALLOW if allowed else fail(errno.EACCES)
        assert judge(options, architecture, "socket", family, kind, protocol) == expected
    assert judge(options, architecture, "connect", 3) == ALLOW
    assert judge(options, architecture, "socketpair", 1, 2, 0) == fail(errno.EACCES)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_without_processes_only_threads_start(architecture: str) -> None:
    options = replace(DEFAULT, processes=False)
    assert judge(options, architecture, "clone", 0x3D0F00) == ALLOW
    assert judge(options, architecture, "clone", 0x11) == fail(errno.EPERM)
    assert judge(options, architecture, "execve") == fail(errno.EPERM)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_where_mounts_do_not_protect_metadata_changes_are_pretended(architecture: str) -> None:
    options = replace(DEFAULT, read_only_outside=False)
    for call in ("fchmod", "fchmodat", "fchownat", "utimensat", "setxattr", "fsetxattr"):
        assert judge(options, architecture, call, 3, 0, 0) == fail(0)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_where_landlock_does_not_know_truncation_seccomp_does(architecture: str) -> None:
    options = replace(DEFAULT, truncate_handled=False)
    assert judge(options, architecture, "truncate", 0, 0) == fail(errno.EACCES)
    assert judge(options, architecture, "openat", -100, 0, 0o1000) == fail(errno.EACCES)
    assert judge(options, architecture, "openat", -100, 0, 0o1001) == ALLOW
    assert judge(options, architecture, "openat2") == fail(errno.ENOSYS)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_where_ipc_is_shared_it_is_denied(architecture: str) -> None:
    options = replace(DEFAULT, private_ipc=False)
    for call in ("shmget", "shmat", "msgget", "semget", "mq_open"):
        assert judge(options, architecture, call) == fail(errno.EPERM)


def test_the_first_rule_that_matches_decides_and_tests_are_all_needed() -> None:
    rules = [
        Rule(("ioctl",), fail(1), (Condition(0, (1, 2)), Condition(1, (8,), mask=8))),
        Rule(("ioctl",), fail(2), (Condition(0, (1,), negated=True),)),
    ]
    for architecture in ARCHITECTURES:
        program = compile_rules(rules, architecture)
        number = numbers(architecture)["ioctl"]
        assert verdict(program, architecture, number, (1, 8)) == fail(1)
        assert verdict(program, architecture, number, (2, 9)) == fail(1)
        assert verdict(program, architecture, number, (2, 1)) == fail(2)
        assert verdict(program, architecture, number, (1, 1)) == ALLOW
        assert verdict(program, architecture, number + 1, (1, 8)) == ALLOW


def test_every_call_that_a_rule_names_is_known_somewhere() -> None:
    every = set(numbers("x86_64")) | set(numbers("aarch64"))
    for options in (DEFAULT, Filter(processes=False, truncate_handled=False)):
        assert {call for rule in rules_for(options) for call in rule.calls} <= every

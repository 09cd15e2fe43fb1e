"""Containers and other kernels that refuse in their own ways: real refusals of real system calls, by a filter of ours.

`test_lesser_kernels` plays kernels by leaving mechanisms out; here they are there and fail when they are used.
"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from tests.session.sandbox.confined import clean_environment
from tflab.protocol.isolation import COMFORTS

LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
NAMESPACES = ("unshare", "setns", "mount", "mount_setattr", "move_mount", "open_tree", "fsopen")

OUTER = """
import ctypes, json, os, sys
from tflab.session.sandbox import seccomp
from tflab.session.sandbox.bpf import Rule, compile_rules, fail
from tflab.session.sandbox.syscalls import call, forbid_new_privileges, machine

rules = [Rule(tuple(names), fail(error)) for names, error in json.loads(sys.argv[1])]
program = compile_rules(rules, machine())
buffer = ctypes.create_string_buffer(program, len(program))
forbid_new_privileges()
call("seccomp", 1, 0, ctypes.byref(seccomp._Program(len(program) // 8, ctypes.addressof(buffer))))
os.execv(sys.executable, [sys.executable, "-m", "tflab.session.sandbox"])
"""


@dataclass(frozen=True)
class Container:
    """What a place refuses, and what is left there."""

    refuses: tuple[tuple[tuple[str, ...], int], ...]
    level: tuple[str, ...]
    landlock: bool
    seccomp: bool
    namespaces: bool


CONTAINERS = {
    # Its default profile since version 23.
    "Docker": Container(((NAMESPACES, errno.EPERM),), ("full", "good"), True, True, False),
    # Profiles from before Landlock refuse what they do not know.
    "an old Docker": Container(((NAMESPACES, errno.EPERM), (LANDLOCK, errno.EPERM)), ("limits",), False, True, False),
    # Compiled in, but not in the list of lsm=.
    "WSL2": Container(((LANDLOCK, errno.EOPNOTSUPP),), ("limits",), False, True, True),
    "Ubuntu's AppArmor": Container(((("mount",), errno.EACCES),), ("full", "good"), True, True, False),
    "a kernel of 2020": Container(((LANDLOCK, errno.ENOSYS),), ("limits",), False, True, True),
    "gVisor": Container(
        (((*LANDLOCK, "seccomp"), errno.ENOSYS), (NAMESPACES, errno.EPERM)), ("limits",), False, False, False
    ),
}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_what_is_refused_is_measured_and_the_rest_is_in_force(container: Container) -> None:
    result = subprocess.run(
        [sys.executable, "-c", OUTER, json.dumps(container.refuses)],
        env=clean_environment(),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    held = {probe["name"] for probe in told["probes"] if probe["held"]}

    assert told["level"] in container.level
    assert (told["landlock_abi"] > 0, told["seccomp"]) == (container.landlock, container.seccomp)
    assert told["namespaces"] == container.namespaces
    assert all((comfort in held) == container.namespaces for comfort in COMFORTS)
    assert {"limits", "privileges", "descriptors", "environment"} <= held
    assert ("network" in held) == container.seccomp
    assert ("files-read" in held) == container.landlock

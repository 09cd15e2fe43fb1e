"""What older kernels and stricter containers leave of the sandbox: measured, never fatal, and no worse than said."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.session.sandbox.attacks import ATTACKS
from tests.session.sandbox.battle import PROGRAM_SECONDS, fight
from tests.session.sandbox.confined import clean_environment
from tests.session.sandbox.process_attacks import SIGNALS
from tflab.protocol.isolation import COMFORTS, LEVELS, PROBES, level_of

pytestmark = pytest.mark.timeout(2 * PROGRAM_SECONDS)

EVERY_KERNEL = [
    {"landlock_abi": abi, "seccomp": seccomp, "namespaces": namespaces}
    for abi in range(8)
    for seccomp in (True, False)
    for namespaces in (True, False)
]
MEASURE = """
import json, os, sys, tempfile
from tflab.protocol.server import Permissions
from tflab.session.sandbox import Kernel, confine, probe_isolation, survey
from tflab.protocol.isolation import level_of
here = survey()
for wanted in json.loads(sys.argv[1]):
    kernel = Kernel(
        min(wanted["landlock_abi"], here.landlock_abi),
        wanted["seccomp"] and here.seccomp,
        wanted["namespaces"] and here.namespaces,
    )
    ours, theirs = os.pipe()
    if os.fork() == 0:
        confinement = confine(Permissions(scratch=tempfile.mkdtemp(dir=sys.argv[2]), memory=1 << 30),
                              keep={theirs}, kernel=kernel)
        probes = probe_isolation(confinement)
        held = [probe.name for probe in probes if probe.held]
        facts = [kernel.landlock_abi, kernel.seccomp, kernel.namespaces, level_of(held), held]
        os.write(theirs, json.dumps(facts).encode())
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as told:
        print(told.read().decode() or "null")
    os.wait()
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    result = subprocess.run(
        [sys.executable, "-c", MEASURE, json.dumps(EVERY_KERNEL), str(tmp_path_factory.mktemp("scratches"))],
        env=clean_environment(),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_session_starts_on_every_kernel(measured: list[Any]) -> None:
    assert len(measured) == len(EVERY_KERNEL)
    assert None not in measured


def test_the_level_is_what_the_kernel_can_hold(measured: list[Any]) -> None:
    for abi, seccomp, namespaces, level, held in measured:
        # Signals need Landlock 6; seccomp and any Landlock hold the rest.
        if abi >= 6 and seccomp:
            expected = "full"
        elif abi >= 1 and seccomp:
            expected = "good"
        elif abi >= 1:
            expected = "files"
        else:
            expected = "limits"
        assert level == expected, (abi, seccomp, namespaces, held)


def test_comforts_need_namespaces_and_nothing_else(measured: list[Any]) -> None:
    for _, _, namespaces, _, held in measured:
        assert all((comfort in held) == namespaces for comfort in COMFORTS)


@pytest.mark.parametrize(
    ("kernel", "lost"),
    [
        pytest.param({"landlock_abi": 7, "seccomp": True, "namespaces": False}, (), id="no user namespaces"),
        pytest.param({"landlock_abi": 1, "seccomp": True, "namespaces": False}, SIGNALS, id="Linux 5.13"),
    ],
)
def test_only_what_the_level_says_is_lost(kernel: dict[str, Any], lost: tuple[Any, ...]) -> None:
    battle = fight("user", kernel)
    through = {name for name, attack in battle.attacks.items() if attack["boxed"]["got"]}
    assert through <= {attack.name for attack in lost}
    assert len(battle.attacks) == sum(attack.only in ("", "user") for attack in ATTACKS)


def test_a_level_needs_all_that_those_below_it_need() -> None:
    held: list[str] = []
    for level, names in LEVELS:
        held += names
        assert level_of(held) == level
    for missing in PROBES:
        reached = level_of([name for name in PROBES if name != missing])
        order = [level for level, _ in LEVELS]
        demanding = next(level for level, names in LEVELS if missing in names)
        assert order.index(reached) == order.index(demanding) - 1

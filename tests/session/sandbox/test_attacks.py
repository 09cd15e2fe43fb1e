"""Every attack works without a sandbox and is held by it, for root (without root's rights) and for an ordinary user."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.session.sandbox.attack import FACILITIES
from tests.session.sandbox.attacks import ATTACKS
from tests.session.sandbox.portable_python import copy_python, give

IDENTITIES = ("root", "user") if os.geteuid() == 0 else ("user",)
PROGRAM_SECONDS = 170
CASES = [
    pytest.param(identity, attack.name, id=f"{identity}-{attack.name}")
    for identity in IDENTITIES
    for attack in ATTACKS
    if attack.only in ("", identity)
]


@dataclass(frozen=True)
class Battle:
    """What one identity's attacks did."""

    identity: str
    facilities: dict[str, bool]
    attacks: dict[str, dict[str, Any]]


def unused_user() -> int:
    """A user id that nobody has."""
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return next(number for number in range(54321, 60000) if number not in taken)


def fight(identity: str) -> Battle:
    # Not below /tmp, which every session has of its own, and in reach of every user.
    folder = Path(tempfile.mkdtemp(prefix="tflab-ground-", dir="/var/tmp"))
    try:
        folder.chmod(0o755)
        python = copy_python(folder / "python")
        ground = folder / "ground"
        (ground / "home").mkdir(parents=True)
        options: dict[str, Any] = {}
        if identity == "user" and os.geteuid() == 0:
            user = unused_user()
            give(folder, user)
            options = {"user": user, "group": user, "extra_groups": []}
        result = subprocess.run(
            [python.executable, "-m", "tests.session.sandbox.ground", str(ground)],
            env={**python.environment, "HOME": str(ground / "home")},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=PROGRAM_SECONDS,
            check=False,
            **options,
        )
        assert result.returncode == 0, result.stderr
        told = json.loads(result.stdout)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Battle(identity, told["facilities"], {attack["name"]: attack for attack in told["attacks"]})


@pytest.fixture(scope="module")
def battles() -> dict[str, Battle]:
    return {identity: fight(identity) for identity in IDENTITIES}


@pytest.mark.parametrize(("identity", "name"), CASES)
def test_an_attack_works_without_a_sandbox_and_is_held_by_it(
    identity: str, name: str, battles: dict[str, Battle]
) -> None:
    attack = battles[identity].attacks[name]
    assert attack["bare"]["got"] or not attack["possible"], f"it tests nothing: {attack['bare']['said']}"
    assert not attack["boxed"]["got"], attack["boxed"]["said"]


@pytest.mark.parametrize("identity", IDENTITIES)
def test_at_least_sixty_attacks_are_possible_here(identity: str, battles: dict[str, Battle]) -> None:
    attacks = battles[identity].attacks.values()
    assert sum(attack["possible"] for attack in attacks) >= 60, battles[identity].facilities


def test_every_attack_has_a_name_of_its_own_and_says_what_it_proves() -> None:
    assert max(Counter(attack.name for attack in ATTACKS).values()) == 1
    assert all(attack.proves for attack in ATTACKS)
    assert {attack.needs for attack in ATTACKS} - {""} == set(FACILITIES)

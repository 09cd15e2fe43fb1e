"""Every attack works without a sandbox and is held by it, for root (without root's rights) and for an ordinary user."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.session.sandbox.attack import FACILITIES
from tests.session.sandbox.attacks import ATTACKS
from tests.session.sandbox.battle import IDENTITIES, PROGRAM_SECONDS, Battle, fight

pytestmark = pytest.mark.timeout(2 * PROGRAM_SECONDS)
CASES = [
    pytest.param(identity, attack.name, id=f"{identity}-{attack.name}")
    for identity in IDENTITIES
    for attack in ATTACKS
    if attack.only in ("", identity)
]


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

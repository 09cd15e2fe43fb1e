"""How many attacks the sandbox holds, of those that succeed without it here: as this user, and as an ordinary one."""

from __future__ import annotations

from tests.session.sandbox.battle import IDENTITIES, fight


def run() -> None:
    """Prints held / tried, and the name of any that got through."""
    for identity in IDENTITIES:
        battle = fight(identity)
        tried = {name: attack for name, attack in battle.attacks.items() if attack["bare"]["got"]}
        through = [name for name, attack in tried.items() if attack["boxed"]["got"]]
        missing = sorted(name for name, found in battle.facilities.items() if not found)
        print(f"as {identity:<6} {len(tried) - len(through)} held / {len(tried)} tried", flush=True)
        for name in through:
            print(f"          got through: {name}")
        if missing:
            others = len(battle.attacks) - len(tried)
            print(f"          this machine has no {', '.join(missing)}, which {others} others need")

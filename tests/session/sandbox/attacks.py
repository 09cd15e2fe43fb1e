"""Every attack, in the order in which they are tried."""

from __future__ import annotations

from tests.session.sandbox import file_attacks, kernel_attacks, network_attacks, process_attacks
from tests.session.sandbox.attack import Attack

ATTACKS: tuple[Attack, ...] = (
    *file_attacks.ATTACKS,
    *process_attacks.ATTACKS,
    *network_attacks.ATTACKS,
    *kernel_attacks.ATTACKS,
)

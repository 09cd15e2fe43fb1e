"""Kills at random moments: twenty here, two hundred by ``python -m tests.faults kills``."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.kills import LabOfOne


@pytest.mark.timeout(900)
def test_twenty_kills_lose_nothing_and_leave_every_file_whole(tmp_path: Path) -> None:
    # The command asks for a second; a machine that does other things too may stop between screen and disk.
    lab = LabOfOne(tmp_path, random.Random(20), age=10.0)
    try:
        killed = [lab.round(wanted) for wanted in ("session", "lab", "server", *[""] * 17)]
    finally:
        lab.close()

    assert killed[:2] == ["session", "lab"]

"""Runs every attack as one identity, on the proving ground, with a Python that this identity can reach."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.session.sandbox.portable_python import copy_python, give

IDENTITIES = ("root", "user") if os.geteuid() == 0 else ("user",)
PROGRAM_SECONDS = 400


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


def fight(identity: str, kernel: dict[str, Any] | None = None) -> Battle:
    """All attacks that ``identity`` can try; ``kernel`` plays a lesser one, with a sandbox only."""
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
            [python.executable, "-m", "tests.session.sandbox.ground", str(ground), json.dumps(kernel)],
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

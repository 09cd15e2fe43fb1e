"""Runs code in a sandbox of its own: ``python -m tests.session.sandbox.confined`` reads a request, a JSON line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tflab.protocol.environment import scrubbed
from tflab.protocol.server import Permissions
from tflab.session.sandbox import Kernel, confine

ROOT = Path(__file__).parents[3]


def clean_environment(home: Path | None = None) -> dict[str, str]:
    """What a server is launched with, tflab and the tests in reach."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return scrubbed({**os.environ, "PYTHONPATH": path, "HOME": str(home or os.path.expanduser("~"))})


def run_confined(
    code: str, *, home: Path | None = None, kernel: Kernel | None = None, timeout: float = 60, **permissions: Any
) -> str:
    """What ``code`` prints in a process that is confined to ``permissions``. Fails where the code does."""
    lists = {name: [str(path) for path in permissions.pop(name, ())] for name in ("read", "write")}
    chosen = {**permissions, **lists, "scratch": str(permissions["scratch"])}
    played = None if kernel is None else [kernel.landlock_abi, kernel.seccomp, kernel.namespaces]
    result = subprocess.run(
        [sys.executable, "-m", "tests.session.sandbox.confined"],
        input=json.dumps({"code": code, "permissions": chosen, "kernel": played}),
        env=clean_environment(home),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def main() -> None:
    """Confines this process and runs the code."""
    request = json.loads(sys.stdin.readline())
    permissions = request["permissions"]
    for name in ("read", "write", "variables"):
        permissions[name] = tuple(tuple(item) if isinstance(item, list) else item for item in permissions.get(name, ()))
    kernel = None if request["kernel"] is None else Kernel(*request["kernel"])
    confinement = confine(Permissions(**permissions), kernel=kernel)
    exec(request["code"], {"__name__": "__main__", "confinement": confinement, "os": os, "sys": sys})


if __name__ == "__main__":
    main()

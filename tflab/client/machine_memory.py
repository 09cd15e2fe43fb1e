"""How much memory there is for this process: the machine's, or less where its cgroup (v1 or v2) says so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_NO_LIMIT: Final = 1 << 60
"""cgroup v1 writes "no limit" as a number near 2**63."""
_LIMIT_FILES: Final = {"cgroup2": "memory.max", "cgroup": "memory.limit_in_bytes"}


def _mounts(root: Path) -> Iterator[tuple[str, str, Path]]:
    """The memory hierarchies: kind, the cgroup that is mounted, where. See proc(5), mountinfo."""
    for line in (root / "proc/self/mountinfo").read_text(errors="replace").splitlines():
        before, _, after = line.partition(" - ")
        fields, (kind, _, options) = before.split(), after.split()[:3]
        if kind == "cgroup2" or (kind == "cgroup" and "memory" in options.split(",")):
            yield kind, fields[3], root / fields[4].lstrip("/")


def _own_cgroups(root: Path) -> dict[str, str]:
    """The memory cgroup of this process by kind of hierarchy. See cgroups(7)."""
    found = {}
    for line in (root / "proc/self/cgroup").read_text(errors="replace").splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0" and not controllers:
            found["cgroup2"] = path
        elif "memory" in controllers.split(","):
            found["cgroup"] = path
    return found


def _limits(root: Path) -> Iterator[int]:
    own = _own_cgroups(root)
    for kind, mounted, place in _mounts(root):
        if kind not in own:
            continue
        # Seen from within a container the path may lie outside what is mounted; then the mount itself is meant.
        below = os.path.relpath(own[kind], mounted)
        folder = place if below.startswith("..") else place / below
        for candidate in (folder, *folder.parents):
            if not candidate.is_relative_to(place):
                break
            try:
                written = (candidate / _LIMIT_FILES[kind]).read_text().strip()
            except OSError:
                continue
            if written.isdecimal() and int(written) < _NO_LIMIT:
                yield int(written)


def memory_limit(root: Path = Path("/")) -> int | None:
    """Bytes that the cgroups of this process allow; None without a limit, or without cgroups."""
    try:
        return min(_limits(root), default=None)
    except (OSError, ValueError):
        return None


def usable_memory(root: Path = Path("/")) -> int:
    """Bytes that this process could use: what the machine has, or what its cgroup allows."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = memory_limit(root)
    return machine if limit is None else min(machine, limit)


def default_memory(root: Path = Path("/")) -> int:
    """Bytes that a session may use where nobody says otherwise: three quarters."""
    return usable_memory(root) * 3 // 4

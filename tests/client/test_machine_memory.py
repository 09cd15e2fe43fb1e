"""Memory by cgroup, from files as the kernel writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tflab.client.machine_memory import default_memory, memory_limit, usable_memory

GIB = 1 << 30


def machine(root: Path, cgroup: str, mountinfo: str, files: dict[str, str]) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(cgroup)
    (root / "proc/self/mountinfo").write_text(mountinfo)
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


V2_MOUNT = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
V1_MOUNT = "33 24 0:29 / /sys/fs/cgroup/memory rw shared:12 - cgroup cgroup rw,memory\n"


def test_version_2_takes_the_strictest_of_all_levels(tmp_path: Path) -> None:
    root = machine(
        tmp_path,
        "0::/user.slice/session.scope\n",
        V2_MOUNT,
        {
            "sys/fs/cgroup/user.slice/session.scope/memory.max": "max\n",
            "sys/fs/cgroup/user.slice/memory.max": f"{2 * GIB}\n",
        },
    )
    assert memory_limit(root) == 2 * GIB
    assert default_memory(root) == 2 * GIB * 3 // 4


def test_version_1_has_numbers_that_mean_no_limit(tmp_path: Path) -> None:
    root = machine(
        tmp_path,
        "9:name=systemd:/\n4:memory:/job\n0::/\n",
        V1_MOUNT,
        {
            "sys/fs/cgroup/memory/job/memory.limit_in_bytes": f"{GIB}\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        },
    )
    assert memory_limit(root) == GIB


def test_a_container_sees_its_own_cgroup_at_the_mount(tmp_path: Path) -> None:
    mount = "33 24 0:29 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
    files = {"sys/fs/cgroup/memory/memory.limit_in_bytes": f"{3 * GIB}\n"}
    assert memory_limit(machine(tmp_path, "4:memory:/docker/abc\n", mount, files)) == 3 * GIB
    (tmp_path / "proc/self/cgroup").write_text("4:memory:/elsewhere\n")
    assert memory_limit(tmp_path) == 3 * GIB


@pytest.mark.parametrize(
    ("cgroup", "mountinfo"), [("", ""), ("0::/\n", V2_MOUNT), ("nonsense\n", "nonsense - x\n"), ("0::/\n", "")]
)
def test_without_limits_the_machine_counts(tmp_path: Path, cgroup: str, mountinfo: str) -> None:
    assert memory_limit(machine(tmp_path, cgroup, mountinfo, {})) is None
    assert usable_memory(tmp_path) > 0


def test_without_proc_there_is_no_limit(tmp_path: Path) -> None:
    assert memory_limit(tmp_path) is None
    assert 0 < default_memory() < usable_memory() + 1

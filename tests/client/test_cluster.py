"""The ports of workers on this machine."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tflab.client import cluster
from tflab.client.cluster import LocalCluster


@pytest.fixture
def given_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the system says of the ports that it gives away by itself."""
    path = tmp_path / "ip_local_port_range"
    monkeypatch.setattr(cluster, "_GIVEN_AWAY", path)
    return path


def test_workers_have_ports_of_their_own_that_the_system_gives_to_nobody(given_away: Path) -> None:
    given_away.write_text("20100\t60999\n")
    built = LocalCluster(3)

    assert len(set(built.ports)) == 3
    assert all(20_000 <= port < 20_100 for port in built.ports)
    told = [json.loads(built.configuration(worker)) for worker in range(3)]
    assert [each["task"]["index"] for each in told] == [0, 1, 2]
    assert told[0]["cluster"] == {"worker": [f"127.0.0.1:{port}" for port in built.ports]}


def test_a_port_that_is_taken_is_passed_over(given_away: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        # The only one to try.
        monkeypatch.setattr(cluster, "_FIRST_PORT", taken)
        given_away.write_text(f"{taken + 1} 65535")
        assert LocalCluster(1).ports != (taken,)


@pytest.mark.parametrize("said", ["1024 65535", "", None], ids=["all of them", "nothing", "no such file"])
def test_where_the_system_gives_all_away_it_is_asked(given_away: Path, said: str | None) -> None:
    if said is not None:
        given_away.write_text(said)
    assert len(set(LocalCluster(2).ports)) == 2

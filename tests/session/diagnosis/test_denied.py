"""What the sandbox refuses gets its problem, with the flag that would allow it; other refusals get none."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sessions import LiveSession, WarmServer
from tflab.protocol.events import ProblemFound


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Outside /tmp, which a session has of its own: ``given`` is the session's, ``closed`` is not."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="tflab-denied-") as name:
        for part in ("given", "closed", "read"):
            (Path(name) / part).mkdir()
            (Path(name) / part / "data.txt").write_text("data")
        yield Path(name)


@pytest.fixture(scope="module")
def program(warm_server: WarmServer, folder: Path) -> Iterator[LiveSession]:
    """A session as `tflab run` starts it in ``given``."""
    given = folder / "given"
    with warm_server.session(read=[folder / "read"], write=[given], working_directory=str(given)) as session:
        session.check(f"import os, socket, tensorflow as tf, keras\nfolder = {str(folder)!r}")
        yield session


def problem(session: LiveSession, source: str) -> ProblemFound:
    """The one problem of a cell that fails."""
    run = session.run(source)
    assert run.finished.status == "error"
    (found,) = run.all(ProblemFound)
    return found


NETWORK = {
    "a socket": "socket.create_connection(('192.0.2.1', 80), 2)",
    "a socket of one's own": "socket.socket(socket.AF_INET)",
    "a name": "socket.getaddrinfo('example.org', 80)",
    "urllib": "import urllib.request\nurllib.request.urlopen('http://example.org/data.csv', timeout=2)",
    "get_file": "keras.utils.get_file('x.npz', 'https://example.org/x.npz')",
    "mnist": "keras.datasets.mnist.load_data()",
    "asyncio": "import asyncio\nawait asyncio.open_connection('192.0.2.1', 80)",
}


@pytest.mark.parametrize("source", NETWORK.values(), ids=NETWORK)
def test_a_denied_network_is_named_with_its_flag(program: LiveSession, source: str) -> None:
    found = problem(program, source)

    assert (found.code, found.severity) == ("network-denied", "error")
    assert found.line == source.count("\n") + 1
    assert "--allow-net" in found.fix
    for address in ("http://example.org/data.csv", "https://example.org/x.npz"):
        assert (address in source) == (address in found.message)


FILES = {
    "open": ("open(folder + '/closed/data.txt')", "read"),
    "list": ("os.listdir(folder + '/closed')", "read"),
    "TensorFlow": ("tf.io.read_file(folder + '/closed/data.txt')", "read"),
    "TFRecord": ("list(tf.data.TFRecordDataset(folder + '/closed/data.txt'))", "read"),
    "open to write": ("open(folder + '/closed/data.txt', 'w')", "write"),
    "open a new one": ("open(folder + '/closed/new.txt', 'w')", "write"),
    "a folder": ("os.makedirs(folder + '/closed/deep/er')", "write"),
    "TensorFlow writes": ("tf.io.write_file(folder + '/closed/new.txt', 'x')", "write"),
    "only read": ("open(folder + '/read/data.txt', 'a')", "write"),
    "a model": ("keras.Sequential([keras.Input((1,))]).save(folder + '/closed/m.keras')", "write"),
    "HDF5": ("keras.Sequential([keras.Input((1,))]).save(folder + '/closed/m.h5')", "write"),
}


@pytest.mark.parametrize(("source", "cause"), FILES.values(), ids=FILES)
def test_a_denied_file_is_named_with_its_flag(program: LiveSession, folder: Path, source: str, cause: str) -> None:
    found = problem(program, source)

    assert (found.code, found.cause, found.severity, found.line) == ("file-denied", cause, "error", 1)
    place = folder / ("read" if "/read/" in source else "closed")
    assert str(place) in found.message
    assert f"--allow-{cause} {place}" in found.fix


@pytest.mark.parametrize(
    ("source", "place"),
    [("open('/tmp/of-the-machine.csv')", "/tmp"), ("open(os.path.expanduser('~/data.csv'))", "~/data.csv")],
)
def test_a_file_that_may_be_elsewhere_is_only_a_warning(program: LiveSession, source: str, place: str) -> None:
    if place == "/tmp" and "user namespaces" in " ".join(program.ready.isolation_details):
        pytest.fail("needs a private /tmp")
    found = problem(program, source)

    assert (found.code, found.cause, found.severity) == ("file-denied", "read", "warning")
    assert place in found.message
    assert "--allow-read" in found.fix


HEALTHY = {
    "a file that is missing": "open(folder + '/given/none.txt')",
    "a file closed by its mode": "os.chmod('data.txt', 0)\nopen('data.txt', 'x' if os.geteuid() == 0 else 'r')",
    "a refusal of another kind": "raise PermissionError(1, 'mine')",
    "an error about neither": "int('x')",
}


@pytest.mark.parametrize("source", HEALTHY.values(), ids=HEALTHY)
def test_other_errors_are_not_the_sandboxs(program: LiveSession, source: str) -> None:
    run = program.run(source)

    assert run.finished.status == "error"
    assert not [found for found in run.all(ProblemFound) if found.code in ("network-denied", "file-denied")]


def test_a_program_that_does_without_is_healthy(program: LiveSession) -> None:
    run = program.check("try:\n    open(folder + '/closed/data.txt')\nexcept OSError:\n    print('without')")

    assert not run.all(ProblemFound)


def test_lessons_have_no_flags_and_are_told_what_to_do_instead(shared_session: LiveSession, folder: Path) -> None:
    read = problem(shared_session, f"open({str(folder / 'closed/data.txt')!r})")
    assert "tflab open --allow-read" in read.fix
    written = problem(shared_session, f"open({str(folder / 'closed/data.txt')!r}, 'w')")
    assert "without a folder" in written.fix
    network = problem(shared_session, "import socket\nsocket.create_connection(('192.0.2.1', 80), 2)")
    assert "data that comes with the lesson" in network.fix


def test_a_file_beyond_the_limit_names_the_limits_flag(warm_server: WarmServer) -> None:
    with warm_server.session(file_size=1 << 20) as session:
        found = problem(session, "with open('big', 'wb', 0) as file:\n    while True: file.write(b'x' * 65536)")

    assert (found.code, found.cause) == ("file-denied", "size")
    assert "--disk" in found.fix


@pytest.mark.parametrize("options", [{"sandbox": False}, {"network": True}])
def test_what_is_open_is_nobodys_denial(warm_server: WarmServer, options: dict[str, Any]) -> None:
    with warm_server.session(**options) as session:
        # Refused by nobody listening, not by the sandbox.
        run = session.run("import socket\nsocket.create_connection(('127.0.0.1', 1), 2)")

    assert run.finished.status == "error"
    assert not run.all(ProblemFound)

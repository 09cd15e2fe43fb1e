"""What lessons and files may touch, as the contract has it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tflab.client.permissions import Grants, for_file, for_lessons
from tflab.client.protected_folders import ProtectedFolders
from tflab.messages import use_language
from tflab.protocol.environment import CERTIFICATE_NAMES, NETWORK_NAMES

GIB = 1 << 30


@pytest.fixture
def protected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProtectedFolders:
    """A machine of our own below ``tmp_path``."""
    for name in (*CERTIFICATE_NAMES, *NETWORK_NAMES):
        monkeypatch.delenv(name, raising=False)
    for path in (
        "home/ada/project/.venv/lib/site-packages",
        "home/ada/clean/sub",
        "tmp/work",
        "src/tflab/cli",
        "state/tflab",
        "usr/bin",
    ):
        (tmp_path / path).mkdir(parents=True)
    return ProtectedFolders(
        home=(str(tmp_path / "home/ada"),),
        temporary=(str(tmp_path / "tmp"),),
        environment=(str(tmp_path / "home/ada/project/.venv"),),
        code=(str(tmp_path / "src/tflab"),),
        state=(str(tmp_path / "state/tflab"),),
        closed=(str(tmp_path / "home/ada/project/.venv/lib/site-packages"), str(tmp_path / "usr/bin")),
    )


def grant(protected: ProtectedFolders, file: Path, folder: Path, **options: object) -> Grants:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("print(1)\n")
    return for_file(file, folder=folder, protected=protected, memory=GIB, **options)  # type: ignore[arg-type]


def test_lessons_touch_nothing_but_their_own(tmp_path: Path) -> None:
    permissions = for_lessons(memory=GIB).permissions(tmp_path)
    assert (permissions.read, permissions.write, permissions.network, permissions.sandbox) == ((), (), False, True)
    assert (permissions.scratch, permissions.working_directory, permissions.memory) == (str(tmp_path), "", GIB)


def test_a_file_in_a_folder_of_its_own(protected: ProtectedFolders, tmp_path: Path) -> None:
    clean = tmp_path / "home/ada/clean"
    grants = grant(protected, clean / "sub/loop.py", clean)
    assert grants.read == (str(clean / "sub/loop.py"), str(clean / "sub"))
    assert grants.write == (str(clean),)
    assert grants.working_directory == str(clean)
    assert (grants.network, grants.sandbox, grants.doors, grants.variables) == (False, True, (), ())
    assert grants.notes == ()


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("home/ada", "is your home folder"),
        ("home", "contains your home folder"),
        ("tmp", "is the system's temporary files"),
        ("home/ada/project/.venv", "is the Python environment"),
        ("home/ada/project", "contains the Python environment"),
        ("src/tflab", "is tflab's own code"),
        ("src", "contains tflab's own code"),
        ("state/tflab", "is what tflab keeps for you"),
        ("state", "contains what tflab keeps for you"),
    ],
)
def test_a_protected_folder_gives_the_file_alone_and_one_line_names_the_flag(
    protected: ProtectedFolders, tmp_path: Path, folder: str, reason: str
) -> None:
    place = tmp_path / folder
    grants = grant(protected, place / "loop.py", place)
    assert grants.read == (str(place / "loop.py"),)
    assert grants.write == ()
    (note,) = grants.notes
    assert reason in note
    assert f"--allow-read {place}" in note
    assert f"--allow-write {place}" in note
    assert "\n" not in note


def test_a_folder_below_tmp_is_granted(protected: ProtectedFolders, tmp_path: Path) -> None:
    work = tmp_path / "tmp/work"
    grants = grant(protected, work / "loop.py", work)
    assert (grants.read[1:], grants.write, grants.notes) == ((str(work),), (str(work),), ())


def test_started_in_a_protected_folder_nothing_is_written_there(protected: ProtectedFolders, tmp_path: Path) -> None:
    clean, home = tmp_path / "home/ada/clean", tmp_path / "home/ada"
    grants = grant(protected, clean / "loop.py", home)
    assert str(clean) in grants.read
    assert grants.write == ()
    assert grants.working_directory == str(home)
    (note,) = grants.notes
    assert f"--allow-write {home}" in note


def test_a_file_in_a_protected_folder_started_elsewhere(protected: ProtectedFolders, tmp_path: Path) -> None:
    clean, home = tmp_path / "home/ada/clean", tmp_path / "home/ada"
    grants = grant(protected, home / "loop.py", clean)
    assert (grants.read, grants.write) == ((str(home / "loop.py"),), (str(clean),))
    (note,) = grants.notes
    assert f"--allow-read {home}" in note


@pytest.mark.parametrize("folder", ["src/tflab/cli", "home/ada/project/.venv/lib/site-packages", "usr/bin"])
def test_nothing_is_written_inside_code_or_packages(protected: ProtectedFolders, tmp_path: Path, folder: str) -> None:
    grants = grant(protected, tmp_path / "home/ada/clean/loop.py", tmp_path / folder)
    assert grants.write == ()
    assert "is part of" in grants.notes[0]


def test_flags_open_what_they_name(protected: ProtectedFolders, tmp_path: Path) -> None:
    home, data = tmp_path / "home/ada", tmp_path / "data"
    grants = grant(protected, home / "loop.py", home, allow_write=(home,), allow_read=(data,), allow_net=True)
    assert grants.write == (str(home),)
    assert grants.read == (str(home / "loop.py"), str(data), str(home))
    assert grants.network
    assert grants.notes == ()
    assert grants.doors == ("--allow-net", "--allow-read", "--allow-write")


def test_reading_is_not_writing(protected: ProtectedFolders, tmp_path: Path) -> None:
    home = tmp_path / "home/ada"
    grants = grant(protected, home / "loop.py", home, allow_read=(home,))
    assert str(home) in grants.read
    assert grants.write == ()
    assert f"--allow-write {home}" in grants.notes[0]


def test_paths_become_absolute(protected: ProtectedFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path / "home/ada/clean")
    (tmp_path / "home/ada/clean/loop.py").touch()
    grants = for_file(Path("loop.py"), allow_read=(Path("sub"),), protected=protected, memory=GIB)
    assert all(os.path.isabs(path) for path in (*grants.read, *grants.write, grants.working_directory))


def test_links_are_judged_by_where_they_lead(protected: ProtectedFolders, tmp_path: Path) -> None:
    home = tmp_path / "home/ada"
    link = tmp_path / "shortcut"
    link.symlink_to(home)
    grants = grant(protected, link / "loop.py", link)
    assert (grants.read, grants.write) == ((str(link / "loop.py"),), ())
    real = grant(protected, home / "clean/loop.py", home / "clean")
    assert real.notes == ()
    (tmp_path / "linked.py").symlink_to(home / "clean/loop.py")
    by_link = for_file(tmp_path / "linked.py", folder=home / "clean", protected=protected, memory=GIB)
    assert by_link.read == (str(tmp_path / "linked.py"), str(home / "clean"))


def test_no_sandbox_opens_everything_and_says_so(
    protected: ProtectedFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "secret")
    home = tmp_path / "home/ada"
    grants = grant(protected, home / "loop.py", home, sandbox=False)
    assert not grants.sandbox
    assert grants.network
    assert grants.doors == ("--no-sandbox",)
    assert grants.notes == ()
    assert ("DEPLOY_TOKEN", "secret") in grants.variables


def test_the_network_brings_proxies_and_certificates(
    protected: ProtectedFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/own/ca.pem")
    clean = tmp_path / "home/ada/clean"
    closed = grant(protected, clean / "loop.py", clean)
    opened = grant(protected, clean / "loop.py", clean, allow_net=True)
    assert closed.variables == ()
    assert {("HTTPS_PROXY", "http://proxy:3128"), ("SSL_CERT_FILE", "/etc/own/ca.pem")} <= set(opened.variables)
    assert "/etc/own/ca.pem" in opened.read


def test_notes_speak_indonesian(protected: ProtectedFolders, tmp_path: Path) -> None:
    use_language("id")
    try:
        (note,) = grant(protected, tmp_path / "home/ada/loop.py", tmp_path / "home/ada").notes
    finally:
        use_language("en")
    assert "folder home" in note


def test_root_is_told_where_its_rights_will_be_missed(protected: ProtectedFolders, tmp_path: Path) -> None:
    clean = tmp_path / "home/ada/clean"
    if os.geteuid() != 0:
        # Nobody else has rights to miss.
        assert grant(protected, clean / "loop.py", clean).notes == ()
        return
    os.chown(clean, 12345, 12345)
    grants = grant(protected, clean / "loop.py", clean)
    assert grants.write == (str(clean),)
    assert "--no-sandbox" in grants.notes[0]
    clean.chmod(0o777)
    assert grant(protected, clean / "loop.py", clean).notes == ()


def test_this_process_has_folders_to_protect() -> None:
    found = ProtectedFolders.of_this_process()
    assert found.environment
    assert found.code
    assert found.state
    assert "/" not in found.home
    assert found.protects("/") is not None
    assert found.protects("/tmp") is not None

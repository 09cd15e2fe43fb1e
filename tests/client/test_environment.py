"""The environment of the fork server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tflab
from tflab.client.environment import server_environment
from tflab.messages import use_language

HOME = str(Path(tflab.__file__).resolve().parents[1])


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    use_language("en")


def test_secrets_stay_behind_and_what_is_needed_goes() -> None:
    variables = server_environment(
        {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x", "SSH_AUTH_SOCK": "x", "CUDA_VISIBLE_DEVICES": "0", "LANG": "C"}
    )

    assert variables["PATH"] == "/bin"
    assert variables["CUDA_VISIBLE_DEVICES"] == "0"
    assert not {"AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK"} & variables.keys()


def test_bytecode_is_written_whatever_the_lab_was_started_with() -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in server_environment({"PYTHONDONTWRITEBYTECODE": "1"})


def test_the_servers_sentences_are_in_the_language_in_use() -> None:
    use_language("id")
    assert server_environment({})["TFLAB_LANG"] == "id"


def test_tensorflows_log_level_may_be_chosen() -> None:
    assert server_environment({})["TF_CPP_MIN_LOG_LEVEL"] == "2"
    assert server_environment({"TF_CPP_MIN_LOG_LEVEL": "0"})["TF_CPP_MIN_LOG_LEVEL"] == "0"


def test_only_absolute_entries_of_the_import_path_go() -> None:
    path = server_environment({"PYTHONPATH": os.pathsep.join(["", ".", "lib", "/opt/modules"])})["PYTHONPATH"]
    assert [entry for entry in path.split(os.pathsep) if entry != HOME] == ["/opt/modules"]


@pytest.fixture
def tensorflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of that name in a folder that nobody may write to."""
    package = tmp_path / "tensorflow"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    return package


def test_bytecode_goes_to_a_folder_of_its_own_where_packages_are_read_only(tensorflow: Path) -> None:
    assert server_environment({})["PYTHONPYCACHEPREFIX"].endswith("bytecode")


def test_bytecode_that_is_there_is_used(tensorflow: Path) -> None:
    (tensorflow / "__pycache__").mkdir()
    (tensorflow / "__pycache__" / f"__init__.{sys.implementation.cache_tag}.pyc").touch()
    assert "PYTHONPYCACHEPREFIX" not in server_environment({})

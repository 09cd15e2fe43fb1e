"""The environment that the fork server is launched with."""

from __future__ import annotations

import importlib.util
import os
import site
import sys
from collections.abc import Mapping
from pathlib import Path

import tflab
from tflab.messages import language
from tflab.protocol.environment import scrubbed


def server_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """``environment`` (this process's own) without what a session has no business to see, and what the server needs.

    Secrets have to go here: ``/proc/self/environ`` of every session shows what the server was launched with.
    """
    variables = scrubbed(os.environ if environment is None else environment)
    # Without bytecode TensorFlow's import takes four times as long.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    variables.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # A restarted session and a check beside it share the card.
    variables.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    variables["TFLAB_LANG"] = language()
    variables["PYTHONUNBUFFERED"] = "1"
    prefix = _bytecode_folder()
    if prefix is not None:
        variables["PYTHONPYCACHEPREFIX"] = str(prefix)
    path = _import_path(variables.get("PYTHONPATH", ""))
    if path:
        variables["PYTHONPATH"] = path
    else:
        variables.pop("PYTHONPATH", None)
    return variables


def _import_path(given: str) -> str:
    """PYTHONPATH without entries that mean the working folder, and with tflab where it is not installed."""
    entries = [entry for entry in given.split(os.pathsep) if os.path.isabs(entry)]
    home = str(Path(tflab.__file__).resolve().parents[1])
    if home not in {os.path.realpath(folder) for folder in (*site.getsitepackages(), site.getusersitepackages())}:
        entries.append(home)
    return os.pathsep.join(entries)


def _bytecode_folder() -> Path | None:
    """Where bytecode is to be kept if TensorFlow's own folder has none and takes none; else None."""
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or spec.origin is None or sys.pycache_prefix is not None:
        return None
    if os.access(os.path.dirname(spec.origin), os.W_OK) or (spec.cached and os.path.exists(spec.cached)):
        return None
    from platformdirs import user_cache_path

    return user_cache_path("tflab", appauthor=False) / "bytecode"

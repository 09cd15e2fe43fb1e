"""Which variables get into a session."""

from __future__ import annotations

import pytest

from tflab.protocol.environment import CERTIFICATE_NAMES, NETWORK_NAMES, is_allowed, scrubbed


@pytest.mark.parametrize(
    "name", ["PATH", "LANG", "LC_ALL", "CUDA_VISIBLE_DEVICES", "TF_CONFIG", "XLA_FLAGS", "OMP_NUM_THREADS", "NO_COLOR"]
)
def test_what_training_needs_is_allowed(name: str) -> None:
    assert is_allowed(name)


@pytest.mark.parametrize(
    "name",
    [
        "AWS_ACCESS_KEY_ID",
        "OPENAI_API_KEY",
        "GITHUB_TOKEN",
        "SSH_AUTH_SOCK",
        "DBUS_SESSION_BUS_ADDRESS",
        "LD_PRELOAD",
        "PYTHONSTARTUP",
        "TF_API_TOKEN",
        "XLA_SECRET",
        "CUDA_PASSWORD",
        *NETWORK_NAMES,
        *CERTIFICATE_NAMES,
    ],
)
def test_secrets_and_what_nobody_needs_are_not(name: str) -> None:
    assert not is_allowed(name)


def test_values_stay_as_they_are() -> None:
    assert scrubbed({"PATH": "/bin", "GITHUB_TOKEN": "x", "TF_CONFIG": "{}"}) == {"PATH": "/bin", "TF_CONFIG": "{}"}

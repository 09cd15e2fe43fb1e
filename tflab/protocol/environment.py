"""Which environment variables a session may see: the same list where the server is launched and where it forks.

An allow-list, since secrets have no naming rule: what is not known to be needed does not get in. The list has to be
applied when the *server is launched*: ``/proc/self/environ`` shows for good what a program was started with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

ALLOWED_NAMES: Final = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TERM",
        "COLORTERM",
        "NO_COLOR",
        "COLUMNS",
        "LINES",
        "TMPDIR",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONHASHSEED",
        "PYTHONIOENCODING",
        "PYTHONUNBUFFERED",
        "PYTHONUTF8",
        "PYTHONWARNINGS",
        "PYTHONPYCACHEPREFIX",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUSERBASE",
        "PYTHONNOUSERSITE",
        "PYTHONFAULTHANDLER",
        "PYTHONMALLOC",
        "KERAS_BACKEND",
        "MPLBACKEND",
        "MPLCONFIGDIR",
        "KERAS_HOME",
        "IPYTHONDIR",
        "GOMP_CPU_AFFINITY",
    }
)
ALLOWED_PREFIXES: Final = (
    "LC_",
    "TF_",
    "XLA_",
    "TFLAB_",
    "CUDA_",
    "CUDNN_",
    "CUBLAS_",
    "NCCL_",
    "NVIDIA_",
    "OMP_",
    "OPENBLAS_",
    "MKL_",
    "KMP_",
    "ONEDNN_",
    "DNNL_",
    "MALLOC_",
    "XDG_",
    "COVERAGE_",
)
SECRET: Final = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|PRIVATE|ACCESS_?KEY|AUTH", re.IGNORECASE)
"""A name that matches is refused even under an allowed prefix (``TF_API_TOKEN``)."""


NETWORK_NAMES: Final = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
)
CERTIFICATE_NAMES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Needed by clients where the network is open; a proxy's address may hold a password, so not otherwise. The latter
name files to be read."""


def is_allowed(name: str) -> bool:
    """Whether a session may see the variable ``name``."""
    if SECRET.search(name):
        return False
    return name in ALLOWED_NAMES or name.startswith(ALLOWED_PREFIXES)


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of ``environment`` that a session may see."""
    return {name: value for name, value in environment.items() if is_allowed(name)}

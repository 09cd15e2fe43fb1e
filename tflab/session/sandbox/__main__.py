"""``python -m tflab.session.sandbox``: confines a process as a session is and prints what it found, one JSON line.

No TensorFlow is needed, so ``tflab doctor`` can tell of the sandbox where TensorFlow is what is missing.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile

import msgspec

from tflab.messages import preferred_language, use_language
from tflab.protocol.isolation import Measurement, ProbeResult, level_of
from tflab.protocol.server import Permissions
from tflab.session.sandbox import confine, probe_isolation, survey

_MEMORY = 1 << 30


def measure() -> Measurement:
    """Forks a process, confines it and lets it probe itself. Raises OSError where it says nothing."""
    kernel = survey()
    scratch = tempfile.mkdtemp(prefix="tflab-doctor-")
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            confinement = confine(Permissions(scratch=scratch, memory=_MEMORY), keep={theirs})
            found = (probe_isolation(confinement), confinement.failures)
            os.write(theirs, msgspec.json.encode(found))
        finally:
            os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as file:
        told = file.read()
    os.waitpid(child, 0)
    shutil.rmtree(scratch, ignore_errors=True)
    if not told:
        raise OSError("the confined process ended without a word")
    probes, failures = msgspec.json.decode(told, type=tuple[tuple[ProbeResult, ...], tuple[str, ...]])
    return Measurement(
        level=level_of({probe.name for probe in probes if probe.held}),
        landlock_abi=kernel.landlock_abi,
        seccomp=kernel.seccomp,
        namespaces=kernel.namespaces,
        probes=probes,
        failures=failures,
    )


if __name__ == "__main__":
    use_language(preferred_language())
    sys.stdout.buffer.write(msgspec.json.encode(measure()) + b"\n")

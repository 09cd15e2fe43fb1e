"""The probes: what a session tells of tensors, gradients, traces, metrics and devices, without the learner's code
changing in a line.

Each probe patches TensorFlow or Keras in few places, as context managers that restore what they found, and names the
private symbols that it needs (`private_names`); where one is missing, that probe alone is off and says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tflab.session.probes.probe_set import ProbeSet

__all__ = ["ProbeSet"]


def __getattr__(name: str) -> object:
    # Late: some modules in here need no TensorFlow, and their tests are not to load it.
    if name == "ProbeSet":
        from tflab.session.probes.probe_set import ProbeSet

        return ProbeSet
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

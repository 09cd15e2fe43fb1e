"""The probes: what a session tells of tensors, gradients, traces, metrics and devices, without the learner's code
changing in a line.

Each probe patches TensorFlow or Keras in few places, as context managers that restore what they found, and names the
private symbols that it needs (`private_names`); where one is missing, that probe alone is off and says why.
"""

from tflab.session.probes.probe_set import ProbeSet

__all__ = ["ProbeSet"]

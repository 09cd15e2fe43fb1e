"""tflab: a lab in the terminal for custom training with TensorFlow.

The package has two sides that never import each other: the lab process (``ui``, ``state``, ``client``,
``curriculum``, ``cli``), which shows and never imports TensorFlow, and the session process (``session``), which
runs the learner's code and never imports Textual. Both speak ``protocol``.
"""

__version__ = "0.1.0"

"""The process that runs the learner's code: the fork server, and the sessions forked from it.

``fork_server`` imports TensorFlow once and forks; ``session`` is what a fork becomes. Nothing here is imported by
the lab, and nothing here imports the lab: both sides meet in ``tflab.protocol``.
"""

"""tflab: a lab in the terminal for custom training with TensorFlow.

The package has two sides that never import each other: the lab process (``ui``, ``state``, ``client``,
``curriculum``, ``cli``), which shows and never imports TensorFlow, and the session process (``session``), which
runs the learner's code and never imports Textual. Both speak ``protocol``.
"""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # Late: this package is imported on the way to the first paint.
    if name == "watch":
        from tflab.watching import watch

        return watch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: object) -> None:
    """``%load_ext tflab`` in a notebook: lets ``tflab attach`` look in."""
    from tflab.watching import watch

    print(f"tflab attach {watch()}")

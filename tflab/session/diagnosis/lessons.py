"""Which lesson teaches what a problem is about."""

from __future__ import annotations

from typing import Final

_LESSONS: Final[dict[str, str]] = {
    "gradient-none": "gradient_pitfalls",
    "gradient-none/variable-replaced": "variables",
    "gradient-none/integer": "dtypes",
    "tape-reused": "autodiff",
    "shape-broadcast": "custom_losses",
    "dtype-mismatch": "dtypes",
    "optimizer-reused": "gan",
    "optimizer-recreated": "training_loops",
    "variable-created-in-function": "function_rules",
    "retracing": "tracing",
    "python-side-effect": "function_rules",
    "symbolic-value": "autograph",
    "stale-capture": "function_rules",
    "training-flag-missing": "training_loops",
    "metric-not-reset": "custom_metrics",
    "loss-not-finite": "debugging_nan",
    "gradient-not-finite": "gradient_pitfalls",
    "diverging": "training_loops",
    "logits-mismatch": "custom_losses",
    "iterator-exhausted": "training_loops",
    "regularization-ignored": "internal_losses",
    "untracked-variable": "custom_layers",
    "layer-created-in-call": "custom_layers",
    "fixed-signature": "tracing",
    "tensor-assignment": "variables",
    "swapped-gradients": "training_loops",
}
"""By code, or by code and cause; names of files in ``lessons``, without their numbers."""


def lesson_of(code: str, cause: str | None) -> str | None:
    """The name of the lesson; None where there is none."""
    return _LESSONS.get(f"{code}/{cause}") or _LESSONS.get(code)

"""Round numbers along an axis."""

from __future__ import annotations

import math


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that divides ``span`` into at most ``most`` parts."""
    if not (span > 0 and math.isfinite(span)):
        return 1.0
    raw = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= raw * (1 - 1e-9)), 10 * power)


def ticks(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """At most ``most + 1`` round numbers from ``low`` to ``high``, ascending; ``whole`` numbers only where asked."""
    step = round_step(high - low, most)
    if whole:
        step = max(1.0, step)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Values (not logarithms) between the logarithms ``low`` and ``high``: powers of ten, or rounder steps between."""
    decades = [10.0**power for power in range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)]
    if len(decades) >= 2:
        return decades[:: max(1, math.ceil(len(decades) / max(1, most)))]
    return [value for value in ticks(10.0**low, 10.0**high, most) if value > 0]


def label(value: float) -> str:
    """A tick as people write it: ``0.25``, ``1500``, ``20k``, ``3M``, ``1e-05``."""
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-3:
        return f"{value:.1e}".replace(".0e", "e")
    for unit, name in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= unit:
            return f"{value / (1e3 if name == 'k' else unit):.4g}{name}"
    return f"{value:.4g}"

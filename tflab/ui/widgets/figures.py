"""Numbers as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

_BLOCKS: Final = "▁▂▃▄▅▆▇"
"""Without the full block, so that sparklines in neighbouring rows stay apart."""


def number(value: float | None) -> str:
    """Four significant digits at most, without noise: ``0.4312``, ``12.5``, ``3.1e-07``, ``nan``; ``-`` for None."""
    if value is None:
        return "-"
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    size = abs(value)
    if 1e-3 <= size < 1e5:
        digits = max(0, 3 - math.floor(math.log10(size)))
        shown = f"{value:.{digits}f}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{exponent}"


def memory(size: int | None) -> str:
    """Bytes in binary units: ``512 B``, ``1.5 MiB``; ``-`` for None."""
    if size is None:
        return "-"
    value = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def duration(seconds: float) -> str:
    """``12 ms``, ``3.2 s``, ``2 min 05 s``, ``1 h 10 min``; ``-`` for no number."""
    if not math.isfinite(seconds):
        return "-"
    if seconds < 0.9995:
        return f"{max(0.0, seconds) * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min {int(seconds % 60):02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def percentage(fraction: float | None) -> str:
    """``43 %``; ``-`` for None."""
    return "-" if fraction is None else f"{min(1.0, max(0.0, fraction)) * 100:.0f} %"


def shape(dimensions: Sequence[int | None] | None) -> str:
    """``(32, 10)``, ``(?, 10)``, ``()``; empty for an unknown rank."""
    if dimensions is None:
        return ""
    inner = ", ".join("?" if size is None else str(size) for size in dimensions)
    return f"({inner},)" if len(dimensions) == 1 else f"({inner})"


def bar(fraction: float, width: int) -> str:
    """A bar of ``width`` cells, filled to half a cell; anything above nothing is seen."""
    halves = math.ceil(min(1.0, max(0.0, fraction)) * width * 2) if math.isfinite(fraction) else 0
    whole, rest = divmod(halves, 2)
    return ("━" * whole + "╸" * rest).ljust(width)


def log_fraction(value: float, low: float, high: float) -> float:
    """Where ``value`` lies between ``low`` and ``high`` on a logarithmic scale; 0 for what has no logarithm."""
    if not (value > 0 and low > 0 and high > 0) or not math.isfinite(value):
        return 0.0
    if high <= low:
        return 1.0
    return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))


def sparkline(values: Sequence[float | None], bounds: tuple[float, float] | None = None) -> str:
    """One character a value, scaled to ``bounds``, else to the values; ``·`` for None, ``!`` for what is not finite."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    low, high = bounds or ((min(finite), max(finite)) if finite else (0.0, 0.0))
    shown = ""
    for value in values:
        if value is None:
            shown += "·"
        elif not math.isfinite(value):
            shown += "!"
        elif high == low:
            shown += _BLOCKS[3] if value else _BLOCKS[0]
        else:
            shown += _BLOCKS[round(min(1.0, max(0.0, (value - low) / (high - low))) * (len(_BLOCKS) - 1))]
    return shown

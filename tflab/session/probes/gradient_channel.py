"""What the poller knows of one call of ``tape.gradient`` in graphs: its ring, and the traces that write into it."""

from __future__ import annotations

import math
import time
import weakref
from typing import Any, Final, NamedTuple

from tflab.protocol.gradient_events import MatrixFacts
from tflab.session.probes.compiled_ring import CompiledRing
from tflab.session.probes.gradient_details import GradientDetails
from tflab.session.probes.gradient_rows import GradientRow
from tflab.session.probes.gradient_site import GradientSite, StepPlaces
from tflab.session.probes.graph_measures import GradientMeasure, UpdateMeasure
from tflab.session.probes.matrices import MatrixInGraph
from tflab.session.probes.ring import Ring
from tflab.session.probes.step_moves import StepMoves

INTERVAL: Final = 0.1
"""Seconds between two records of a call site."""

_DETAILS_INTERVAL: Final = 0.5
"""Seconds between two questions for what every step cannot tell, at least."""

_SECONDS_AN_ELEMENT: Final = 4e-6
"""Added to that for each element of the gradients: four seconds of training lie between two looks at a million."""

LOSS, VARIANT, FIRST_NORM = 0, 1, 2
"""Columns of a ring's rows."""

SHORTEST_WAIT: Final = 0.04
LONGEST_WAIT: Final = 0.25
"""Seconds between two looks at a ring: the wait doubles while nothing comes, for every look takes the GIL."""


class Variant:
    """The traces of a call site whose gradients have the same names and kinds."""

    def __init__(self, number: int, rows: list[GradientRow], *, fits: bool, measure: GradientMeasure | None) -> None:
        self.number = number
        self.rows = rows
        self.fits = fits
        """Whether each row of the ring has the norms."""
        self.measure = measure
        """What is asked now and then; None where the graph is too small for that."""
        self.update: UpdateMeasure | None = None
        """What is asked of the optimizer, where one uses these gradients."""
        self.moves: StepMoves | None = None
        """How far an optimizer moves the variables, where a call of the function is one step."""
        self.moved_at: int | None = None
        """The step of ``moves`` that was told last."""
        self.matrices: dict[str, MatrixInGraph] = {}
        """By the name of the source, for jacobians and Hessians that are small enough."""


class Latest(NamedTuple):
    """The gradients of one step."""

    step: int
    loss: float
    norms: list[float]
    """One for each row that has a gradient."""
    variant: Variant


class Channel:
    """The ring of one call site, shared by all its traces, so that the order of their steps is kept.

    A row is the loss, the number of the variant, and for small gradients half their squared norms.
    """

    def __init__(self, site: GradientSite, width: int, *, in_xla: bool, on_host: bool) -> None:
        self.site = site
        self.places = StepPlaces(site)
        self.has_loss = True
        self.ring = CompiledRing(width) if in_xla else Ring(width)
        self.variants: dict[tuple[tuple[tuple[str, str, str], ...], bool], Variant] = {}
        self.on_host = on_host
        self.latest: Latest | None = None
        """Not sent yet: the rate is bounded."""
        self.sent: Latest | None = None
        self.sent_at = 0.0
        self.active_at = time.monotonic()
        self.graphs: weakref.WeakSet[Any] = weakref.WeakSet()
        """The graphs that write into the ring, and those around them, as far as they are still there."""
        self.wait = SHORTEST_WAIT
        self.due = 0.0
        self.asked_at = 0.0
        self.details: dict[str, GradientDetails] = {}
        self.details_step: int | None = None
        """The step of the ring that ``details`` are of."""
        self.matrices: dict[str, MatrixFacts] = {}

    @property
    def interval(self) -> float:
        """Seconds between two records: fewer where a graph has to stop for them."""
        return 2 * INTERVAL if not all(variant.fits for variant in self.variants.values()) else INTERVAL

    @property
    def details_interval(self) -> float:
        """Seconds between two questions for details: a closer look at many elements takes its time."""
        shapes = [row.shape for variant in self.variants.values() for row in variant.rows if row.kind != "none"]
        elements = sum(math.prod(length or 1 for length in shape or ()) for shape in shapes)
        return _DETAILS_INTERVAL + _SECONDS_AN_ELEMENT * elements

    def variant(self, rows: list[GradientRow], *, is_small: bool, is_asked: bool) -> Variant:
        """The variant of a trace with these rows, made where it is new; ``is_asked``: the graph is large enough."""
        key = (tuple((row.name, row.kind, row.derivative) for row in rows), is_asked)
        if key not in self.variants:
            live = sum(row.kind != "none" for row in rows)
            fits = is_small and FIRST_NORM + live <= self.ring.width
            measure = GradientMeasure(live, on_host=self.on_host, with_norms=not fits) if is_asked or not fits else None
            self.variants[key] = Variant(len(self.variants), rows, fits=fits, measure=measure)
        return self.variants[key]

    def variant_of(self, number: int) -> Variant:
        """The variant with this number."""
        return next(variant for variant in self.variants.values() if variant.number == number)

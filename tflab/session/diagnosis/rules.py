"""Every rule of a session, in the order in which they hear of things."""

from __future__ import annotations

from typing import Final

from tflab.session.diagnosis.missing_gradients import MissingGradients
from tflab.session.diagnosis.retracing import Retracing
from tflab.session.diagnosis.rule import Rule
from tflab.session.diagnosis.variable_creation import VariableCreation

RULES: Final[tuple[type[Rule], ...]] = (
    MissingGradients,
    Retracing,
    VariableCreation,
)

"""Every rule of a session, in the order in which they hear of things."""

from __future__ import annotations

from typing import Final

from tflab.session.diagnosis.denied import Denied
from tflab.session.diagnosis.dtype_mismatch import DtypeMismatch
from tflab.session.diagnosis.fixed_signature import FixedSignature
from tflab.session.diagnosis.iterator_exhausted import IteratorExhausted
from tflab.session.diagnosis.keras2_names import Keras2Names
from tflab.session.diagnosis.label_out_of_range import LabelOutOfRange
from tflab.session.diagnosis.layer_creation import LayerCreation
from tflab.session.diagnosis.logits_mismatch import LogitsMismatch
from tflab.session.diagnosis.memory_limit import MemoryLimit
from tflab.session.diagnosis.metric_not_reset import MetricNotReset
from tflab.session.diagnosis.missing_gradients import MissingGradients
from tflab.session.diagnosis.optimizer_recreated import OptimizerRecreated
from tflab.session.diagnosis.optimizer_reused import OptimizerReused
from tflab.session.diagnosis.regularization_ignored import RegularizationIgnored
from tflab.session.diagnosis.retracing import Retracing
from tflab.session.diagnosis.rule import Rule
from tflab.session.diagnosis.shape_broadcast import ShapeBroadcast
from tflab.session.diagnosis.side_effects import SideEffects
from tflab.session.diagnosis.stale_capture import StaleCapture
from tflab.session.diagnosis.swapped_gradients import SwappedGradients
from tflab.session.diagnosis.symbolic_value import SymbolicValue
from tflab.session.diagnosis.tape_reused import TapeReused
from tflab.session.diagnosis.tensor_assignment import TensorAssignment
from tflab.session.diagnosis.training_flag import TrainingFlag
from tflab.session.diagnosis.unstable_losses import UnstableLosses
from tflab.session.diagnosis.untracked_variable import UntrackedVariable
from tflab.session.diagnosis.variable_creation import VariableCreation

RULES: Final[tuple[type[Rule], ...]] = (
    Denied,
    MissingGradients,
    Retracing,
    VariableCreation,
    TapeReused,
    DtypeMismatch,
    OptimizerReused,
    OptimizerRecreated,
    SymbolicValue,
    FixedSignature,
    TensorAssignment,
    SwappedGradients,
    LabelOutOfRange,
    Keras2Names,
    ShapeBroadcast,
    LogitsMismatch,
    UntrackedVariable,
    RegularizationIgnored,
    TrainingFlag,
    LayerCreation,
    UnstableLosses,
    IteratorExhausted,
    MetricNotReset,
    StaleCapture,
    SideEffects,
    MemoryLimit,
)

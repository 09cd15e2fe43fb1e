"""English: what derivatives are called, and jacobians and Hessians as matrices (keys ``ui.derivative.*``, ``ui.matrix.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "ui.derivative.gradient": "gradient in line {line}",
    "ui.derivative.hessian_vector": "gradient of a gradient in line {line}",
    "ui.derivative.jacobian": "jacobian in line {line}",
    "ui.derivative.batch_jacobian": "batch jacobian in line {line}",
    "ui.derivative.hessian": "Hessian in line {line}",
    "ui.derivative.second": "second derivative in line {line}",
    "ui.gradients.asked": "{columns}: as of step {step}",
    "ui.matrix.symmetric": "symmetric",
    "ui.matrix.not_symmetric": "not symmetric",
    "ui.matrix.eigenvalues": "eigenvalues {smallest} to {largest}",
    "ui.matrix.singular_values": "singular values {smallest} to {largest}",
    "ui.matrix.condition": "condition {condition}",
    "ui.matrix.singular": "singular",
    "ui.matrix.minimum": "bends upwards all ways",
    "ui.matrix.maximum": "bends downwards all ways",
    "ui.matrix.saddle": "bends both ways, as at a saddle",
    "ui.matrix.flat": "flat one way at least",
    "ui.matrix.elements": "in Tensors: {name}",
}

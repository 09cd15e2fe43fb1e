"""Indonesian: what derivatives are called, and jacobians and Hessians as matrices."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "ui.derivative.gradient": "gradien di baris {line}",
    "ui.derivative.hessian_vector": "gradien dari gradien di baris {line}",
    "ui.derivative.jacobian": "jacobian di baris {line}",
    "ui.derivative.batch_jacobian": "jacobian per contoh di baris {line}",
    "ui.derivative.hessian": "Hessian di baris {line}",
    "ui.derivative.second": "turunan kedua di baris {line}",
    "ui.gradients.asked": "{columns}: dari langkah {step}",
    "ui.matrix.symmetric": "simetris",
    "ui.matrix.not_symmetric": "tidak simetris",
    "ui.matrix.eigenvalues": "nilai eigen {smallest} sampai {largest}",
    "ui.matrix.singular_values": "nilai singular {smallest} sampai {largest}",
    "ui.matrix.condition": "kondisi {condition}",
    "ui.matrix.singular": "singular",
    "ui.matrix.minimum": "melengkung ke atas ke semua arah",
    "ui.matrix.maximum": "melengkung ke bawah ke semua arah",
    "ui.matrix.saddle": "melengkung ke dua arah, seperti pelana",
    "ui.matrix.flat": "datar setidaknya ke satu arah",
    "ui.matrix.elements": "di Tensor: {name}",
}

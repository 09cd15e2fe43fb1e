"""A notebook as it can run here: without downloads, and small enough for a processor."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

STAND_INS: Final = Path(__file__).parent / "programs" / "stand_ins.py"
_DOWNLOADS: Final = re.compile(r"\.load_data\(\)|import (imageio|tensorflow_probability|tensorflow_docs)")
"""What the stand-ins are for."""
_INSTALLS: Final = re.compile(r"^[!%]pip .*$", re.MULTILINE)
_SMALLER: Final = (
    (re.compile(r"^(EPOCHS|epochs) = \d+$", re.MULTILINE), r"\1 = 2"),
    (re.compile(r"^BATCH_SIZE = \d+$", re.MULTILINE), "BATCH_SIZE = 16"),
    (re.compile(r"\bepochs=\d+"), "epochs=2"),
)


def offline(path: Path) -> str:
    """The text of the notebook at ``path``; one that downloads nothing is left as it is.

    Another installs nothing, trains for two epochs, and has a cell more, the first: the stand-ins.
    """
    text = path.read_text("utf-8")
    notebook: dict[str, Any] = json.loads(text)
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    if not any(_DOWNLOADS.search(source) for source in sources):
        return text
    for cell, source in zip(notebook["cells"], sources, strict=True):
        if cell["cell_type"] == "code":
            shorter = _INSTALLS.sub("", source)
            for pattern, smaller in _SMALLER:
                shorter = pattern.sub(smaller, shorter)
            cell["source"] = shorter
    first: dict[str, Any] = {
        "cell_type": "code",
        "source": STAND_INS.read_text("utf-8"),
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    if notebook["nbformat_minor"] >= 5:
        first["id"] = "stand-ins"
    notebook["cells"].insert(0, first)
    return json.dumps(notebook)

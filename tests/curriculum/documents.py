"""Files in the forms that people have them in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LESSON = """---
title: A small lesson
number: {number}
minutes: 5
panel: curves
section: Variabel
previous: [01_tensors]
---

# The first step

Look at *x*.

```{{code-cell}}
:panel: tensors
x = 1
```

## An exercise

```{{code-cell}}
:tags: [exercise]
:name: double_it
y = x
```

```{{code-cell}}
:tags: [check]
check.equal(y, 2, "y is twice x")
```

```{{code-cell}}
:tags: [solution]
y = 2 * x
```

+++ {{"tags": ["hint"]}}

Multiply.

+++ {{"tags": ["why"]}}

Because.

+++

The end.
"""


def notebook(*cells: tuple[str, str], **metadata: Any) -> str:
    """An ``.ipynb`` of the current format with these (kind, source) cells."""
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": metadata,
            "cells": [
                {
                    "cell_type": kind,
                    "id": f"cell-{number}",
                    "metadata": {},
                    "source": source.splitlines(keepends=True),
                    **({"outputs": [], "execution_count": None} if kind == "code" else {}),
                }
                for number, (kind, source) in enumerate(cells)
            ],
        }
    )


def lessons_folder(folder: Path, *names: str, language: str = "en") -> Path:
    """A folder of lessons with these names (``01_first``), all of the same content."""
    target = folder / "lessons" / language
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        (target / f"{name}.md").write_text(LESSON.format(number=int(name[:2])))
    return folder / "lessons"

"""Small courses: folders with a lesson or two in both languages, right in everything until a test breaks something."""

from __future__ import annotations

from pathlib import Path

HEAD = """---
kernelspec:
  display_name: Python 3
  name: python3
title: {title}
number: {number}
minutes: 5
panel: tensors
section: Part
previous: []
---
"""

ENGLISH = """
# Twice

The first step makes a number, and you look at it in the panel.

```{code-cell}
:panel: tensors
import tensorflow as tf  # the library

two = tf.constant(2.0, name="two")
print(f"{two} and {1}")
```

## Exercise

Write a function that gives twice its argument.

```{code-cell}
:tags: [exercise]
:name: double
def double(x):
    return x
```

```{code-cell}
:tags: [check]
check.equal(double(tf.constant(21.0)), 42.0, "twice 21")
```

```{code-cell}
:tags: [solution]
def double(x):
    return two * x
```

```{code-cell}
:tags: [solution]
def double(x):
    return x + x
```

```{code-cell}
:tags: [wrong]
:expect: saw 441
def double(x):
    return x * x
```

+++ {"tags": ["hint"]}

How much is it now?

+++ {"tags": ["hint"]}

Multiply it.

+++ {"tags": ["hint"]}

`2 * x`

+++ {"tags": ["why"]}

Because twice is two times.

+++

The end of the lesson, which has some words in it.
"""

INDONESIAN = """
# Dua kali

Langkah pertama membuat sebuah angka, dan Anda melihatnya di panel.

```{code-cell}
:panel: tensors
import tensorflow as tf  # pustakanya

two = tf.constant(2.0, name="dua")
print(f"{1} lalu {two}")
```

## Latihan

Tulislah fungsi yang menghasilkan dua kali argumennya.

```{code-cell}
:tags: [exercise]
:name: double
def double(x):
    return x
```

```{code-cell}
:tags: [check]
check.equal(double(tf.constant(21.0)), 42.0, "dua kali 21")
```

```{code-cell}
:tags: [solution]
def double(x):
    return two * x
```

```{code-cell}
:tags: [solution]
def double(x):
    return x + x
```

```{code-cell}
:tags: [wrong]
:expect: terlihat 441
def double(x):
    return x * x
```

+++ {"tags": ["hint"]}

Sekarang hasilnya berapa?

+++ {"tags": ["hint"]}

Kalikan.

+++ {"tags": ["hint"]}

`2 * x`

+++ {"tags": ["why"]}

Karena dua kali berarti dikali dua.

+++

Akhir pelajaran, yang berisi beberapa kata.
"""


class SmallCourse:
    """A folder of lessons."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.add("01_twice")

    def add(self, name: str, *, number: int | None = None) -> None:
        """One more lesson, in both languages."""
        for language, body in (("en", ENGLISH), ("id", INDONESIAN)):
            path = self.path(language, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            head = HEAD.format(title=name.partition("_")[2], number=int(name[:2]) if number is None else number)
            path.write_text(head + body)

    def path(self, language: str = "en", name: str = "01_twice") -> Path:
        """The file of a lesson."""
        return self.folder / language / f"{name}.md"

    def change(self, old: str, new: str, *languages: str, name: str = "01_twice") -> int:
        """Replaces a text, once, in both languages or those named; the line that it stood in, in the last of them."""
        line = 0
        for language in languages or ("en", "id"):
            path = self.path(language, name)
            content = path.read_text()
            assert old in content, (old, path)
            line = content[: content.index(old)].count("\n") + 1
            path.write_text(content.replace(old, new, 1))
        return line

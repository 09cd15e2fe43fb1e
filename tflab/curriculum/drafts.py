"""Keeps what a learner types, step by step.

A draft is one plain text file below ``drafts`` in the state folder, named after the *starter* it was made from (a
fingerprint of the step's source). So a draft follows its step when a lesson gains steps, and is never put in place
of a starter that has changed: it stays in the folder as left over, and `Drafts.left_over` names it. In lessons the
fingerprint ignores comments and strings, the only things in which the languages differ, so that a draft is the
same in both.

In a file of one's own cells can be added, moved and taken away, too: while any is, all of them are kept together in
one file (`tflab.curriculum.cell_drafts`), named after what the file on the disk holds.

Two labs with one document open write different files as long as they edit different steps. Where both edit the
same step, the later save keeps the other's text beside its own (``....other``).
"""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from tflab.curriculum import cell_drafts
from tflab.curriculum.document import Document
from tflab.curriculum.file_cells import FileCell
from tflab.curriculum.kept_files import BackgroundWriter, locked, remove_unfinished, set_aside, write_atomically
from tflab.user_folders import state_folder


class Drafts:
    """The drafts of one user. Thread-safe but for two saves of one step at once; no method raises for the disk."""

    def __init__(self, folder: Path | None = None, writer: BackgroundWriter | None = None) -> None:
        """``folder`` instead of the user's own, for tests; ``writer`` to share one."""
        self._folder = folder
        self._writer = writer or BackgroundWriter()
        self._known: dict[Path, bytes] = {}

    @property
    def trouble(self) -> str:
        """One line for people where typing is not being kept (a full disk, say); else empty."""
        return self._writer.trouble

    def load(self, document: Document) -> dict[int, str]:
        """Source by step index, for the steps that were edited. An unreadable draft is set aside."""
        loaded: dict[int, str] = {}
        remove_unfinished(self.folder(document))
        for index, path in enumerate(self._paths(document)):
            try:
                content = path.read_bytes()
            except OSError:
                continue
            try:
                loaded[index] = content.decode("utf-8")
                self._known[path] = content
            except UnicodeDecodeError:
                with suppress(OSError):
                    set_aside(path, "damaged")
        return loaded

    def save(self, document: Document, index: int, source: str) -> None:
        """Keeps ``source`` for step ``index`` soon; the starter's own text ends the draft."""
        path = self._paths(document)[index]
        if source == document.steps[index].source:
            self._writer.put(str(path), partial(self._remove, path))
        else:
            content = source.encode("utf-8", errors="replace")
            self._writer.put(str(path), partial(self._write, path, content))

    def load_cells(self, document: Document) -> tuple[FileCell, ...] | None:
        """The cells of a file of one's own whose structure was edited; None where it was not. As `load`."""
        path = self._cells_path(document)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        try:
            cells = cell_drafts.decode(content, document.cells)
        except ValueError:
            with suppress(OSError):
                set_aside(path, "damaged")
            return None
        self._known[path] = content
        return cells

    def save_cells(self, document: Document, cells: Sequence[FileCell] | None) -> None:
        """Keeps the cells of a file soon, with all their text; None ends the draft."""
        path = self._cells_path(document)
        if cells is None:
            self._writer.put(str(path), partial(self._remove, path))
        else:
            self._writer.put(str(path), partial(self._write, path, cell_drafts.encode(cells)))

    def reset(self, document: Document, index: int | None = None) -> None:
        """Forgets the draft of one step, or of the whole document."""
        paths = self._paths(document)
        for path in paths if index is None else [paths[index]]:
            self._writer.put(str(path), partial(self._remove, path))

    def left_over(self, document: Document) -> list[Path]:
        """Drafts of earlier versions of the document, which no step of it has any more."""
        current = {*self._paths(document), self._cells_path(document)}
        folder = self.folder(document)
        try:
            return sorted(path for kind in ("*.py", "*.json") for path in folder.glob(kind) if path not in current)
        except OSError:
            return []

    def folder(self, document: Document) -> Path:
        """Where the drafts of a document are."""
        if document.kind == "lesson":
            return self._base() / "lessons" / document.path.stem
        if document.is_untitled:
            return self._base() / "scratch"
        digest = hashlib.sha256(str(document.path).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        return self._base() / "files" / f"{document.path.stem[:60]}-{digest}"

    def close(self, timeout: float = 5.0) -> None:
        """Waits until everything is written, at most ``timeout`` seconds."""
        self._writer.flush(timeout)

    # --- one file ------------------------------------------------------------------------------------------------

    def _base(self) -> Path:
        if self._folder is None:
            self._folder = state_folder() / "drafts"
        return self._folder

    def _paths(self, document: Document) -> list[Path]:
        """The file of every step's draft."""
        folder = self.folder(document)
        seen: Counter[str] = Counter()
        paths = []
        for step in document.steps:
            text = skeleton(step.source) if document.kind == "lesson" else step.source
            fingerprint = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
            seen[fingerprint] += 1
            paths.append(folder / f"{fingerprint}-{seen[fingerprint]}.py")
        return paths

    def _cells_path(self, document: Document) -> Path:
        return self.folder(document) / f"cells-{cell_drafts.fingerprint(document.cells)}.json"

    def _write(self, path: Path, content: bytes) -> None:
        with locked(path.parent):
            self._keep_what_another_lab_wrote(path, content)
            write_atomically(path, content)
            self._known[path] = content

    def _remove(self, path: Path) -> None:
        if not path.parent.is_dir():
            return
        with locked(path.parent):
            self._keep_what_another_lab_wrote(path, b"")
            path.unlink(missing_ok=True)
            self._known.pop(path, None)

    def _keep_what_another_lab_wrote(self, path: Path, content: bytes) -> None:
        try:
            there = path.read_bytes()
        except OSError:
            return
        if there not in (self._known.get(path), content):
            set_aside(path, "other")


def skeleton(source: str) -> str:
    """The code without comments and with every string alike: what is equal in all languages of a lesson.

    It is the same under every Python version. Source that is no Python (a ``%magic``) stands for itself.
    """
    words: list[str] = []
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            kind = tokenize.tok_name[token.type]
            if kind in ("FSTRING_START", "TSTRING_START"):
                depth += 1
                if depth == 1:
                    words.append("''")
            elif kind in ("FSTRING_END", "TSTRING_END"):
                depth -= 1
            elif depth or kind in ("COMMENT", "NL", "ENDMARKER"):
                continue
            elif kind == "ERRORTOKEN" and not token.string.isspace():
                return source
            elif kind == "STRING":
                words.append("''")
            elif kind in ("NEWLINE", "INDENT", "DEDENT"):
                words.append(kind)
            else:
                words.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        return source
    return " ".join(words)

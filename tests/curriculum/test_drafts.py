"""Nothing typed is lost, and nothing old is put in place of something new."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.curriculum.documents import LESSON, lessons_folder
from tflab.curriculum import kept_files
from tflab.curriculum.document import Document
from tflab.curriculum.drafts import Drafts, skeleton
from tflab.curriculum.kept_files import write_atomically
from tflab.curriculum.lesson import read_lesson
from tflab.curriculum.notebook import read_document
from tflab.curriculum.progress import Progress


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "loop.py"
    path.write_text("# %%\nx = 1\n# %%\ny = 2\n# %%\ny = 2\n")
    return path


def reopened(folder: Path, document: Document) -> dict[int, str]:
    """What another launch of the lab finds."""
    return Drafts(folder).load(document)


def test_what_was_typed_is_there_at_the_next_launch(tmp_path: Path, script: Path) -> None:
    document = read_document(script)
    drafts = Drafts(tmp_path / "state")
    assert drafts.load(document) == {}
    drafts.save(document, 0, "x = 'ganti'")
    drafts.save(document, 2, "third\n")
    drafts.close()
    assert reopened(tmp_path / "state", document) == {0: "x = 'ganti'", 2: "third\n"}
    assert drafts.trouble == ""


def test_the_starters_own_text_ends_the_draft(tmp_path: Path, script: Path) -> None:
    document = read_document(script)
    drafts = Drafts(tmp_path / "state")
    drafts.save(document, 0, "x = 5")
    drafts.save(document, 0, "x = 1")
    drafts.close()
    assert reopened(tmp_path / "state", document) == {}


def test_resets_forget_a_step_a_document_or_everything(tmp_path: Path, script: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("z = 0")
    document, second = read_document(script), read_document(other)
    drafts = Drafts(tmp_path / "state")
    for index in range(3):
        drafts.save(document, index, "typed")
    drafts.save(second, 0, "typed")
    drafts.reset(document, 1)
    drafts.close()
    assert reopened(tmp_path / "state", document) == {0: "typed", 2: "typed"}
    drafts.reset(document)
    drafts.close()
    assert reopened(tmp_path / "state", document) == {}
    assert reopened(tmp_path / "state", second) == {0: "typed"}


def test_a_changed_file_gets_no_stale_draft_and_the_draft_is_left_over(tmp_path: Path, script: Path) -> None:
    document = read_document(script)
    drafts = Drafts(tmp_path / "state")
    drafts.save(document, 0, "x = 5")
    drafts.save(document, 1, "y = 6")
    drafts.close()
    # GIVEN a file whose first cell was changed elsewhere, and that gained one in front
    script.write_text("# %%\nimport os\n# %%\nx = 100\n# %%\ny = 2\n# %%\ny = 2\n")
    changed = read_document(script)
    # THEN the draft of the unchanged cell followed it, and the other is kept but not shown
    assert reopened(tmp_path / "state", changed) == {2: "y = 6"}
    (left_over,) = drafts.left_over(changed)
    assert left_over.read_text() == "x = 5"


def test_a_lessons_draft_is_the_same_in_both_languages(tmp_path: Path) -> None:
    folder = lessons_folder(tmp_path, "03_dtypes")
    lessons_folder(tmp_path, "03_dtypes", language="id")
    translation = folder / "id" / "03_dtypes.md"
    translation.write_text(LESSON.format(number=3).replace("x = 1", "x = 1  # satu"))
    drafts = Drafts(tmp_path / "state")
    drafts.save(read_lesson(folder / "en" / "03_dtypes.md"), 0, "x = 2")
    drafts.close()
    assert reopened(tmp_path / "state", read_lesson(translation)) == {0: "x = 2"}


def test_files_of_one_name_in_two_folders_have_drafts_of_their_own(tmp_path: Path, script: Path) -> None:
    (tmp_path / "copy").mkdir()
    shutil.copy(script, tmp_path / "copy" / "loop.py")
    drafts = Drafts(tmp_path / "state")
    drafts.save(read_document(script), 0, "x = 5")
    drafts.close()
    assert reopened(tmp_path / "state", read_document(tmp_path / "copy" / "loop.py")) == {}


def test_two_labs_keep_each_others_steps(tmp_path: Path, script: Path) -> None:
    document = read_document(script)
    one, two = Drafts(tmp_path / "state"), Drafts(tmp_path / "state")
    one.load(document)
    two.load(document)
    one.save(document, 0, "of the first")
    two.save(document, 1, "of the second")
    one.close()
    two.close()
    assert reopened(tmp_path / "state", document) == {0: "of the first", 1: "of the second"}


def test_of_two_labs_in_one_step_the_other_text_is_kept_aside(tmp_path: Path, script: Path) -> None:
    document = read_document(script)
    one, two = Drafts(tmp_path / "state"), Drafts(tmp_path / "state")
    one.load(document)
    two.load(document)
    one.save(document, 0, "of the first")
    one.close()
    two.save(document, 0, "of the second")
    two.close()
    two.save(document, 0, "of the second, longer")
    two.close()
    assert reopened(tmp_path / "state", document) == {0: "of the second, longer"}
    assert [path.read_text() for path in two.folder(document).glob("*.other*")] == ["of the first"]


def test_a_damaged_draft_is_set_aside(tmp_path: Path, script: Path) -> None:
    document = read_document(script)
    drafts = Drafts(tmp_path / "state")
    drafts.save(document, 0, "x = 5")
    drafts.close()
    (path,) = drafts.folder(document).glob("*.py")
    path.write_bytes(b"\xff\xfe\xff")
    assert reopened(tmp_path / "state", document) == {}
    assert [found.name for found in drafts.folder(document).glob("*.py*")] == [f"{path.name}.damaged"]


@pytest.mark.parametrize("kind", ["a file in the way", "a full disk"])
def test_a_disk_that_refuses_is_said_and_not_fatal(
    tmp_path: Path, script: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    document = read_document(script)
    state = tmp_path / "state"
    if kind == "a file in the way":
        state.write_text("no folder")
    else:
        full = Path("/dev/full")

        def fsync(descriptor: int) -> None:
            full.write_bytes(b"x" * 4096)

        monkeypatch.setattr(os, "fsync", fsync)
    drafts = Drafts(state)
    assert drafts.load(document) == {}
    drafts.save(document, 0, "x = 5")
    drafts.close()
    assert drafts.trouble.startswith("drafts, progress and runs are not being kept: ")
    assert drafts.left_over(document) == []
    # and once the disk takes it again, so do we
    monkeypatch.undo()
    if state.is_file():
        state.unlink()
    drafts.save(document, 0, "x = 6")
    drafts.close()
    assert drafts.trouble == ""
    assert reopened(state, document) == {0: "x = 6"}


FULL_DISK = """
import json, os, resource, signal, sys
from pathlib import Path
from tflab.curriculum.drafts import Drafts
from tflab.curriculum.notebook import read_document
from tflab.curriculum.progress import Progress
from tflab.session.sandbox import namespaces
from tflab.session.sandbox.syscalls import mount

# A small disk of its own; where the system gives no right to one, a limit on files plays the part.
state = Path(sys.argv[1])
state.mkdir()
try:
    namespaces._enter()
    mount("tmpfs", str(state), "tmpfs", 0, "size=64k")
except OSError:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, resource.RLIM_INFINITY))
document = read_document(sys.argv[2])
drafts = Drafts(state)
drafts.save(document, 0, "x = 5")
drafts.close()
drafts.save(document, 0, "x = 6" + "#" * (100 << 10))
drafts.close()
told = [drafts.trouble]
# As it was, and nothing half written beside it.
kept = [path.read_text() for path in drafts.folder(document).glob("*.py")]
files = sorted(path.name for path in drafts.folder(document).iterdir())
drafts.save(document, 0, "x = 7")
drafts.close()
print(json.dumps([told, kept, files, drafts.trouble, Drafts(state).load(document)]))
"""


def test_a_full_disk_is_said_keeps_the_old_and_takes_the_next(tmp_path: Path, script: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "state"), str(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert result.returncode == 0, result.stderr
    (trouble,), kept, files, after, loaded = json.loads(result.stdout)

    assert "No space left on device" in trouble or "File too large" in trouble
    assert kept == ["x = 5"]
    assert [name for name in files if not name.endswith(".py")] == [".lock"]
    assert after == ""
    assert loaded == {"0": "x = 7"}


def test_what_could_not_be_written_is_written_later_without_another_key(
    tmp_path: Path, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_files, "RETRY", 0.05)
    document = read_document(script)
    (tmp_path / "state").write_text("in the way")
    drafts = Drafts(tmp_path / "state")
    drafts.save(document, 0, "x = 5")
    drafts.close()
    assert drafts.trouble

    (tmp_path / "state").unlink()

    deadline = time.monotonic() + 60
    while drafts.trouble and time.monotonic() < deadline:
        time.sleep(0.01)
    assert reopened(tmp_path / "state", document) == {0: "x = 5"}


LAB = """
import sys
from pathlib import Path
from tflab.curriculum.drafts import Drafts
from tflab.curriculum.notebook import read_document
from tflab.curriculum.progress import Progress
from tflab.curriculum.progress import Progress

state, name = Path(sys.argv[1]), sys.argv[3]
document = read_document(sys.argv[2])
drafts, progress = Drafts(state / "drafts"), Progress(state / "progress")
drafts.load(document)
print("ready", flush=True)
sys.stdin.readline()
for number in range(60):
    drafts.save(document, 0, f"{name} {number}")
    drafts.save(document, 1 if name == "one" else 2, f"{name} {number}")
    progress.step_ran("14_loops", number * 2 + (name == "one"))
    drafts.close()
    progress.close()
"""


def test_two_labs_at_once_lose_nothing_of_each_other(tmp_path: Path, script: Path) -> None:
    # GIVEN two labs, processes of their own, with one document open
    labs = [
        subprocess.Popen(
            [sys.executable, "-c", LAB, str(tmp_path), str(script), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            text=True,
        )
        for name in ("one", "two")
    ]
    for lab in labs:
        assert lab.stdout is not None
        assert lab.stdout.readline() == "ready\n"

    # WHEN both type into the same step and into one of their own, and run steps
    for lab in labs:
        assert lab.stdin is not None
        lab.stdin.write("\n")
        lab.stdin.flush()
    for lab in labs:
        lab.communicate(timeout=120)
        assert lab.returncode == 0

    # THEN the last text of each is there, in place or beside, and so are all steps
    document = read_document(script)
    loaded = reopened(tmp_path / "drafts", document)
    beside = [path.read_text() for path in Drafts(tmp_path / "drafts").folder(document).glob("*.other*")]
    assert {"one 59", "two 59"} <= {loaded[0], *beside}
    assert (loaded[1], loaded[2]) == ("one 59", "two 59")
    assert Progress(tmp_path / "progress").lesson("14_loops").ran == frozenset(range(120))


def test_what_killed_writers_left_is_cleared_away_in_time(tmp_path: Path, script: Path) -> None:
    document = read_document(script)
    drafts = Drafts(tmp_path)
    drafts.save(document, 0, "x = 5")
    drafts.close()
    old, fresh = (drafts.folder(document) / f".writing-{name}" for name in ("old", "fresh"))
    for path in (old, fresh):
        path.write_text("half")
    os.utime(old, (0, 0))

    assert reopened(tmp_path, document) == {0: "x = 5"}

    assert not old.exists()
    assert fresh.exists()


def test_a_killed_writer_leaves_the_old_content_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "kept.txt"
    write_atomically(path, b"old")
    program = (
        "import os, sys; from pathlib import Path; from tflab.curriculum import kept_files;"
        "os.fsync = lambda descriptor: os.kill(os.getpid(), 9);"
        "kept_files.write_atomically(Path(sys.argv[1]), b'new')"
    )
    result = subprocess.run([sys.executable, "-c", program, str(path)], timeout=60, check=False)
    assert result.returncode == -9
    assert path.read_bytes() == b"old"


def test_a_skeleton_ignores_comments_and_strings_and_nothing_else() -> None:
    one = 'def f(x):  # doubles\n    """Twice."""\n    print(f"is {x!r}", \'a\')\n    return 2 * x\n'
    two = 'def f(x):\n\n    """Dua kali."""\n    print(f"jadi {x!r}", "b")  # cetak\n    return 2 * x\n'
    assert skeleton(one) == skeleton(two)
    assert skeleton(one) != skeleton(two.replace("2 * x", "3 * x"))
    assert skeleton("if x:\n    a\n    b\n") != skeleton("if x:\n    a\nb\n")
    assert skeleton("%timeit x'") == "%timeit x'"

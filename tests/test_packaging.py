"""What is installed: the command, the package, and the lessons inside it, however it was installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*words: str | Path, cwd: Path, **variables: str) -> str:
    """The output of a command that must succeed."""
    result = subprocess.run(
        list(map(str, words)),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **variables},
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A wheel built from an sdist, and that sdist."""
    out = tmp_path_factory.mktemp("dist")
    # The build backend is a test dependency: nothing is fetched here.
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=ROOT)
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return wheel, sdist


def lesson_names() -> set[str]:
    return {path.name for path in (ROOT / "lessons" / "en").glob("*.md")}


def test_the_wheel_holds_the_package_alone_with_the_lessons_inside(archives: tuple[Path, Path]) -> None:
    names = zipfile.ZipFile(archives[0]).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"tflab"}
    assert lesson_names() <= {Path(name).name for name in names if name.startswith("tflab/_lessons/en/")}
    assert any(name.endswith("tflab/ui/app.tcss") for name in names)
    assert any(name.endswith("tflab/py.typed") for name in names)
    assert any(name.startswith("tflab/_lessons/data/") and name.endswith(".npz") for name in names)


def test_the_sdist_can_be_tested(archives: tuple[Path, Path]) -> None:
    with tarfile.open(archives[1]) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}
    assert {"pyproject.toml", "README.md", "LICENSE", "tests/conftest.py", "lessons/en/14_training_loops.md"} <= names


def test_lessons_are_found_from_an_installed_wheel_in_another_folder(
    archives: tuple[Path, Path], tmp_path: Path
) -> None:
    target = tmp_path / "site"
    run(
        sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", target, archives[0], cwd=tmp_path
    )
    listed = run(
        sys.executable,
        "-m",
        "tflab",
        "lessons",
        cwd=tmp_path,
        PYTHONPATH=str(target),
        HOME=str(tmp_path),
        TFLAB_LANG="en",
    )
    assert "training_loops" in listed
    where = run(sys.executable, "-c", "import tflab; print(tflab.__file__)", cwd=tmp_path, PYTHONPATH=str(target))
    assert Path(where.strip()).is_relative_to(target)


def test_lessons_are_found_from_a_checkout_in_another_folder(tmp_path: Path) -> None:
    listed = run(
        sys.executable,
        "-m",
        "tflab",
        "lessons",
        cwd=tmp_path,
        PYTHONPATH=str(ROOT),
        HOME=str(tmp_path),
        TFLAB_LANG="en",
    )
    assert "training_loops" in listed

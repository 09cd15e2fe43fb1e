"""``__main__`` in a session: as under ``python FILE`` for scripts, as in a notebook for cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sessions import LiveSession, WarmServer


def test_classes_of_cells_can_be_pickled_and_read(shared_session: LiveSession) -> None:
    shared_session.check("class Pair:\n    first = 1\n    def total(self):\n        return self.first\n")
    run = shared_session.check("import pickle\npickle.loads(pickle.dumps(Pair())).total()")
    assert run.results == ["1"]
    run = shared_session.check(
        "import inspect\nprint(inspect.getsource(Pair.total), inspect.getsource(Pair), sep='', end='')"
    )
    assert run.text() == (
        "    def total(self):\n        return self.first\n"
        "class Pair:\n    first = 1\n    def total(self):\n        return self.first\n"
    )


def test_functions_of_cells_have_sources_and_autograph_finds_them(shared_session: LiveSession) -> None:
    run = shared_session.check(
        """
import inspect
import tensorflow as tf
@tf.function
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps
print(inspect.getsource(collatz.python_function).splitlines()[1])
int(collatz(tf.constant(27)))
"""
    )
    assert run.text() == "def collatz(n):\n"
    assert run.results == ["111"]


def test_a_cell_that_runs_again_has_its_new_source(shared_session: LiveSession) -> None:
    for value in (1, 2):
        run = shared_session.check(
            f"import inspect\ndef again():\n    return {value}\nprint(inspect.getsource(again))", cell=900
        )
        assert f"return {value}" in run.text()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A program with a module beside it that would shadow one of Python's."""
    (tmp_path / "beside.py").write_text("value = 'from beside'\n")
    path = tmp_path / "program.py"
    path.write_text("import sys\n\n\nclass Kept:\n    pass\n\n\ndef fail():\n    raise ValueError('here')\n")
    return path


def test_a_script_finds_itself_as_under_python(warm_server: WarmServer, script: Path) -> None:
    # GIVEN a session for a script with arguments
    with warm_server.session(
        read=[script.parent],
        arguments=(str(script), "--steps", "3"),
        script=str(script),
        import_path=str(script.parent),
    ) as session:
        # WHEN its one cell is the whole file
        session.check(script.read_text(), filename=str(script))

        # THEN
        run = session.check(
            "import beside, pickle, inspect\n"
            "print(__name__, __file__, sys.argv, sys.path[0], beside.value)\n"
            "print(inspect.getsource(Kept))\n"
            "print(type(pickle.loads(pickle.dumps(Kept()))).__module__, sys.modules['__main__'].Kept is Kept)"
        )
        assert run.text() == (
            f"__main__ {script} ['{script}', '--steps', '3'] {script.parent} from beside\n"
            "class Kept:\n    pass\n\n__main__ True\n"
        )


def test_lines_of_a_script_count_in_the_file(warm_server: WarmServer, script: Path) -> None:
    with warm_server.session(read=[script.parent], script=str(script)) as session:
        session.check(script.read_text(), filename=str(script))
        run = session.run("1\n\nfail()", filename=str(script), first_line=20)

        error = run.finished.error
        assert error is not None
        assert error.line == 9
        assert f'File "{script}", line 22, in <module>' in error.traceback
        assert f'File "{script}", line 9, in fail\n    raise ValueError' in error.traceback

        error = session.run("x = 1\ny = (", filename=str(script), first_line=30).finished.error
        assert error is not None
        assert error.line == 31


def test_without_arguments_a_session_has_an_empty_name(shared_session: LiveSession) -> None:
    assert shared_session.check("import sys\nsys.argv").results == ["['']"]


def test_two_sessions_share_nothing(warm_server: WarmServer) -> None:
    with warm_server.session() as one, warm_server.session() as two:
        one.check("mine = 1")
        assert two.run("mine").finished.status == "error"


def test_random_numbers_differ_between_sessions(warm_server: WarmServer) -> None:
    drawn = []
    for _ in range(2):
        with warm_server.session() as session:
            run = session.check(
                "import random\nimport numpy as np\nimport tensorflow as tf\n"
                "print(np.random.rand(), random.random(), float(tf.random.uniform(())))"
            )
            drawn.append(run.text().split())
    assert not set(drawn[0]) & set(drawn[1])


def test_the_learner_can_still_configure_tensorflow(warm_server: WarmServer) -> None:
    with warm_server.session() as session:
        run = session.check(
            "import tensorflow as tf\ncpu = tf.config.list_physical_devices('CPU')\n"
            "tf.config.set_logical_device_configuration(cpu[0], [tf.config.LogicalDeviceConfiguration()] * 3)\n"
            "tf.config.threading.set_intra_op_parallelism_threads(1)\nlen(tf.config.list_logical_devices('CPU'))"
        )
    assert run.results == ["3"]


def test_logical_devices_are_there_from_the_start(warm_server: WarmServer) -> None:
    with warm_server.session(logical_devices=(("cpu", 2),)) as session:
        run = session.check("import tensorflow as tf\n[d.name for d in tf.config.list_logical_devices()]")
    assert run.results == ["['/device:CPU:0', '/device:CPU:1']"]

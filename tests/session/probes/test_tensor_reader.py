"""A closer look at one tensor: elements, planes condensed, exact statistics; while a cell runs, and nothing used up."""

from __future__ import annotations

import math

import pytest

from tests.sessions import LiveSession, Run, WarmServer
from tflab.protocol.requests import MeasureTensorRequest, ReadTensorRequest
from tflab.protocol.tensor_looks import Element, TensorMeasured, TensorRead

N = None

PROGRAM = """
import numpy as np
import tensorflow as tf
import keras

cube = tf.reshape(tf.range(60.0), [3, 4, 5])
turned = np.arange(12).reshape(3, 4).T
variable = tf.Variable(np.eye(3, dtype="float32"))
vector, scalar, half = tf.range(7), tf.constant(3.5), tf.cast(tf.range(3), tf.bfloat16)
words = tf.constant([["a", "b"], ["c", "d"]])
waves = tf.constant([1 + 2j])
ragged = tf.ragged.constant([[1.0, 2.0], [3.0], [], [4.0, 5.0, 6.0]])
nested = tf.ragged.constant([[[1, 2], [3]], [[4]]])
sparse = tf.sparse.SparseTensor([[0, 0], [2, 1]], [5.0, 7.0], [3, 4])
slices = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 4]), tf.constant([10, 3]))
images = tf.random.uniform([2, 28, 20, 3])
params = {"w": tf.constant([1.0, 2.0])}
spoilt = np.zeros([1000, 1000]); spoilt[17, 3] = np.nan; spoilt[500:, 500:] = 2.0; spoilt[999, 0] = -np.inf
objects = np.array([object(), None], dtype=object)
strategy = tf.distribute.MirroredStrategy(["CPU:0"])
replicas = strategy.run(lambda: tf.constant([1.0, 2.0]))

class Box:
    def __init__(self):
        self.w = tf.Variable([1.0, 2.0])

box = Box()
dataset = tf.data.Dataset.range(10).map(lambda i: (i, {"a": [i, i]})).batch(2)
iterator = iter(tf.data.Dataset.range(3))
table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]), -1)
queue = tf.queue.FIFOQueue(10, [tf.float32], [[2]]); queue.enqueue([[1.0, 2.0]])
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="head")])
array = tf.TensorArray(tf.float32, 3)
array = array.write(1, [1.0, 2.0])
"""


@pytest.fixture(scope="module")
def ran(shared_session: LiveSession) -> LiveSession:
    shared_session.check(PROGRAM, cell=0)
    return shared_session


def read(live: LiveSession, name: str, **asked: object) -> TensorRead:
    """The answer to one question."""
    live.client.send(ReadTensorRequest(request_id=7, name=name, **asked))  # type: ignore[arg-type]
    *_, answer = live.wait_for(lambda event: isinstance(event, TensorRead))
    assert isinstance(answer, TensorRead)
    assert (answer.request_id, answer.name) == (7, name)
    return answer


def measure(live: LiveSession, name: str) -> TensorMeasured:
    """As above."""
    live.client.send(MeasureTensorRequest(request_id=8, name=name))
    *_, answer = live.wait_for(lambda event: isinstance(event, TensorMeasured))
    assert isinstance(answer, TensorMeasured)
    assert answer.request_id == 8
    return answer


@pytest.mark.parametrize(
    ("name", "asked", "lengths", "axes", "elements"),
    [
        ("cube", {"rows": 2, "columns": 2}, (3, 4, 5), (1, 2), ((0.0, 1.0), (5.0, 6.0))),
        ("cube", {"at": (2, 3, 3), "rows": 9, "columns": 9}, (3, 4, 5), (1, 2), ((58.0, 59.0),)),
        ("cube", {"at": (9, 1, 9), "axes": (1, 0), "columns": 2}, (3, 4, 5), (1, 0), ((49.0,), (54.0,), (59.0,))),
        ("cube", {"axes": (5, 5), "rows": 1, "columns": 1}, (3, 4, 5), (1, 2), ((0.0,),)),
        ("turned", {"rows": 2, "columns": 3}, (4, 3), (0, 1), ((0, 4, 8), (1, 5, 9))),
        ("variable", {"rows": 2}, (3, 3), (0, 1), ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))),
        ("vector", {"at": (1,), "rows": 2, "columns": 4}, (7,), (0,), ((1, 2, 3, 4), (5, 6))),
        ("scalar", {}, (), (), ((3.5,),)),
        ("half", {}, (3,), (0,), ((0.0, 1.0, 2.0),)),
        ("words", {}, (2, 2), (0, 1), (("a", "b"), ("c", "d"))),
        ("waves", {}, (1,), (0,), (("1+2j",),)),
        ("ragged", {}, (4, 3), (0, 1), ((1.0, 2.0, N), (3.0, N, N), (N, N, N), (4.0, 5.0, 6.0))),
        ("nested", {}, (2, 2, 2), (1, 2), ((1, 2), (3, N))),
        ("nested", {"at": (1,)}, (2, 1, 1), (1, 2), ((4,),)),
        ("sparse", {}, (3, 4), (0, 1), ((5.0, N, N, N), (N, N, N, N), (N, 7.0, N, N))),
        ("params['w']", {}, (2,), (0,), ((1.0, 2.0),)),
        ("array[1]", {}, (2,), (0,), ((1.0, 2.0),)),
        ("replicas", {}, (2,), (0,), ((1.0, 2.0),)),
        ("box.w", {}, (2,), (0,), ((1.0, 2.0),)),
        ("objects", {}, (2,), (0,), (("object", "NoneType"),)),
    ],
)
def test_elements_around_a_place(
    ran: LiveSession,
    name: str,
    asked: dict[str, object],
    lengths: tuple[int, ...],
    axes: tuple[int, ...],
    elements: tuple[tuple[Element, ...], ...],
) -> None:
    answer = read(ran, name, **asked)
    assert (answer.problem, answer.lengths, answer.axes) == ("", lengths, axes)
    assert answer.elements == elements
    assert answer.record is not None
    assert answer.record.name == name


def test_the_rows_of_slices_are_those_that_were_looked_up(ran: LiveSession) -> None:
    answer = read(ran, "slices", at=(1,))
    assert (answer.labels, answer.elements) == ((4,), ((1.0, 1.0, 1.0),))


def test_images_are_shown_by_height_and_width(ran: LiveSession) -> None:
    answer = read(ran, "images", at=(1, 0, 0, 2))
    assert (answer.axes, answer.at) == ((1, 2), (1, 0, 0, 2))


def test_an_overview_is_made_of_means_and_shows_what_is_not_finite(ran: LiveSession) -> None:
    small = read(ran, "cube", overview=True, rows=2, columns=5)
    assert (small.step, small.sampled) == ((2.0, 1.0), False)
    assert small.elements == ((2.5, 3.5, 4.5, 5.5, 6.5), (12.5, 13.5, 14.5, 15.5, 16.5))
    large = read(ran, "spoilt", overview=True, rows=2, columns=2)
    assert (large.step, large.sampled) == ((500.0, 500.0), True)
    assert large.elements[1][1] == 2.0
    # Not sampled, every element counts.
    whole = read(ran, "spoilt", overview=True, rows=400, columns=400)
    assert read(ran, "vector", overview=True, rows=2, columns=2).elements == ((0.0, 1.5), (3.5, 5.5))
    assert (len(whole.elements), len(whole.elements[0])) == (400, 400)


def test_overviews_of_what_fills_no_block(ran: LiveSession) -> None:
    assert read(ran, "sparse", overview=True, rows=1, columns=2).elements == ((6.0, N),)
    ragged = read(ran, "ragged", overview=True, rows=2, columns=3)
    assert (ragged.elements, ragged.sampled) == (((1.0, 2.0, N), (N, N, N)), True)
    assert read(ran, "words", overview=True).elements == (("a", "b"), ("c", "d"))


@pytest.mark.parametrize(
    ("name", "details"),
    [
        ("dataset", ("[0] int64 [None]", "[1]['a'] int64 [None, 2]", "", "Batch", "Map", "Range")),
        ("iterator", ("int64 []",)),
        ("queue", ("float32 [2]",)),
        ("table", ("'a' → 1", "'b' → 2")),
        ("model", ("input_layer  InputLayer  0 parameters", "head  Dense  10 parameters")),
    ],
)
def test_what_has_no_elements_is_described(ran: LiveSession, name: str, details: tuple[str, ...]) -> None:
    answer = read(ran, name)
    assert (answer.problem, answer.elements) == ("", ())
    assert sorted(answer.details) == sorted(details) if name == "table" else answer.details == details


def test_nothing_is_used_up_and_no_warning_silenced(ran: LiveSession) -> None:
    for name in ("iterator", "queue", "dataset", "array"):
        read(ran, name)
    again = ran.check(
        "print([int(i) for i in iterator], int(queue.size()), array._tf_should_use_helper._sated)", cell=1
    )
    assert again.text() == "[0, 1, 2] 1 False\n"


def test_exact_statistics_are_those_of_every_element(ran: LiveSession) -> None:
    answer = measure(ran, "spoilt")
    record = answer.record
    assert record is not None
    assert (record.examined, record.sampled, record.nan, record.inf, record.negative_inf) == (10**6, False, 1, 1, 1)
    assert (record.min, record.max, record.zeros) == (0.0, 2.0, 749_998)
    mean = 500_000 / 999_998
    assert record.mean == pytest.approx(mean)
    assert record.std == pytest.approx(math.sqrt(2 * mean - mean**2))
    assert record.histogram == (749_998, *[0] * 18, 250_000)
    for name, largest in (("ragged", 6.0), ("sparse", 7.0), ("half", 2.0), ("turned", 11.0), ("waves", math.sqrt(5))):
        measured = measure(ran, name).record
        assert measured is not None
        assert measured.max == pytest.approx(largest)


def test_what_is_gone_or_cannot_be_measured_says_so(ran: LiveSession) -> None:
    assert "nowhere" in read(ran, "nowhere").problem
    assert "nowhere" in measure(ran, "nowhere").problem
    assert measure(ran, "words").problem
    assert measure(ran, "dataset").problem


def test_questions_are_answered_while_a_cell_runs(session: LiveSession) -> None:
    session.check("import time\nimport numpy as np\nwatched = np.arange(6.0).reshape(2, 3)")
    session.start("watched[1, 1] = 9.0\nprint('begun', flush=True)\ntime.sleep(600)")
    session.wait_for(lambda event: "begun" in getattr(event, "text", ""))
    assert read(session, "watched").elements == ((0.0, 1.0, 2.0), (3.0, 9.0, 5.0))
    assert measure(session, "watched").record is not None
    session.interrupt()
    assert isinstance(session.finish(), Run)


def test_a_session_without_probes_refuses(warm_server: WarmServer) -> None:
    with warm_server.session(probes=False) as plain:
        plain.check("import numpy as np\nx = np.ones(3)")
        assert read(plain, "x").problem
        assert measure(plain, "x").problem

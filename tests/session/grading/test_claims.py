"""What claims hold, and what they say where they do not. Each group of claims is judged in one real session."""

from __future__ import annotations

import pytest

from tests.grading import GradingLab

DOUBLE = "def double(x):\n    return 2 * x\n"

VALUES = [
    # (claim, held, observed)
    ("check.equal(double(tf.constant(1.5)), 3.0, 'c')", True, "saw 3"),
    ("check.equal(double(tf.constant(1.5)), 4.0, 'c')", False, "expected 4, saw 3"),
    ("check.equal(tf.constant(1.0), 1.0 + 5e-6, 'c')", True, "saw 1"),
    ("check.equal(tf.constant(1.0), 1.0 + 2e-5, 'c')", False, "expected 1.00002, saw 1"),
    ("check.equal(tf.constant(1.0), 1.0001, 'c', tolerance=1e-2)", True, "saw 1"),
    ("check.equal(tf.constant(1e6), 1e6 + 1.0, 'c')", True, "saw 1e+06"),
    ("check.equal(tf.constant([1, 2]), [1, 2], 'c')", True, "saw [1, 2]"),
    ("check.equal(tf.constant(16777217), 16777216, 'c')", False, "expected 16777216, saw 16777217"),
    ("check.equal(tf.ones([8, 1]), tf.ones([8]), 'c')", False, "expected the shape (8,), saw (8, 1)"),
    (
        "check.equal(tf.constant(2), tf.constant(2.0), 'c')",
        False,
        "the numbers agree, but their type is int32 instead of float32",
    ),
    ("check.equal(np.float64(2.0), tf.constant(2.0), 'c')", True, "saw 2"),
    (
        "check.equal(tf.range(20.0), tf.range(20.0) * 2, 'c')",
        False,
        "19 of 20 numbers differ: at [1] expected 2, saw 1",
    ),
    ("check.equal(tf.zeros([2, 8]), np.eye(2, 8), 'c')", False, "2 of 16 numbers differ: at [0, 0] expected 1, saw 0"),
    ("check.equal(tf.constant([1.0, float('nan')]), [1.0, float('nan')], 'c')", True, "saw [1, nan]"),
    ("check.equal(tf.constant([1.0, float('nan')]), [1.0, 2.0], 'c')", False, "expected [1, 2], saw [1, nan]"),
    ("check.equal(tf.constant(float('inf')), float('inf'), 'c')", True, "saw inf"),
    ("check.equal(None, 1.0, 'c')", False, "expected 1, saw None: does the function end with `return`?"),
    ("check.equal(print, 1.0, 'c')", False, "expected 1, saw a builtin_function_or_method object"),
    ("check.equal(tf.Variable([1.0, 2.0]), [1.0, 2.0], 'c')", True, "saw [1, 2]"),
    ("check.equal(tf.keras.Variable([1.0]), [1.0], 'c')", True, "saw [1]"),
    ("check.equal(tf.constant('tea'), 'tea', 'c')", True, "saw 'tea'"),
    ("check.equal(tf.constant(['tea', 'té']), ['tea', 'té'], 'c')", True, "saw ['tea', 'té']"),
    ("check.equal('tea', 'milk', 'c')", False, "expected 'milk', saw 'tea'"),
    ("check.equal('tea', 1.0, 'c')", False, "expected 1, saw 'tea'"),
    ("check.equal(True, True, 'c')", True, "saw True"),
    ("check.equal(tf.ragged.constant([[1], [2, 3]]), [[1], [2, 3]], 'c')", True, "saw [[1], [2, 3]]"),
    ("check.equal(tf.sparse.from_dense([[0, 5]]), [[0, 5]], 'c')", True, "saw [[0, 5]]"),
    (
        "check.equal([tf.constant(1.0), tf.ones([2])], [1.0, [1.0, 3.0]], 'c')",
        False,
        "in [1]: expected [1, 3], saw [1, 1]",
    ),
    ("check.equal((1, 2), (1, 2, 3), 'c')", False, "expected the shape (3,), saw (2,)"),
    ("check.equal([tf.ones([1])], [tf.ones([1]), tf.ones([2])], 'c')", False, "expected 2 items, saw 1"),
    ("check.equal({'a': tf.constant(1.0)}, {'a': 1.0}, 'c')", True, "saw {'a': 1}"),
    ("check.equal({'a': 1.0}, {'b': 1.0}, 'c')", False, "expected the keys 'b', saw 'a'"),
    ("check.equal({'a': 1.0}, {'a': 2.0}, 'c')", False, "in ['a']: expected 2, saw 1"),
    ("check.equal(tf.constant(1.0, tf.bfloat16), 1.0, 'c')", True, "saw 1"),
    ("check.equal(tf.complex(1.0, 2.0), 1 + 2j, 'c')", True, "saw (1+2j)"),
    ("check.shape(tf.ones([2, 3]), (2, 3))", True, "saw (2, 3)"),
    ("check.shape(tf.ones([2, 3]), (None, 3))", True, "saw (2, 3)"),
    ("check.shape(tf.ones([2, 3]), (3, 2))", False, "expected the shape (3, 2), saw (2, 3)"),
    ("check.shape(1.0, ())", True, "saw ()"),
    ("check.shape('tea', ())", False, "a str object, which has no shape"),
    ("check.dtype(tf.ones([1]), tf.float32)", True, "saw float32"),
    ("check.dtype(tf.ones([1]), 'int64')", False, "expected int64, saw float32"),
    ("check.dtype(tf.keras.Variable([1.0]), tf.float32)", True, "saw float32"),
    ("check.dtype([1.0], tf.float32)", False, "a list object, which has no type of numbers"),
    (
        "check.raises(lambda: tf.ones([2]) + tf.ones([3]), 'InvalidArgumentError', 'c')",
        True,
        "raised InvalidArgumentError",
    ),
    ("check.raises(lambda: {}['a'], LookupError, 'c')", True, "raised KeyError: 'a'"),
    ("check.raises(lambda: {}['a'], ValueError, 'c')", False, "raised KeyError: 'a'"),
    ("check.raises(lambda: None, ValueError, 'c')", False, "it raised nothing"),
    ("check.that(double(2) == 4, 'c', 'so it is')", True, "so it is"),
    ("check.that(tf.constant(False), 'c')", False, ""),
    ("check.that([], 'c')", False, ""),
    ("check.that(tf.ones([2]), 'c')", False, "it could not be compared: "),
]


def test_claims_about_values(lab: GradingLab) -> None:
    evidence = lab.evidence(DOUBLE, "\n".join(claim for claim, _, _ in VALUES))
    assert len(evidence) == len(VALUES)
    for (claim, held, observed), found in zip(VALUES, evidence, strict=True):
        assert found.held == held, (claim, found)
        assert found.observed.startswith(observed), (claim, found)


def test_claims_name_themselves_where_the_check_does_not(lab: GradingLab) -> None:
    check = "check.shape(double(1), ())\ncheck.dtype(tf.constant(1), tf.int32)\ncheck.shape(tf.ones([2, 1]), (None, 1))"
    evidence = lab.evidence(DOUBLE, check)
    assert [found.claim for found in evidence] == ["the shape is ()", "the type is int32", "the shape is (None, 1)"]


def test_a_mistake_that_was_not_made_leaves_no_evidence(lab: GradingLab) -> None:
    check = (
        "check.mistake(double(2) == 5, 'five')\n"
        "made = check.mistake(double(2) == 4, 'four is what everybody says')\n"
        "check.mistake(tf.ones([2]), 'odd')\n"
        "check.that(made, 'the author is told')"
    )
    evidence = lab.evidence(DOUBLE, check)
    assert [(found.held, found.observed) for found in evidence] == [(False, "four is what everybody says"), (True, "")]


STEP = """
@tf.function
def step(x, n):
    return x * n

for n in range(6):
    step(tf.constant(1.0), {n})
"""


def test_traces_are_counted_and_the_reason_is_told(lab: GradingLab) -> None:
    check = "check.traces(step, 1)\ncheck.traces(step, 2, 'two')\ncheck.traces(plain, 1)\ncheck.traces(idle, 1)"
    others = "def plain(x):\n    return x\n\nidle = tf.function(plain)\n"
    numbers = lab.evidence(STEP.format(n="n") + others, check)
    assert [found.claim for found in numbers] == [
        "`step` is traced exactly once",
        "two",
        "`plain` is traced exactly once",
        "`plain` is traced exactly once",
    ]
    assert [found.observed for found in numbers] == [
        "expected 1 trace, saw 6: the argument `n` is a Python number",
        "expected 2 traces, saw 6: the argument `n` is a Python number",
        "`plain` is a plain Python function: it has no `@tf.function`",
        "`plain` was never called",
    ]
    tensors = lab.evidence(STEP.format(n="tf.constant(float(n))"), "check.traces(step, 1)")
    assert [(found.held, found.observed) for found in tensors] == [(True, "saw 1")]


def test_traces_made_by_the_check_count_too(lab: GradingLab) -> None:
    answer = "@tf.function\ndef f(x):\n    return tf.reduce_sum(x)\n"
    check = "for n in (1, 2, 3):\n    f(tf.ones([n]))\ncheck.traces(f, 1)"
    (found,) = lab.evidence(answer, check)
    assert not found.held
    assert found.observed.startswith("expected 1 trace, saw 3: argument `x`: shape")


TRAIN = """
w = tf.Variable([3.0, -2.0], name="w")
b = tf.Variable(1.0, name="b")
optimizer = tf.keras.optimizers.SGD({rate})
for _ in range(20):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(w))
    gradients = tape.gradient(loss, [w{b}])
    optimizer.apply_gradients([(gradients[0], w)])
"""


def test_losses_and_gradients_of_the_cell(lab: GradingLab) -> None:
    check = (
        "check.losses_fall()\ncheck.losses_fall(below=1e-3)\ncheck.losses_fall(steps=20)\ncheck.losses_fall(steps=21)\n"
        "check.gradients()\ncheck.gradients(count=2)\ncheck.gradient_calls(20)\ncheck.gradient_calls(21)\n"
        "check.metric('nothing', below=1.0)\ncheck.no_problem('tape-reused')"
    )
    evidence = lab.evidence(TRAIN.format(rate=0.1, b=""), check)
    assert [found.held for found in evidence] == [True, False, True, False, True, False, True, False, False, True]
    assert [found.claim for found in evidence[-3:]] == [
        "at least 21 gradient calls",
        "`nothing` ends below 1",
        "the run shows no problem `tape-reused`",
    ]
    assert evidence[0].observed.startswith("the loss went from ")
    assert evidence[3].observed == "expected at least 21 steps, saw 20"
    assert evidence[5].observed == "expected 2 gradients, saw 1"
    assert evidence[7].observed == "saw 20 gradient calls"


def test_a_missing_gradient_is_named_with_its_cause(lab: GradingLab) -> None:
    (found,) = lab.evidence(TRAIN.format(rate=0.1, b=", b"), "check.gradients()")
    assert (found.held, found.observed) == (False, "the gradient of `b` is None (the loss does not depend on it)")


def test_losses_that_rise_or_are_no_numbers_do_not_pass(lab: GradingLab) -> None:
    (rising,) = lab.evidence(TRAIN.format(rate=1.5, b=""), "check.losses_fall()")
    assert not rising.held
    assert rising.observed.startswith("the loss went from ")
    (broken,) = lab.evidence(TRAIN.format(rate="float('nan')", b=""), "check.losses_fall()")
    assert broken.observed == "the loss of step 1 is nan"


@pytest.mark.parametrize("claim", ["losses_fall()", "gradients()", "gradient_calls()"])
def test_training_in_an_earlier_cell_is_no_evidence(lab: GradingLab, claim: str) -> None:
    from tests.grading import IMPORTS

    (found,) = lab.evidence("pass", f"check.{claim}", replay=(IMPORTS, TRAIN.format(rate=0.1, b="")))
    assert not found.held


def test_gradients_that_the_check_itself_takes_are_seen(lab: GradingLab) -> None:
    answer = "def loss(x):\n    return tf.reduce_sum(tf.stop_gradient(x))\n"
    check = (
        "x = tf.Variable([1.0])\nwith tf.GradientTape() as tape:\n    y = loss(x)\n"
        "tape.gradient(y, x)\ncheck.gradients()"
    )
    (found,) = lab.evidence(answer, check)
    assert not found.held
    assert "None" in found.observed


def test_the_last_value_of_a_metric(lab: GradingLab) -> None:
    answer = "from tflab import lab\nfor step in range(5):\n    lab.log(step, accuracy=step / 4)\n"
    check = "check.metric('accuracy', above=0.9)\ncheck.metric('accuracy', above=0.9, below=0.95)"
    above, between = lab.evidence(answer, check)
    assert (above.held, above.observed, above.claim) == (True, "saw 1", "`accuracy` ends above 0.9")
    assert (between.held, between.claim) == (False, "`accuracy` ends between 0.9 and 0.95")


def test_checks_are_repeatable(lab: GradingLab) -> None:
    answer = "x = tf.random.normal([3])\ny = np.random.rand(3)\n"
    check = (
        "check.that(True, 'c', str(x.numpy()) + str(y) + str(tf.random.normal([3]).numpy()) + str(np.random.rand(3)))"
    )
    assert lab.evidence(answer, check) == lab.evidence(answer, check)


def test_observations_are_one_printable_line(lab: GradingLab) -> None:
    (found,) = lab.evidence("text = 'a\\n\\x1b]52;c;eA==\\x07b' + 'x' * 999", "check.that(False, text, text)")
    assert found.observed.startswith("a ]52;c;eA== bxxx")
    assert found.claim.isprintable()
    assert len(found.observed) == 300


def test_check_outside_a_check_prints_what_held(lab: GradingLab) -> None:
    source = (
        "import io, contextlib\nfrom tflab.lab import check as own\nout = io.StringIO()\n"
        "with contextlib.redirect_stdout(out):\n    own.equal(2.0, 2.0, 'two')\n    own.equal(2.0, 3.0, 'three')\n"
    )
    (found,) = lab.evidence(source, "check.equal(out.getvalue(), '✓ two\\n✗ three: expected 3, saw 2\\n', 'printed')")
    assert found.held, found

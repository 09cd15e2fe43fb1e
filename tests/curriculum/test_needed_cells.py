"""Which cells a check replays."""

from __future__ import annotations

import pytest

from tflab.curriculum.needed_cells import needed_cells

IMPORTS = "import numpy as np\nimport tensorflow as tf\nfrom tflab import lab"
DATA = "x = tf.constant([[1.0], [2.0]])\ntrain = tf.data.Dataset.from_tensor_slices(x).batch(1)"
MAKE = "def make_model():\n    return tf.keras.Sequential([tf.keras.layers.Dense(units)])\nunits = 1"
MODEL = "model = make_model()\noptimizer = tf.keras.optimizers.SGD(0.1)"
STEP = (
    "@tf.function\ndef step(batch):\n    with tf.GradientTape() as tape:\n        loss = tf.reduce_mean(model(batch))\n"
    "    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)\n    return loss"
)
LOOP = "for batch in train:\n    loss = step(batch)\nprint(loss)"

LESSON = [IMPORTS, DATA, MAKE, MODEL, STEP, LOOP]


@pytest.mark.parametrize(
    ("cells", "target", "needed"),
    [
        # What binds the names, and what those need.
        ([IMPORTS, "a = 1", "b = a + 1", "c = 5"], "print(b)", [1, 2]),
        ([IMPORTS, "a = 1", "a = 2"], "print(a)", [2]),
        ([IMPORTS, "a = 1", "a = a + 1"], "print(a)", [1, 2]),
        (["a = 1", "if True:\n    a = 2"], "print(a)", [0, 1]),
        (["a = 1", "for a in (1, 2):\n    pass"], "print(a)", [1]),
        (["a, (b, *c) = 1, (2, 3)", "d = 1"], "print(c)", [0]),
        (["import math", "r = math.pi"], "def f():\n    return r", [0, 1]),
        ([IMPORTS, "print('shown only')"], "tf.constant(1)", [0]),
        # Names that a function reads when it is called.
        (["def f():\n    return k", "k = 1"], "f()", [0, 1]),
        (["def f():\n    k = 1\n    return k", "k = 1"], "f()", [0]),
        (["def g():\n    return k", "def f():\n    return g()", "k = 1", "other = 2"], "f()", [0, 1, 2]),
        (["class A:\n    def f(self):\n        return k", "k = 1", "a = A()"], "a.f()", [0, 1, 2]),
        (["f = lambda: k", "k = 1"], "f()", [0, 1]),
        (["class B:\n    pass", "class A(B):\n    pass"], "A()", [0, 1]),
        (["class M(type):\n    pass", "class B:\n    pass", "class A(metaclass=M):\n    pass"], "A()", [0, 2]),
        (["k = 1", "def f():\n    return k\na = f()"], "print(a)", [0, 1]),
        (["n = 0\ndef count():\n    global n\n    n += 1", "count()"], "print(n)", [0, 1]),
        # Objects that a cell changes.
        (["a = []", "a.append(1)"], "print(a)", [0, 1]),
        (["a = []", "b = a", "b.append(1)"], "print(a)", [0, 1, 2]),
        (["a = []\ndef f():\n    a.append(1)", "f()"], "print(a)", [0, 1]),
        ([IMPORTS, "a = np.zeros([3])", "a[0] = 1"], "print(a)", [0, 1, 2]),
        ([IMPORTS, "v = tf.Variable(1.0)", "v.assign_add(1.0)"], "print(v)", [0, 1, 2]),
        ([IMPORTS, "v = tf.Variable(1.0)", "w = tf.Variable(2.0)\nw.assign(v)"], "print(v)", [0, 1, 2]),
        # Objects that it does not.
        (["def f():\n    return [1]", "f().append(2)"], "f()", [0]),
        (
            [
                "class A(B):\n    def f(self):\n        super().f()",
                "class C(B):\n    def f(self):\n        super().f()",
            ],
            "A()",
            [0],
        ),
        ([IMPORTS, "tf.print('shown only')"], "tf.constant(1)", [0]),
        # Values that nothing can change.
        ([IMPORTS, "a = tf.constant(1.0)", "b = tf.Variable(a)\nb.assign_add(a)"], "print(a)", [0, 1]),
        ([IMPORTS, DATA, "for batch in train:\n    print(batch)"], "next(iter(train))", [0, 1]),
        (
            [IMPORTS, "loss_fn = tf.keras.losses.MeanSquaredError()", "print(loss_fn(1.0, 2.0))"],
            "loss_fn(1, 2)",
            [0, 1],
        ),
        # A lesson about training.
        (LESSON, "print(model(x))", [0, 1, 2, 3, 4, 5]),
        (LESSON, "model = make_model()\nprint(model(x))", [0, 1, 2]),
        (LESSON, f"{MODEL}\n{STEP}\n{LOOP}", [0, 1, 2]),
        (LESSON, "for batch in train:\n    print(batch)", [0, 1]),
        # What every later cell may feel.
        ([IMPORTS, "tf.random.set_seed(1)"], "tf.random.normal([1])", [0, 1]),
        ([IMPORTS, "tf.config.run_functions_eagerly(True)"], "tf.constant(1)", [0, 1]),
        (["%matplotlib inline", "a = 1"], "print('b')", [0]),
        (["%%time\na = 1", "b = 1"], "print(a)", [0]),
        (["from math import *"], "print(sin(1))", [0]),
        # Files are names, too.
        ([IMPORTS, MAKE, "make_model().save('my.keras')"], "tf.keras.models.load_model('my.keras')", [0, 1, 2]),
        (["path = 'notes'", "open(path, 'w').write('x')"], "print(open(path).read())", [0, 1]),
        # What was recorded of everything before.
        ([IMPORTS, "a = 1", "b = 2"], "print(lab.losses())", [0, 1, 2]),
        ([IMPORTS, "a = 1", "b = 2", "seen = lab.traces()"], "print(seen)", [0, 1, 2, 3]),
        # No Python at all: every word may matter.
        (["a = 1", "b = 2"], "print(a", [0]),
        (["a = (1", "b = 2"], "print(b)", [0, 1]),
        # Statements of other kinds.
        (["a = 1", "try:\n    a = 2\nexcept ValueError as e:\n    pass"], "print(a)", [0, 1]),
        (["a = [1]", "match a:\n    case [b]:\n        c = b"], "print(c)", [0, 1]),
        (["a = 1", "with open('f.txt') as b:\n    c = a"], "print(c)", [0, 1]),
        (["a = 1", "del a"], "print('a')", []),
        (["if (a := 1):\n    pass"], "print(a)", [0]),
    ],
)
def test_what_has_to_run_before(cells: list[str], target: str, needed: list[int]) -> None:
    assert list(needed_cells(cells, [target])) == needed


def test_answer_and_check_count_together() -> None:
    assert needed_cells(["a = 1", "b = 2", "c = 3"], ["d = a", "check.equal(d, c, 'e')"]) == (0, 2)


def test_what_the_answer_makes_itself_the_check_does_not_ask_of_earlier_cells() -> None:
    assert needed_cells(["model = 1", "b = 2"], ["model = 5", "check.equal(model, 5, 'e')"]) == ()

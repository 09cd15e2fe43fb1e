"""English: what is wrong with a program (``diagnosis.CODE[.VARIANT]``), the mend (``.fix``), the evidence (``.seen``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "diagnosis.more": "{names} and {count} more",
    "diagnosis.tensorflow-says": "TensorFlow says: {message}",
    # --- gradient-none -------------------------------------------------------------------------------------------
    "diagnosis.gradient-none.not-watched": "The gradient of {names} is None because `{tape}` did not watch it: on "
    "their own, only tf.Variables are watched.",
    "diagnosis.gradient-none.not-watched.fix": "Call `{tape}.watch({name})` first thing inside the tape's block, or "
    "make `{name}` a tf.Variable.",
    "diagnosis.gradient-none.not-watched.many": "The gradients of {names} are None because `{tape}` did not watch "
    "them: on their own, only tf.Variables are watched.",
    "diagnosis.gradient-none.not-watched.many.fix": "Call `{tape}.watch(...)` on them first thing inside the tape's "
    "block, or make them tf.Variables.",
    "diagnosis.gradient-none.integer": "The gradient of {names} is None because integers have none: an integer stands "
    "somewhere between it and the loss, or it is one.",
    "diagnosis.gradient-none.integer.fix": "Keep everything from `{name}` to the loss in floating point, 1.0 instead "
    "of 1, without a tf.cast to integers and without tf.argmax.",
    "diagnosis.gradient-none.integer.many": "The gradients of {names} are None because integers have none: an integer "
    "stands somewhere between them and the loss, or they are integers.",
    "diagnosis.gradient-none.integer.many.fix": "Keep everything up to the loss in floating point, 1.0 instead of 1, "
    "without a tf.cast to integers and without tf.argmax.",
    "diagnosis.gradient-none.non-differentiable": "The gradient of {names} is None: between it and the loss lies an "
    "operation without a derivative, such as rounding or a comparison.",
    "diagnosis.gradient-none.non-differentiable.fix": "Use a smooth function there, or give it a gradient of your own "
    "with tf.custom_gradient.",
    "diagnosis.gradient-none.non-differentiable.many": "The gradients of {names} are None: between them and the loss "
    "lies an operation without a derivative, such as rounding or a comparison.",
    "diagnosis.gradient-none.non-differentiable.many.fix": "Use a smooth function there, or give it a gradient of "
    "your own with tf.custom_gradient.",
    "diagnosis.gradient-none.left-tensorflow": "The gradient of {names} is None because the computation left "
    "TensorFlow on the way to the loss: NumPy and Python leave no trail for `{tape}`.",
    "diagnosis.gradient-none.left-tensorflow.fix": "Compute the loss of `{name}` with tf functions alone, tf.square "
    "instead of np.square, without .numpy(), float() or py_function.",
    "diagnosis.gradient-none.left-tensorflow.many": "The gradients of {names} are None because the computation left "
    "TensorFlow on the way to the loss: NumPy and Python leave no trail for `{tape}`.",
    "diagnosis.gradient-none.left-tensorflow.many.fix": "Compute the loss with tf functions alone, tf.square instead "
    "of np.square, without .numpy(), float() or py_function.",
    "diagnosis.gradient-none.outside-tape": "The gradient of {names} is None because the loss, or a part of the way to "
    "it, was computed outside the block of `{tape}`.",
    "diagnosis.gradient-none.outside-tape.fix": "Move everything from `{name}` to the loss into the block of `with "
    "tf.GradientTape() as {tape}:`, and ask for the gradient below it.",
    "diagnosis.gradient-none.outside-tape.many": "The gradients of {names} are None because the loss, or a part of the "
    "way to it, was computed outside the block of `{tape}`.",
    "diagnosis.gradient-none.outside-tape.many.fix": "Move everything up to the loss into the block of `with "
    "tf.GradientTape() as {tape}:`, and ask for the gradient below it.",
    "diagnosis.gradient-none.variable-replaced": "The gradient of {names} is None because it is no variable any more: "
    "an assignment with `=` put a plain tensor in its place.",
    "diagnosis.gradient-none.variable-replaced.fix": "Change the variable instead of replacing it: "
    "`{name}.assign_sub(...)` or `{name}.assign(...)`.",
    "diagnosis.gradient-none.variable-replaced.many": "The gradients of {names} are None because they are no variables "
    "any more: assignments with `=` put plain tensors in their place.",
    "diagnosis.gradient-none.variable-replaced.many.fix": "Change the variables instead of replacing them: "
    "`{name}.assign_sub(...)` or `{name}.assign(...)`.",
    "diagnosis.gradient-none.unused": "The gradient of {names} is None because the loss does not depend on it.",
    "diagnosis.gradient-none.unused.fix": "Use `{name}` in the computation of the loss, or leave it out of the list "
    "that you take gradients of.",
    "diagnosis.gradient-none.unused.many": "The gradients of {names} are None because the loss does not depend on "
    "them.",
    "diagnosis.gradient-none.unused.many.fix": "Use them in the computation of the loss, or leave them out of the "
    "list that you take gradients of.",
    "diagnosis.gradient-none.stop-gradient": "The gradient of {names} is None because a tf.stop_gradient stands "
    "between it and the loss.",
    "diagnosis.gradient-none.stop-gradient.fix": "Take tf.stop_gradient away, or put it only around what is to be "
    "treated as a constant.",
    "diagnosis.gradient-none.stop-gradient.many": "The gradients of {names} are None because a tf.stop_gradient stands "
    "between them and the loss.",
    "diagnosis.gradient-none.stop-gradient.many.fix": "Take tf.stop_gradient away, or put it only around what is to "
    "be treated as a constant.",
    "diagnosis.gradient-none.untrainable": "The gradient of {names} is None because the variable was made with "
    "trainable=False, and tapes do not watch those.",
    "diagnosis.gradient-none.untrainable.fix": "Make it trainable, call `{tape}.watch({name})`, or leave it out and "
    "use model.trainable_variables.",
    "diagnosis.gradient-none.untrainable.many": "The gradients of {names} are None because these variables were made "
    "with trainable=False, and tapes do not watch those.",
    "diagnosis.gradient-none.untrainable.many.fix": "Make them trainable, call `{tape}.watch(...)` on them, or leave "
    "them out and use model.trainable_variables.",
    "diagnosis.gradient-none.unknown": "The gradient of {names} is None: nothing connects it with the loss that "
    "`{tape}` could follow.",
    "diagnosis.gradient-none.unknown.fix": "Compute the loss from `{name}` inside the tape's block, with tf functions "
    "and in floating point.",
    "diagnosis.gradient-none.unknown.many": "The gradients of {names} are None: nothing connects them with the loss "
    "that `{tape}` could follow.",
    "diagnosis.gradient-none.unknown.many.fix": "Compute the loss from them inside the tape's block, with tf "
    "functions and in floating point.",
    "diagnosis.gradient-none.no-gradients": "The optimizer was given no gradient at all: every one of them is None.",
    "diagnosis.gradient-none.no-gradients.fix": "Print the gradients before you apply them, and compute the loss from "
    "these variables inside the tape's block.",
    # --- retracing -----------------------------------------------------------------------------------------------
    "diagnosis.retracing": "`{function}` is traced again and again: {reason}",
    "diagnosis.retracing.fix": "{fix}",
    # --- variable-created-in-function ----------------------------------------------------------------------------
    "diagnosis.variable-created-in-function": "A tf.Variable is made inside a tf.function, which would make a new one "
    "at every trace.",
    "diagnosis.variable-created-in-function.fix": "Make the variable once, outside the function, and only use it "
    "inside.",
    "diagnosis.variable-created-in-function.named": "`{variable}` is a variable made inside the tf.function "
    "`{function}`, which would make a new one at every trace.",
    "diagnosis.variable-created-in-function.named.fix": "Make `{variable}` once, outside `{function}`; in a class, in "
    "`__init__`, or behind `if self.v is None:`.",
}

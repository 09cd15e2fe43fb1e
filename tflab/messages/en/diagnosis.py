"""English: what is wrong with a program (``diagnosis.CODE[.VARIANT]``), the mend (``.fix``), the evidence (``.seen``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "diagnosis.more": "{names} and {count} more",
    "diagnosis.tensorflow-says": "TensorFlow says: {message}",
    "diagnosis.recorder.key": "Which operation did it, the next run of this step will record; Alt+Z runs it so at once.",
    "diagnosis.recorder.rerun": "Which operation did it, the next run of this step will record.",
    "diagnosis.recorder.option": "Which operation did it, a run with `--record` says.",
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
    "it, was computed outside the block of `{tape}` or while it was not recording.",
    "diagnosis.gradient-none.outside-tape.fix": "Move everything from `{name}` to the loss into the block of `with "
    "tf.GradientTape() as {tape}:`, and ask for the gradient below it.",
    "diagnosis.gradient-none.outside-tape.many": "The gradients of {names} are None because the loss, or a part of the "
    "way to it, was computed outside the block of `{tape}` or while it was not recording.",
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
    # --- tape-reused -------------------------------------------------------------------------------------------------
    "diagnosis.tape-reused": "`{tape}` gives one gradient only, and this is the second: a tape that is not persistent forgets everything after the first.",
    "diagnosis.tape-reused.fix": "Make it with `tf.GradientTape(persistent=True)`, or ask for all gradients in one call: `{tape}.gradient(loss, [a, b])`.",
    # --- dtype-mismatch ----------------------------------------------------------------------------------------------
    "diagnosis.dtype-mismatch": "The types {one_dtype} and {other_dtype} meet here, and TensorFlow never converts one type to another by itself.",
    "diagnosis.dtype-mismatch.fix": 'Convert one of them first: `tf.cast(..., tf.{dtype})`; NumPy\'s numbers are float64 unless you say `dtype="float32"`.',
    "diagnosis.dtype-mismatch.named": "`{one}` is {one_dtype} and `{other}` is {other_dtype}, and TensorFlow never converts one type to another by itself.",
    "diagnosis.dtype-mismatch.named.fix": "Write `tf.cast({odd}, tf.{dtype})`, or make `{odd}` {dtype} from the start.",
    "diagnosis.dtype-mismatch.python": "The Python number {value} cannot become a {dtype}, which the other operand is.",
    "diagnosis.dtype-mismatch.python.fix": "Convert the tensor first, with `tf.cast(..., tf.float32)`, or write a number that is {dtype}.",
    # --- optimizer-reused --------------------------------------------------------------------------------------------
    "diagnosis.optimizer-reused": "`{optimizer}` already belongs to other variables and does not know `{variable}`: an optimizer keeps its state for the variables that it saw first.",
    "diagnosis.optimizer-reused.fix": "Make a new one for each model: `{optimizer} = keras.optimizers.{kind}(...)`.",
    # --- optimizer-recreated -----------------------------------------------------------------------------------------
    "diagnosis.optimizer-recreated": "`{optimizer}` is made anew for each step: what {kind} keeps from step to step is lost every time.",
    "diagnosis.optimizer-recreated.fix": "Make it once, before the loop, and only call its methods in it.",
    # --- symbolic-value ----------------------------------------------------------------------------------------------
    "diagnosis.symbolic-value.numpy": "`{tensor}` has no `.{method}()` here: while a tf.function is traced, tensors stand for values that come later.",
    "diagnosis.symbolic-value.numpy.fix": "Compute with `{tensor}` itself, print with tf.print, and call `.{method}()` outside, on what the function returns.",
    "diagnosis.symbolic-value.numpy-call": "`{call}` asks NumPy to compute with a tensor that has no value yet: a tf.function is being traced.",
    "diagnosis.symbolic-value.numpy-call.fix": "Use the function of TensorFlow that does the same, `tf.` or `tf.math.` instead of `np.`.",
    "diagnosis.symbolic-value.numpy-call.same": "`{call}` asks NumPy to compute with a tensor that has no value yet: a tf.function is being traced.",
    "diagnosis.symbolic-value.numpy-call.same.fix": "Write `{new}` instead of `{old}`.",
    "diagnosis.symbolic-value.number": "`{call}` wants a number, but while a tf.function is traced tensors stand for values that come later.",
    "diagnosis.symbolic-value.number.fix": "Leave it a tensor: `tf.cast(..., tf.float32)` instead of `float(...)`.",
    "diagnosis.symbolic-value.bool": "A tensor decides over a Python `if`, `while`, `and` or `assert` here, but it has no value while a tf.function is traced and AutoGraph did not convert this code.",
    "diagnosis.symbolic-value.bool.fix": "Use `tf.cond` or `tf.where`, or let AutoGraph convert it: no `autograph=False`, and the code in a file or cell of its own.",
    "diagnosis.symbolic-value.iteration": "A Python loop runs over a tensor here, but it has no value while a tf.function is traced and AutoGraph did not convert this loop.",
    "diagnosis.symbolic-value.iteration.fix": "Write a plain `for` statement over `tf.range(n)` or the tensor, or use `tf.map_fn`; a list comprehension is not converted.",
    "diagnosis.symbolic-value.escaped": "A tensor that belongs to the inside of a tf.function is used outside of it: it only stood for a value while the function was traced.",
    "diagnosis.symbolic-value.escaped.fix": "Return it from the function, instead of keeping it in a list, an attribute or a global.",
    "diagnosis.symbolic-value.keras": "`{call}` is a function of TensorFlow, but it is given a symbolic tensor of Keras, which stands for inputs to come.",
    "diagnosis.symbolic-value.keras.fix": "Use the one from `keras.ops`, or put the call into a layer's `call` or a `keras.layers.Lambda`.",
    # --- fixed-signature ---------------------------------------------------------------------------------------------
    "diagnosis.fixed-signature": "`{function}` is called with shape {given}, but its input_signature allows {wanted} alone.",
    "diagnosis.fixed-signature.fix": "Leave the axis open: `{spec}`.",
    "diagnosis.fixed-signature.rank": "`{function}` is called with shape {given}, but its input_signature has another number of axes: {wanted}.",
    "diagnosis.fixed-signature.rank.fix": "Reshape before the call, or change the shape in the tf.TensorSpec.",
    # --- tensor-assignment -------------------------------------------------------------------------------------------
    "diagnosis.tensor-assignment.tensor": "`{target}` cannot be assigned to: a tensor never changes.",
    "diagnosis.tensor-assignment.tensor.fix": "Make a new one: `{instead}`; or make `{name}` a tf.Variable and use `.assign`.",
    "diagnosis.tensor-assignment.tensor.unnamed": "A tensor is assigned to here, but a tensor never changes.",
    "diagnosis.tensor-assignment.tensor.unnamed.fix": "Make a new one with `tf.tensor_scatter_nd_update`, or use a tf.Variable and `.assign`.",
    "diagnosis.tensor-assignment.variable": "`{target}` cannot be assigned to with `=`: the items of a tf.Variable are changed by methods.",
    "diagnosis.tensor-assignment.variable.fix": "Write `{instead}`.",
    "diagnosis.tensor-assignment.variable.unnamed": "An item of a tf.Variable is assigned to with `=`, but it is changed by methods.",
    "diagnosis.tensor-assignment.variable.unnamed.fix": "Write `v[i].assign(value)`.",
    # --- swapped-gradients -------------------------------------------------------------------------------------------
    "diagnosis.swapped-gradients": "`{call}` gives the optimizer variables where it expects gradients, and gradients where it expects variables.",
    "diagnosis.swapped-gradients.fix": "The gradients come first: `{method}(zip(gradients, variables))`; `apply(gradients, variables)`.",
    "diagnosis.swapped-gradients.zip": "`{call}` gives the optimizer a pair of lists; it expects a list of pairs (gradient, variable).",
    "diagnosis.swapped-gradients.zip.fix": "Write `{method}(zip(gradients, variables))`.",
    # --- label-out-of-range ------------------------------------------------------------------------------------------
    "diagnosis.label-out-of-range": "The label {label} is outside the classes 0 to {last}: the model has {classes} outputs.",
    "diagnosis.label-out-of-range.fix": "Give the last layer {needed} outputs, or number the labels from 0 to {last}.",
    "diagnosis.label-out-of-range.next": "The label {label} is one too large for {classes} outputs, which are numbered from 0 to {last}.",
    "diagnosis.label-out-of-range.next.fix": "Subtract 1 if your labels start at 1; otherwise give the last layer {needed} outputs.",
    "diagnosis.label-out-of-range.one": "The label {label} needs an output of its own, but there is one output only.",
    "diagnosis.label-out-of-range.one.fix": "For yes and no with one output use binary cross-entropy; for classes give the last layer {needed} outputs or more.",
    # --- memory-limit ------------------------------------------------------------------------------------------------
    "diagnosis.memory-limit": "There is no memory left for what is computed here.",
    "diagnosis.memory-limit.fix": "Use smaller batches or smaller layers, keep no tensors of old steps in lists, or raise the limit with --memory.",
    "diagnosis.memory-limit.shape": "There is no memory left for a tensor of shape {shape}.",
    "diagnosis.memory-limit.shape.fix": "Use smaller batches or smaller layers, keep no tensors of old steps in lists, or raise the limit with --memory.",
    # --- keras2-api --------------------------------------------------------------------------------------------------
    "diagnosis.keras2-api.renamed": "`{old}` is a name of Keras 2; this is Keras 3.",
    "diagnosis.keras2-api.renamed.fix": "Write `{new}`.",
    "diagnosis.keras2-api.argument": "The argument `{old}` is one of Keras 2; Keras 3 does not take it any more.",
    "diagnosis.keras2-api.argument.fix": "Leave `{old}` out.",
    "diagnosis.keras2-api.decay": "`decay` of an optimizer is of Keras 2: Keras 3 ignores it, and the learning rate stays as it is.",
    "diagnosis.keras2-api.decay.fix": "Give a schedule instead: `learning_rate=keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay)`.",
    "diagnosis.keras2-api.set": "`lr` of an optimizer is of Keras 2: in Keras 3 setting it changes nothing.",
    "diagnosis.keras2-api.set.fix": "Set `learning_rate`.",
    "diagnosis.keras2-api.save": "Saving to a folder or without an ending is Keras 2's way; Keras 3 goes by the name of the file.",
    "diagnosis.keras2-api.save.fix": 'Write `model.save("model.keras")`; for TensorFlow Serving or TFLite `model.export("folder")`.',
    "diagnosis.keras2-api.save-weights": "Keras 3 saves weights to files that end in `.weights.h5` alone.",
    "diagnosis.keras2-api.save-weights.fix": 'Write `"model.weights.h5"`.',
    "diagnosis.keras2-api.checkpoint": "Keras 3 writes checkpoints to files that end in `.keras` alone.",
    "diagnosis.keras2-api.checkpoint.fix": 'Write `"model.keras"`, or `"model.weights.h5"` with `save_weights_only=True`.',
    "diagnosis.keras2-api.load": "Keras 3 does not load SavedModel folders, which Keras 2 wrote.",
    "diagnosis.keras2-api.load.fix": 'Load a `.keras` or `.h5` file, or wrap the folder: `keras.layers.TFSMLayer(folder, call_endpoint="serving_default")`.',
    "diagnosis.keras2-api.add-weight": "In Keras 3 the first argument of `add_weight` is the shape, no longer the name.",
    "diagnosis.keras2-api.add-weight.fix": 'Write `self.add_weight(name="w", shape=...)`.',
    "diagnosis.keras2-api.add-metric": "`add_metric` is of Keras 2; Keras 3 only kept its name.",
    "diagnosis.keras2-api.add-metric.fix": "Make a `keras.metrics.Mean()` in `__init__` and call its `update_state(...)`.",
    "diagnosis.keras2-api.legacy": "`keras.optimizers.legacy` is gone in Keras 3.",
    "diagnosis.keras2-api.legacy.fix": "Take the optimizer of the same name from `keras.optimizers`.",
    "diagnosis.keras2-api.reduction": '`reduction="auto"` is of Keras 2.',
    "diagnosis.keras2-api.reduction.fix": 'Write `reduction="sum_over_batch_size"`, which is the default, or leave it out.',
    # --- network-denied ------------------------------------------------------------------------------------------
    "diagnosis.denied.says": "The error was: {message}",
    "diagnosis.network-denied.program": "The program wanted to reach the network, and a session has none.",
    "diagnosis.network-denied.program.fix": "Start it with --allow-net if you trust it: `tflab run --allow-net FILE`.",
    "diagnosis.network-denied.program.address": "The program wanted to reach {address}, and a session has no network.",
    "diagnosis.network-denied.program.address.fix": "Start it with --allow-net if you trust it, or fetch the file "
    "yourself and put it beside the program.",
    "diagnosis.network-denied.lesson": "The code wanted to reach the network, and a lesson's session has none.",
    "diagnosis.network-denied.lesson.fix": "Use the data that comes with the lesson; for downloads put the code into "
    "a file and start `tflab open --allow-net FILE`.",
    "diagnosis.network-denied.lesson.address": "The code wanted to reach {address}, and a lesson's session has no "
    "network.",
    "diagnosis.network-denied.lesson.address.fix": "Use the data that comes with the lesson; for downloads put the "
    "code into a file and start `tflab open --allow-net FILE`.",
    # --- file-denied ---------------------------------------------------------------------------------------------
    "diagnosis.file-denied.read.program": "The session may not read {path}.",
    "diagnosis.file-denied.read.program.fix": "Start the program with --allow-read {path}.",
    "diagnosis.file-denied.read.lesson": "A lesson's session may not read {path}.",
    "diagnosis.file-denied.read.lesson.fix": "Put the code into a file and start "
    "`tflab open --allow-read {path} FILE`.",
    "diagnosis.file-denied.write.program": "The session may not write {path}.",
    "diagnosis.file-denied.write.program.fix": "Write into the folder that the program was started in, or start it "
    "with --allow-write {folder}.",
    "diagnosis.file-denied.write.lesson": "A lesson's session may not write {path}.",
    "diagnosis.file-denied.write.lesson.fix": "Write to a name without a folder, which lands in the session's own; to "
    "keep a file, use `tflab open --allow-write {folder} FILE`.",
    "diagnosis.file-denied.elsewhere.program": "{path} is not there: a session has a {place} of its own.",
    "diagnosis.file-denied.elsewhere.program.fix": "If you have that file, start the program with --allow-read and "
    "its whole path, and open it by that.",
    "diagnosis.file-denied.elsewhere.lesson": "{path} is not there: a lesson's session has a {place} of its own.",
    "diagnosis.file-denied.elsewhere.lesson.fix": "If you have that file, put the code into a program beside it and "
    "start `tflab open FILE`.",
    "diagnosis.file-denied.size": "A file grew beyond what a session may write.",
    "diagnosis.file-denied.size.fix": "Write several smaller files, or start with a higher limit: --disk GIB.",
    # --- shape-broadcast ---------------------------------------------------------------------------------------------
    "diagnosis.shape-broadcast": "Shape {left_shape} is subtracted from or compared with shape {right_shape}, and broadcasting makes {result_shape} of it: every target meets every prediction.",
    "diagnosis.shape-broadcast.fix": "Give both the same shape before you subtract: `tf.squeeze(..., axis=-1)` on the one with the extra axis.",
    "diagnosis.shape-broadcast.named": "`{left}` has shape {left_shape} and `{right}` has {right_shape}; their difference has {result_shape}: every target meets every prediction.",
    "diagnosis.shape-broadcast.named.fix": "Write `tf.squeeze({column}, axis=-1)`, so that both have the same shape.",
    # --- logits-mismatch ---------------------------------------------------------------------------------------------
    "diagnosis.logits-mismatch.logits-given": "This loss expects probabilities, but it is given numbers from {lowest} to {highest}: those are logits.",
    "diagnosis.logits-mismatch.logits-given.fix": 'Make the loss with `from_logits=True`, or end the model with `activation="{activation}"`.',
    "diagnosis.logits-mismatch.logits-given.linear": "This loss expects probabilities, but it is given what a layer without an activation computed: those are logits.",
    "diagnosis.logits-mismatch.logits-given.linear.fix": 'Make the loss with `from_logits=True`, or end the model with `activation="{activation}"`.',
    "diagnosis.logits-mismatch.probabilities-given": "This loss expects logits, but it is given probabilities, numbers from {lowest} to {highest}: {activation} is applied twice.",
    "diagnosis.logits-mismatch.probabilities-given.fix": "Make the loss without `from_logits=True`, or take the {activation} off the end of the model.",
    "diagnosis.logits-mismatch.probabilities-given.graph": "This loss expects logits, but it is given what a {activation} computed: those are probabilities.",
    "diagnosis.logits-mismatch.probabilities-given.graph.fix": "Make the loss without `from_logits=True`, or take the {activation} off the end of the model.",
    # --- untracked-variable ------------------------------------------------------------------------------------------
    "diagnosis.untracked-variable": "The loss depends on `{attribute}` of `{layer}`, but it is not trained: Keras does not see a raw tf.Variable in a layer.",
    "diagnosis.untracked-variable.fix": "Make it with `self.{attribute} = self.add_weight(shape={shape})`, or with `keras.Variable(...)`.",
    # --- regularization-ignored --------------------------------------------------------------------------------------
    "diagnosis.regularization-ignored": "{names} has a regularizer, but its penalty is not part of this loss.",
    "diagnosis.regularization-ignored.fix": "Add it inside the tape's block: `loss = tf.add_n([loss] + model.losses)`.",
    "diagnosis.regularization-ignored.added": "{names} called `add_loss`, but what it added is not part of this loss.",
    "diagnosis.regularization-ignored.added.fix": "Add it inside the tape's block: `loss = tf.add_n([loss] + model.losses)`.",
    # --- training-flag-missing ---------------------------------------------------------------------------------------
    "diagnosis.training-flag-missing": "{names} runs here as in prediction, while the model is being trained.",
    "diagnosis.training-flag-missing.fix": "Call the model with `training=True` inside the tape's block.",
    "diagnosis.training-flag-missing.named": "`{call}` runs {names} as in prediction, while the model is being trained.",
    "diagnosis.training-flag-missing.named.fix": "Write `{instead}`.",
    # --- variable-created-in-function --------------------------------------------------------------------------------
    "diagnosis.variable-created-in-function": "A variable is made inside a tf.function, which would make a new one at every trace.",
    "diagnosis.variable-created-in-function.fix": "Make it once, outside the function, and only use it inside.",
    "diagnosis.variable-created-in-function.variable": "`{name}` is a variable made inside the tf.function `{function}`, which would make a new one at every trace.",
    "diagnosis.variable-created-in-function.variable.fix": "Make `{name}` once, outside `{function}`; in a class, in `__init__`, or behind `if self.v is None:`.",
    "diagnosis.variable-created-in-function.layer": "`{name}` is a layer made inside the tf.function `{function}`, with new weights at every trace.",
    "diagnosis.variable-created-in-function.layer.fix": "Make `{name}` once, outside `{function}`, and only call it inside.",
    "diagnosis.variable-created-in-function.optimizer": "`{name}` is an optimizer made inside the tf.function `{function}`, and it would forget its state at every trace.",
    "diagnosis.variable-created-in-function.optimizer.fix": "Make `{name}` once, outside `{function}`, and only call its methods inside.",
    # --- layer-created-in-call ---------------------------------------------------------------------------------------
    "diagnosis.layer-created-in-call": "`{layer}` is made anew each time `{parent}` is called: its weights are new every time and never trained.",
    "diagnosis.layer-created-in-call.fix": "Make it once, in `__init__` of `{parent}` (`self.layer = ...`), and only call it in `call`.",
    "diagnosis.layer-created-in-call.kept": "`{name}` is a layer made in `call`, when its parent already has all its weights.",
    "diagnosis.layer-created-in-call.kept.fix": "Make it in `__init__`, and only call it in `call`.",
    "diagnosis.layer-created-in-call.weight": "`{name}` is a weight made in `call`, when the layer already has all its weights.",
    "diagnosis.layer-created-in-call.weight.fix": "Make it in `__init__` or in `build(self, input_shape)`, and only use it in `call`.",
    # --- iterator-exhausted ------------------------------------------------------------------------------------------
    "diagnosis.iterator-exhausted": "The loop over `{iterator}` runs no more: `{iterator}` gave everything the first time, and is at its end.",
    "diagnosis.iterator-exhausted.fix": "Loop over what gives a new iterator each time: the dataset itself, or a list; or make `{iterator}` anew before each pass.",
    "diagnosis.iterator-exhausted.next": "`{iterator}` is at its end: there is nothing left for `next`.",
    "diagnosis.iterator-exhausted.next.fix": "Make a new iterator with `iter(dataset)`, loop with `for`, or make the dataset endless with `.repeat()`.",
    # --- metric-not-reset --------------------------------------------------------------------------------------------
    "diagnosis.metric-not-reset": "`{metric}` has counted {passes} passes together by now: nobody reset it in between.",
    "diagnosis.metric-not-reset.fix": "Call `{metric}.reset_state()` at the start of each pass.",
    # --- diverging ---------------------------------------------------------------------------------------------------
    "diagnosis.diverging": "The loss grows step by step, from {first} to {value} at step {step}: the training diverges.",
    "diagnosis.diverging.fix": "Make the learning rate ten times smaller, use the mean instead of the sum over the batch, scale the inputs, or clip the gradients.",
    # --- loss-not-finite ---------------------------------------------------------------------------------------------
    "diagnosis.loss-not-finite": "The loss is {value} from step {step} on.",
    "diagnosis.loss-not-finite.fix": "Look for a logarithm of 0, a division by 0 or an exp of something large; use the loss functions that take logits.",
    "diagnosis.loss-not-finite.log": "The loss is {value} from step {step} on: `{operation}` took the logarithm of 0 or less.",
    "diagnosis.loss-not-finite.log.fix": "Keep it above 0, `tf.math.log({operand} + 1e-7)`, or use the loss functions that take logits.",
    "diagnosis.loss-not-finite.log.perhaps": "The loss is {value} from step {step} on; perhaps `{operation}` took the logarithm of 0 or less.",
    "diagnosis.loss-not-finite.log.perhaps.fix": "Keep it above 0, `tf.math.log({operand} + 1e-7)`, or use the loss functions that take logits.",
    "diagnosis.loss-not-finite.div": "The loss is {value} from step {step} on: `{operation}` divided by 0.",
    "diagnosis.loss-not-finite.div.fix": "Keep the divisor above 0, or write `tf.math.divide_no_nan(...)`.",
    "diagnosis.loss-not-finite.div.perhaps": "The loss is {value} from step {step} on; perhaps `{operation}` divided by 0.",
    "diagnosis.loss-not-finite.div.perhaps.fix": "Keep the divisor above 0, or write `tf.math.divide_no_nan(...)`.",
    "diagnosis.loss-not-finite.exp": "The loss is {value} from step {step} on: `{operation}` is too large for a number.",
    "diagnosis.loss-not-finite.exp.fix": "Scale the inputs, or use a stable form: tf.nn.softmax, tf.nn.softplus, tf.reduce_logsumexp.",
    # --- gradient-not-finite -----------------------------------------------------------------------------------------
    "diagnosis.gradient-not-finite": "The gradients of {names} are no numbers from step {step} on, though the loss is one.",
    "diagnosis.gradient-not-finite.fix": "Look for a square root or a norm of 0, and for a tf.where whose other branch is not finite.",
    "diagnosis.gradient-not-finite.where": "The gradients of {names} are no numbers from step {step} on: `{operation}` is not finite where tf.where does not take it, and its slope counts all the same.",
    "diagnosis.gradient-not-finite.where.fix": "Make the operand harmless before: `tf.where(condition, {operand}, 1.0)` inside, then the outer tf.where.",
    "diagnosis.gradient-not-finite.where.perhaps": "The gradients of {names} are no numbers from step {step} on; perhaps because `{operation}` is not finite where tf.where does not take it: its slope counts all the same.",
    "diagnosis.gradient-not-finite.where.perhaps.fix": "Make the operand harmless before: `tf.where(condition, {operand}, 1.0)` inside, then the outer tf.where.",
    "diagnosis.gradient-not-finite.sqrt": "The gradients of {names} are no numbers from step {step} on: `{operation}` has no finite slope at 0.",
    "diagnosis.gradient-not-finite.sqrt.fix": "Keep it above 0: `tf.sqrt(... + 1e-12)`.",
    "diagnosis.gradient-not-finite.sqrt.perhaps": "The gradients of {names} are no numbers from step {step} on; perhaps because `{operation}` has no finite slope at 0.",
    "diagnosis.gradient-not-finite.sqrt.perhaps.fix": "Keep it above 0: `tf.sqrt(... + 1e-12)`.",
    # --- stale-capture -----------------------------------------------------------------------------------------------
    "diagnosis.stale-capture": "`{function}` still uses the `{name}` of its trace ({traced}); it is {current} by now, but the graph does not see that.",
    "diagnosis.stale-capture.fix": "Hand `{name}` to the function as an argument, or keep what changes in a tf.Variable and change it with `.assign`.",
    "diagnosis.stale-capture.number": "`{function}` still computes with `{name}` = {traced}, the value of its trace; `{name}` is {current} by now, but the graph does not see that.",
    "diagnosis.stale-capture.number.fix": "Keep it in `tf.Variable({traced})` and change it with `.assign`, or hand it to the function as a tensor.",
    # --- python-side-effect ------------------------------------------------------------------------------------------
    "diagnosis.python-side-effect.print": "This print ran while `{function}` was traced, {traces} times for {calls} calls.",
    "diagnosis.python-side-effect.print.fix": "Write tf.print to print at every call.",
    "diagnosis.python-side-effect.added": "`{name}` grew while `{function}` was traced, {traces} times for {calls} calls; what it holds are tensors without values.",
    "diagnosis.python-side-effect.added.fix": "Return the value and append outside of `{function}`, or use tf.TensorArray.",
    "diagnosis.python-side-effect.changed": "`{name}` was changed while `{function}` was traced, {traces} times for {calls} calls.",
    "diagnosis.python-side-effect.changed.fix": "Make `{name}` a tf.Variable and change it with `.assign` or `.assign_add`, or change it outside of `{function}`.",
    "diagnosis.python-side-effect.random": "{name} drew its random numbers while `{function}` was traced, {traces} times for {calls} calls: every other call uses the same.",
    "diagnosis.python-side-effect.random.fix": "Use `tf.random.normal`, `tf.random.uniform` or a `tf.random.Generator` inside the function.",
    "diagnosis.recorded": "`{operation}` on this line was the first to make {what}.",
    "diagnosis.recorded.fix": "Look at what it was given, and keep that away from where the operation has no value.",
    "diagnosis.recorded.seen": "It was given {inputs}.",
    "diagnosis.recorded.gradient": "The gradient of this line was the first to make {what}, in `{operation}`.",
    "diagnosis.recorded.gradient.fix": "Keep the operands away from where the slope has no bound: a root or a norm of 0, a tf.where whose other branch is not finite.",
    "diagnosis.recorded.gradient.seen": "It was given {inputs}.",
    "diagnosis.recorded.came-in": "{what} was there already when `{operation}` on this line was given it: it came with the data, or an earlier run left it.",
    "diagnosis.recorded.came-in.fix": "Check the data with tf.debugging.assert_all_finite, or start again from fresh variables.",
    "diagnosis.recorded.came-in.seen": "It was given {inputs}.",
}

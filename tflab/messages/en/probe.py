"""English: reasons and fixes that a session writes into events (keys ``probe.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "probe.not_recording": "This question needs the lab: run the program with tflab, or inside `with lab.recording():`.",
    "probe.missing_name": "TensorFlow {version} has no {name}, which this needs.",
    "probe.broken": "It failed repeatedly on this program and was switched off: {error}",
    # --- why a tf.function was traced: reasons -------------------------------------------------------------------
    "probe.trace.first": "First call.",
    "probe.trace.first_variables": "First call, traced twice because it creates variables: that is normal.",
    "probe.trace.new_function": "`{function}` was wrapped in tf.function again: this is new object number {count}, "
    "and a new object starts without any trace.",
    "probe.trace.other_self": "First call on another {kind}, object number {count}: a method has its own traces for "
    "every object.",
    "probe.trace.after_failure": "The attempt before this one failed, so there was no trace to use again.",
    "probe.trace.released": "A call like this was traced before, but that trace is gone: an object it was made for no "
    "longer exists.",
    "probe.trace.raised": "Tracing failed: {error}",
    "probe.trace.and_more": "{told}; and {count} more differences",
    "probe.trace.shape": "argument `{argument}`: shape {old} became {new}: axis {axes} differs",
    "probe.trace.shape.axes": "argument `{argument}`: shape {old} became {new}: axes {axes} differ",
    "probe.trace.rank": "argument `{argument}`: shape {old} became {new}: the number of axes differs",
    "probe.trace.dtype": "argument `{argument}`: dtype {old} became {new}",
    "probe.trace.python_value": "argument `{argument}`: the Python value {old} became {new}",
    "probe.trace.python_type": "argument `{argument}`: {old} became {new}",
    "probe.trace.python": "the Python {kind} {value}",
    "probe.trace.tensor": "the tensor {tensor}",
    "probe.trace.object": "argument `{argument}`: another {kind} object",
    "probe.trace.variable": "argument `{argument}`: {old} became {new}",
    "probe.trace.alias": "argument `{argument}`: variables are shared between the arguments in another way",
    "probe.trace.length": "argument `{argument}`: {old} items became {new}",
    "probe.trace.structure": "argument `{argument}`: {old} became {new}: its keys differ",
    "probe.trace.kind": "argument `{argument}`: {old} became {new}",
    "probe.trace.arguments": "called with the arguments {new} instead of {old}",
    "probe.trace.context": "It was called in other surroundings than before.",
    "probe.trace.context.graph": "It was called while another graph was being built.",
    "probe.trace.context.device": "It was called under another device or distribution strategy than before.",
    "probe.trace.context.replica": "It was called once inside and once outside a strategy's replicas.",
    "probe.trace.context.xla": "It was called once inside and once outside a function compiled by XLA.",
    # --- how to avoid it -----------------------------------------------------------------------------------------
    "probe.trace.new_function.fix": "Wrap it in tf.function once, outside the loop or function that calls it.",
    "probe.trace.released.fix": "Keep the objects that you pass alive between calls.",
    "probe.trace.relaxed": "Nothing to do: reduce_retracing has opened this axis, so other lengths use this trace.",
    "probe.trace.shape.fix.batch": "For one last, smaller batch this is fine; otherwise batch with "
    "drop_remainder=True or put {spec} into input_signature.",
    "probe.trace.shape.fix": "Pass one shape, or leave the axis open with {spec} in input_signature.",
    "probe.trace.rank.fix": "Reshape `{argument}` to one number of axes before the call.",
    "probe.trace.dtype.fix": "Convert `{argument}` before the call: tf.cast({argument}, tf.{dtype}).",
    "probe.trace.python_value.fix": "Every new Python number is a new trace: pass tf.constant(...) or keep it in a "
    "tf.Variable.",
    "probe.trace.python_value.fix.flag": "One trace for each value of `{argument}` is fine as long as there are few.",
    "probe.trace.python_type.fix": "Always pass `{argument}` as a tensor of one dtype.",
    "probe.trace.object.fix": "Objects are told apart by identity: pass the same object again, or only its tensors.",
    "probe.trace.variable.fix": "Pass the variable's value, or use one tf.function for each variable.",
    "probe.trace.alias.fix": "Pass variables in one pattern: either always the same one twice, or always different "
    "ones.",
    "probe.trace.length.fix": "Keep the length fixed, or stack the items into one tensor.",
    "probe.trace.structure.fix": "Keep the keys of `{argument}` the same in every call.",
    "probe.trace.kind.fix": "Pass the same kind of value for `{argument}` in every call.",
    "probe.trace.arguments.fix": "Pass the same arguments in every call.",
    "probe.trace.context.fix": "Call it from one kind of surroundings, or accept one trace for each.",
    # --- previews of tensors -------------------------------------------------------------------------------------
    "probe.tensor.ragged": "row lengths {lengths}",
    "probe.tensor.sparse": "{stored} values stored",
    "probe.tensor.slices": "{rows} rows",
    "probe.tensor.items": "{count} items",
    "probe.tensor.parameters": "{count} parameters",
    "probe.tensor.unbuilt": "not built yet",
    "probe.tensor.optimizer": "learning rate {rate}, step {steps}",
    "probe.tensor.unreadable": "cannot be read: {error}",
    "probe.tensor.replicas": "{count} replicas",
    "probe.tensor.gone": "{name} is no longer there.",
    "probe.tensor.no_elements": "There are no elements to look at here.",
    "probe.tensor.no_numbers": "There are no numbers to measure here.",
    "probe.tensor.off": "Tensors cannot be looked at in this session.",
}

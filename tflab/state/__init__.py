"""What is known of a session, from its events: plain data and arithmetic, no drawing, no process.

`run_state.RunState.apply` is the only place where events become state; the other modules are the slices of that state.
"""

"""The lab's side of a session: starts the fork server, talks to sessions, watches and ends them.

`tflab.client.supervisor.Supervisor` is the door; it needs neither TensorFlow nor a screen.
"""

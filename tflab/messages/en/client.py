"""English: sessions and the fork server, as the lab sees them (keys ``client.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "client.traceback_header": "Traceback (most recent call last):",
    "client.traceback_cause": "The exception above was the direct cause of this one:",
    "client.traceback_context": "While that exception was handled, another occurred:",
    "client.traceback_hidden": "[library frames not shown: {count}]",
    "client.traceback_repeated": "[{count} more frames of your own code not shown]",
    "client.traceback_unprintable": "<its text cannot be shown: str() of the exception failed>",
    "client.thread_error": "Exception in thread {thread}:",
    "client.interrupted": "Interrupted",
    "client.module_missing": "No session can start: Python has no module {module!r}. Install TensorFlow with: pip install tensorflow",
    "client.import_failed": "No session can start: importing TensorFlow failed ({error}).",
    "client.context_initialized": "TensorFlow was set in motion before the session was forked; a session forked now would hang.",
    "client.server_ended": "No session can start: the process that loads TensorFlow ended ({how}). {output}",
    "client.server_restarts": "No session can start: the process that loads TensorFlow ended again and again ({how}).",
    "client.session_failed": "No session can start: it ended before it was ready ({how}). {output}",
    "client.ended_with_status": "exit status {status}",
    "client.ended_unknown": "its status is not known",
    "client.session_exited": "The session ended by itself ({how}). A fresh one takes its place; earlier steps have to run again.",
    "client.session_crashed": "The session crashed ({how}). A fresh one takes its place; earlier steps have to run again.",
    "client.session_restarted": "The session was restarted; earlier steps have to run again.",
    "client.session_memory": "The session used {used} of memory and may use {limit}: it was ended. --memory GIB raises the limit.",
    "client.session_processes": "The session and what it started have {used} processes and threads and may have {limit}: it was ended. --processes NUMBER raises the limit.",
    "client.session_disk": "The session's scratch folder holds {used} and may hold {limit}: the session was ended. --disk GIB raises the limit.",
    "client.session_unresponsive": "The session no longer answered and was ended. A fresh one takes its place; earlier steps have to run again.",
    "client.session_broken": "The session sent what no session may send and was ended. A fresh one takes its place; earlier steps have to run again.",
    "client.session_server": "The process that starts sessions ended, and the session with it; both are started anew.",
    "client.session_timeout": "The cell ran past its {seconds} seconds and did not yield to an interrupt: the session was ended.",
    "client.timeout": "Stopped after {seconds} seconds",
    "client.cpu_description": "{cores} cores",
}

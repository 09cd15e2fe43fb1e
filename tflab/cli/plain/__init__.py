"""The lab as plain lines: for screen readers, dumb terminals and pipes. Nothing moves, nothing is drawn twice."""

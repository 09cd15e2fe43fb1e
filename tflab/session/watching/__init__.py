"""A process of the user's own that lets the lab look in: ``tflab.watch()``."""

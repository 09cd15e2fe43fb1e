"""The doors of watched processes, as far as they need no process."""

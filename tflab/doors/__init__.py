"""Doors: how a process lets the lab look in, and where they are. For both sides: it imports the protocol alone."""

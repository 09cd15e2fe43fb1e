"""Panes and panels: each shows one slice of the state, or is read or edited; told what to show, knows no client."""

"""Whole screens: they compose panels and widgets, and turn keys into requests."""

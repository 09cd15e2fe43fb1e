"""The commands: what ``tflab ...`` on a command line does.

``entry`` looks at the arguments before anything heavy is imported, ``commands`` names the commands, and each command
has a module of its own that is imported when it is asked for.
"""

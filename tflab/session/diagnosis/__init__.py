"""What is wrong with the learner's program, found from what it did: one rule a module. See ``README.md``."""

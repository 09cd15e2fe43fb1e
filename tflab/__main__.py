"""``python -m tflab``, and the command ``tflab``."""

from tflab.cli.entry import main

if __name__ == "__main__":
    main()

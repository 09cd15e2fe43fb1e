"""Runs every benchmark, or those named: ``python -m tests.benchmarks [NAME ...]``.

Each prints a table of medians and of ratios taken within one interleaved run, beside its budget. These are not tests:
a slow machine makes no figure wrong, and nothing here fails for being slow.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.benchmarks as package

_SHARED = ("__main__", "measuring", "measured_cell", "offline_notebook", "others")


def main() -> int:
    """0, or 2 for a benchmark that does not exist."""
    modules = pkgutil.iter_modules(package.__path__)
    names = sorted(module.name for module in modules if not module.ispkg and module.name not in _SHARED)
    wanted = sys.argv[1:] or names
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    for name in wanted:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"tests.benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The command line: `keepwell COMMAND`. Parses, calls the steps, prints; holds no rule.

Imports are the cost of a command line, so `--version` and `--help` answer before anything else is imported, and a
command imports only what it needs.
"""

from __future__ import annotations

import sys

from keepwell import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the result is its exit status.

    0 ok, 1 the answer is no, 2 usage or configuration, 3 refused by state or right, 4 the machine failed.
    """
    words = sys.argv[1:] if arguments is None else arguments
    if "--version" in words[:1]:
        sys.stdout.write(f"keepwell {__version__}\n")
        return 0
    if not words or words in (["--help"], ["-h"], ["help"]):
        from keepwell.cli.commands import overview

        sys.stdout.write(overview())
        return 0
    from keepwell.cli.shell import run_command

    # `keepwell help run` is `keepwell run --help`.
    return run_command([*words[1:], "--help"] if words[0] == "help" else words)

"""`completion`: what a shell must know to complete Keepwell's words."""

from __future__ import annotations

from importlib import import_module
from typing import Literal, cast

from cyclopts import App, Parameter

from keepwell.cli.commands import COMMANDS
from keepwell.cli.shell import Answer, check_word

SHELLS = ("bash", "zsh", "fish")


def completion(shell_name: str) -> Answer:
    """Print a script that completes commands and options in a shell: bash, zsh or fish.

    Parameters
    ----------
    shell_name
        bash, zsh or fish; for bash: eval "$(keepwell completion bash)" in ~/.bashrc
    """
    check_word("completion", shell_name, SHELLS)
    text = _all_commands().generate_completion(
        prog_name="keepwell", shell=cast("Literal['bash', 'zsh', 'fish']", shell_name)
    )
    return Answer({"shell": shell_name, "script": text}, lambda: [text])


def _all_commands() -> App:
    """All commands as one application; each is called through its own (see `words`)."""
    app = App(name="keepwell", version_flags=[], default_parameter=Parameter(negative=()))
    families: dict[str, App] = {}
    for command in COMMANDS.values():
        module, _, name = command.function.partition(":")
        function = getattr(import_module(f"keepwell.cli.{module}"), name)
        *family, word = command.name.split()
        if family and family[0] not in families:
            families[family[0]] = App(name=family[0], default_parameter=Parameter(negative=()))
            app.command(families[family[0]])
        (families[family[0]] if family else app).command(function, name=word)
    return app

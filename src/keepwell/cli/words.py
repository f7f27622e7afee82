"""What do the words behind a command say? Parsed by the function's own signature (cyclopts), refused in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from inspect import BoundArguments
from typing import Any

from cyclopts import App, CycloptsError, Parameter, Token, convert
from cyclopts.exceptions import CoercionError, MissingArgumentError, RepeatArgumentError, UnusedCliTokensError

from keepwell.core.errors import UsageError

Parsed = tuple[Callable[..., Any], BoundArguments, dict[str, Any]]


def parse(name: str, function: Callable[..., Any], arguments: Sequence[str]) -> Parsed:
    """What is to be called (the function, or what prints its help), with what, and which of its parameters are not words.

    Raises `UsageError`.
    """
    app = App(name=f"keepwell {name}", help_format="plaintext", result_action="return_value", version_flags=[],
              default_parameter=Parameter(negative=(), converter=_converted))  # fmt: skip
    app["--help"].show = False
    app.default(function)
    try:
        return app.parse_args(list(arguments), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        raise UsageError("usage", _in_words(error), hint=f"keepwell {name} --help") from None


def _converted(kind: Any, tokens: Sequence[Token]) -> Any:
    """A value of its kind; a number of things is whole, and 2.5 of them are not two."""
    if kind is int and re.fullmatch(r"[+-]?\d{1,9}", tokens[0].value) is None:
        raise ValueError(f"{tokens[0].value} is no whole number")
    return convert(kind, [token.value for token in tokens])


def _in_words(error: CycloptsError) -> str:
    match error:
        case MissingArgumentError() if error.argument is not None:
            name = error.argument.name
            by_place = error.argument.index is not None and not any(token.keyword for token in error.argument.tokens)
            return (
                f"{name.lstrip('-').upper()} is not said"
                if by_place
                else f"{name} is said without a value, or is missing"
            )
        case UnusedCliTokensError():
            return f"{' '.join(error.unused_tokens or ())} says nothing here"
        case RepeatArgumentError():
            return str(error).replace("Parameter ", "").replace("specified multiple times.", "is said more than once")
        case CoercionError():
            said = re.sub(r'unable to convert "(.*)" into (\w+)\.', r"\1 is no \2", " ".join(str(error).split()))
            return said.removeprefix("Invalid value for ")
        case _:
            return str(error).replace("\n", " ")

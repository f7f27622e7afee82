"""How does a page get its frame? One self-contained HTML file: no script, no request to anywhere, style inside.

Autoescape is always on. The page's own content security policy allows nothing but its one style sheet, by hash.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from keepwell.show import format as written

_HERE = Path(__file__).parent
_FILTERS = (
    "money",
    "in_thousands",
    "share",
    "points",
    "days",
    "plain",
    "day",
    "period",
    "words",
    "count",
    "listed",
    "in_unit",
)


@cache
def style() -> str:
    """The style sheet of all pages."""
    return (_HERE / "style.css").read_text(encoding="utf-8")


def policy(css: str) -> str:
    """The content security policy of a page with this style inside: nothing is fetched, nothing runs."""
    digest = b64encode(sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def render(template: str, **values: Any) -> str:
    """The page that a template makes of the values, with the style inside."""
    css = style()
    page = environment().get_template(template)
    return page.render(css=Markup(css), policy=policy(css), **values)  # noqa: S704 - our own file


@cache
def environment() -> Environment:
    """The templates, with the number formats as filters; an unknown name is an error, not a blank."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_cleaned,
    )  # fmt: skip
    made.filters.update({name: getattr(written, name) for name in _FILTERS})
    made.filters["interval"] = written.interval
    return made


def _cleaned(value: object) -> object:
    """What a template is about to write: text from outside loses what could turn or break the line; markup is ours."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else written.harmless(value)

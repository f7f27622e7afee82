"""How does a document become a PDF? Typeset by typst from a template and data; what people wrote is data, never markup.

The same data give the same bytes: no clock, and only the fonts that typst brings (others only where a text needs them).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from keepwell.core.errors import MissingError

_FONT = "Libertinus Serif"
_KNOWN = ((0x20, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x1E00, 0x1EFF), (0x2000, 0x22FF))
_LIVES = 1767225600  # typst writes a moment into the file: always the same, so that the bytes are


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """The document as PDF (PDF/UA-1): `company`, `kind`, `title`, `head` and `footer` of the data, and what the template names.

    Raises `MissingError`: without typst (`typst-missing`), or where no font has a text's letters (`letter-font`).
    """
    try:
        import typst
    except ModuleNotFoundError:
        raise MissingError("typst-missing", "PDFs need typst, which is not installed",
                           hint="pip install 'keepwell[letters]'") from None  # fmt: skip
    text = json.dumps({**data, "fonts": [_FONT]}, ensure_ascii=False)
    folder = resources.files("keepwell.show") / "templates"
    source = (folder / "document.typ").read_bytes() + (folder / template).read_bytes()
    try:
        made = typst.compile(source, format="pdf", sys_inputs={"data": text}, ignore_system_fonts=not _needs_fonts(text),
                             pdf_standards="ua-1", timestamp=_LIVES)  # fmt: skip
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        raise MissingError("letter-font", f"no font of this machine has all its letters: {error.message}",
                           hint="install a font that has them, such as Noto Sans") from None  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError(type(made))
    return made


def _needs_fonts(text: str) -> bool:
    """Is a letter in it that typst's own fonts lack?"""
    return any(not any(low <= ord(letter) <= high for low, high in _KNOWN) for letter in text)

"""How does a file that somebody asked for come to be? Whole, or not at all: a crash leaves what was there before."""

from __future__ import annotations

from pathlib import Path


def write_file(path: Path, content: str | bytes) -> Path:
    """Write the file, its folder with it; texts as UTF-8 with plain line ends. A device or pipe is written to, not replaced."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a folder refuses itself
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.resolve()  # what a link points to is written, and the link stays
    unfinished = whole.with_name(f".{whole.name}.unfinished")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(whole)
    finally:
        unfinished.unlink(missing_ok=True)
    return path

"""How is a person told that long work goes on?"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called as work goes on: what is being done, how much of it is done, of how much (0: not known)."""

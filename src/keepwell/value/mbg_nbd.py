"""Who will buy again, and how often, where a customer may leave after any purchase, the first one too (MBG/NBD)?

As BG/NBD (`bg_nbd`), but who never came back may have left at once. Where many customers buy only once, this is
nearer to what happens.

Source: Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of models for customer base
analysis, International Journal of Research in Marketing 24(3), 201–209.
"""

from __future__ import annotations

from typing import ClassVar

from keepwell.value.bg_nbd import BetaGeo


class ModifiedBetaGeo(BetaGeo):
    """The modified BG/NBD model: parameters r, alpha (in units of time), a, b."""

    title: ClassVar[str] = "MBG/NBD"
    first: ClassVar[int] = 1

"""How are things named so that two systems never mean different things by one id?

An id is stored with its namespace, `crm:0011`, so that customer 7 of the CRM is not customer 7 of the helpdesk. People
may leave the namespace out wherever only one id fits.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from keepwell.core.errors import MissingError, nearest


def with_namespace(namespace: str, own_id: str) -> str:
    """`crm` and `0011` make `crm:0011`."""
    return f"{namespace}:{own_id}"


def bare(full_id: str) -> str:
    """The id as its source has it.

    >>> bare("crm:0011")
    '0011'
    """
    return full_id.partition(":")[2] or full_id


def digest(*parts: bytes | str) -> str:
    """The SHA-256 of parts, in hexadecimal digits; where one part ends and the next begins matters too."""
    made = sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        made.update(len(raw).to_bytes(8, "big"))
        made.update(raw)
    return made.hexdigest()


def content_hash(*parts: bytes | str) -> str:
    """A name for contents: the same parts give the same 16 hexadecimal digits."""
    return digest(*parts)[:16]


def find_id(wanted: str, known: Iterable[str], what: str) -> str:
    """The one full id that `wanted` means. Raises `MissingError` (`id-unknown`, `id-ambiguous`)."""
    ids = sorted(known)
    if wanted in ids:
        return wanted
    fitting = [full for full in ids if bare(full) == wanted]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise MissingError("id-ambiguous", f"{wanted} may be " + " or ".join(fitting), hint="write the whole id")
    near = nearest(wanted, [*ids, *map(bare, ids)])
    raise MissingError("id-unknown", f"no {what} {wanted}", hint=f"did you mean {near}?" if near else None)

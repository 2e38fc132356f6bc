"""Names in the root of an OLE compound file (MS-CFB): what tells an old Excel file from an old Word document."""

from __future__ import annotations

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128
_FREE = 0xFFFFFFFA
"""Numbers of sectors end below it; from it on they mean the end of a chain or nothing (2.1)."""
_IN_HEADER = 109
_SHIFTS = {9: 512, 12: 4096}


def names_in_root(content: bytes) -> frozenset[str]:
    """Return the names of what lies in the root of a compound file, not of what is embedded in that (2.6).

    Of a damaged file those that are found; nothing in it is followed twice.
    """
    try:
        directory = _directory(content)
        names: set[str] = set()
        waiting, seen = [struct.unpack_from("<I", directory, 76)[0]], set()
        while waiting:
            at = waiting.pop()
            if at in seen or at >= len(directory) // _ENTRY:
                continue
            seen.add(at)
            entry = directory[at * _ENTRY : (at + 1) * _ENTRY]
            (length,) = struct.unpack_from("<H", entry, 64)
            names.add(entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace"))
            waiting += struct.unpack_from("<II", entry, 68)  # the entries before and after it in the tree of names
    except struct.error:
        return frozenset()
    return frozenset(names)


def _directory(content: bytes) -> bytes:
    """Return the sectors of the directory joined; raises struct.error where the header is cut off."""
    (shift,) = struct.unpack_from("<H", content, 30)
    (first,) = struct.unpack_from("<I", content, 48)
    size = _SHIFTS.get(shift, 512)
    per_sector = size // 4
    table: list[int] = []
    for at in struct.unpack_from(f"<{_IN_HEADER}I", content, 76):
        sector = content[(at + 1) * size : (at + 2) * size] if at < _FREE else b""
        table += struct.unpack(f"<{per_sector}I", sector) if len(sector) == size else []
    # Without its table of sectors, as in a file that was cut off, the first sector is what is left.
    chain: dict[int, None] = {}
    while first < _FREE and first not in chain:
        chain[first] = None
        first = table[first] if first < len(table) else _FREE
    return b"".join(content[(at + 1) * size : (at + 2) * size] for at in chain)

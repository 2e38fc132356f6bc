"""Keep what can be read of a file with faults, so that one fault hides no other.

What is mended is never shown and never summed: ids alone are followed in it. A key that is misspelt is read as the one
that it must be, a value that cannot be read is left out, and a needed one that is missing has a stand-in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from d8plan.models.base import AnyLeaf, Distinct, IsoDate, Line, Record, Whole
from d8plan.models.validation import Fault, validate
from d8plan.text.names import nearest

Path = tuple[str | int, ...]
MOST_ROUNDS = 12
"""A fault that is mended can show one above it; records are not nested deeper than this."""
_STANDS_FOR_TEXT = ("unread", "X000", "unread.yaml#/unread")
_NOTHING = object()
_FIELDS: dict[str, dict[str, Any]] = {}
"""By name of a record: to evaluate its type hints takes long."""


class Mended(NamedTuple):
    """A file as far as it could be read."""

    record: Record | None
    absent: frozenset[Path]
    """Where something is left out or stands in; paths are those of the mended file, as in ``written``."""
    written: dict[Path, str | int]
    """The key as it was written, of each path that ends in another one here."""
    faults: list[Fault]
    """Faults that others had hidden, at paths as they were written."""


def mend(record: type[Record], data: object, faults: Iterable[Fault], refused: Iterable[Path]) -> Mended:
    """Return what can be read of ``data``, in which validation found ``faults`` and the reader ``refused`` values."""
    mender = _Mender(record, _copy(data))
    told = {fault.path for fault in faults}
    pending = list(faults)
    for path in sorted(set(refused) - told, key=_last_first):
        mender.leave_out(path)
    found: list[Fault] = []
    for _ in range(MOST_ROUNDS):
        mender.mend(pending)
        valid, pending = validate(record, mender.data)
        written = mender.written()
        if valid is not None:
            return Mended(valid, frozenset(mender.absent), written, found)
        if not mender.changed:
            break
        for fault in pending:
            fault_path = as_written(fault.path, written)
            if fault_path not in told and fault.type not in ("missing", "too_short"):
                told.add(fault_path)
                found.append(fault.at(fault_path))
    return Mended(None, frozenset(mender.absent), mender.written(), found)


def as_written(path: Path, written: dict[Path, str | int]) -> Path:
    """Return a path of a mended file as it stands in the file itself."""
    if not written:
        return path
    return tuple(written.get(path[: depth + 1], key) for depth, key in enumerate(path))


def fields(record: type[Record]) -> dict[str, Any]:
    """Return the fields of a record and their type hints."""
    if (known := _FIELDS.get(record.__name__)) is None:
        hints = get_type_hints(record, include_extras=True)
        known = _FIELDS[record.__name__] = {name: hint for name, hint in hints.items() if not name.startswith("_")}
    return known


def hint_at(record: Any, path: Path) -> Any:
    """Return the type hint of what stands at a path below a record; None where nothing can."""
    found = record
    for key in path:
        of = bare(found)
        if isinstance(of, type) and issubclass(of, Record):
            found = fields(of).get(str(key))
        else:
            found = get_args(of)[-1] if get_args(of) else None
    return found


def stand_in(hint: Any, *, text_alone: bool = False) -> Any:
    """Return a value that ``hint`` allows, or _NOTHING; with ``text_alone``, never a number, list or mapping."""
    base, *markers = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    for marker in markers:
        if isinstance(marker, Line):
            choices = (*_STANDS_FOR_TEXT, *(marker.pattern or "").strip("^()$").split("|"))
            return next((text for text in choices if re.search(marker.pattern or "", text)), _NOTHING)
        if isinstance(marker, Whole | IsoDate | AnyLeaf) and text_alone:
            return _NOTHING
        if isinstance(marker, Whole):
            return marker.ge
        if isinstance(marker, IsoDate):
            return "2000-01-01"
        if isinstance(marker, Distinct) and not text_alone:
            inner = stand_in(get_args(base)[0])
            return _NOTHING if inner is _NOTHING else [inner]
    if isinstance(base, type) and issubclass(base, Record):
        needed = {name: hint for name, hint in fields(base).items() if not hasattr(base, name)}
        made = {name: stand_in(hint, text_alone=text_alone) for name, hint in needed.items()}
        return _NOTHING if _NOTHING in made.values() else made
    if text_alone:
        return _NOTHING
    return {dict: {}, list: []}.get(get_origin(base), None if type(None) in get_args(base) else _NOTHING)


def has(value: Any) -> bool:
    """Tell whether ``stand_in`` gave a value."""
    return value is not _NOTHING


def bare(hint: Any) -> Any:
    """Return a type hint without its markers, and of an optional one what it is when it is given."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    arms = [arm for arm in get_args(hint) if arm is not type(None)]
    return bare(arms[0]) if type(None) in get_args(hint) and len(arms) == 1 else hint


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _last_first(path: Path) -> tuple[Any, ...]:
    """Order the places of a list from its end, so that taking one out moves no other that is to go."""
    return tuple((-key, "") if isinstance(key, int) else (0, key) for key in path)


class _Mender:
    def __init__(self, record: type[Record], data: Any) -> None:
        self.record, self.data = record, data
        self.absent: set[Path] = set()
        self.renamed: dict[Path, str | int] = {}
        self.places: dict[Path, list[int]] = {}
        """Of each list that something was taken out of: where its entries stood."""
        self.changed = False

    def written(self) -> dict[Path, str | int]:
        """Return the keys as they were written, where they are others now."""
        moved: dict[Path, str | int] = {
            (*path, now): before for path, places in self.places.items() for now, before in enumerate(places)
        }
        return self.renamed | {path: before for path, before in moved.items() if path[-1] != before}

    def mend(self, faults: Iterable[Fault]) -> None:
        """Take out or replace what is at fault."""
        self.changed = False
        ordered = sorted(faults, key=lambda fault: _last_first(fault.path))
        for fault in ordered:
            if fault.type == "unexpected_keyword_argument":
                self._unknown_key(fault.path)
            elif fault.type != "missing":
                self.leave_out(fault.path)
        for fault in ordered:
            if fault.type == "missing":
                self._missing(fault.path)

    def leave_out(self, path: Path) -> None:
        """Take the value at a path out."""
        held = self._at(path[:-1]) if path else None
        key = path[-1] if path else None
        if isinstance(held, dict) and key in held:
            del held[key]
            self.absent.add(path)
        elif isinstance(held, list) and isinstance(key, int) and key < len(held):
            self.places.setdefault(path[:-1], list(range(len(held)))).pop(key)
            del held[key]
        else:
            return
        self.changed = True

    def _unknown_key(self, path: Path) -> None:
        held = self._at(path[:-1])
        if not isinstance(held, dict) or path[-1] not in held:
            return
        of = bare(hint_at(self.record, path[:-1]))
        known = fields(of) if isinstance(of, type) and issubclass(of, Record) else {}
        meant = nearest(str(path[-1]), [name for name in known if name not in held])
        value = held.pop(path[-1])
        self.changed = True
        if meant:
            held[meant[0]] = value
            self.renamed[(*path[:-1], meant[0])] = path[-1]

    def _missing(self, path: Path) -> None:
        held = self._at(path[:-1])
        if not isinstance(held, dict) or path[-1] in held:
            return
        value = stand_in(hint_at(self.record, path))
        if value is _NOTHING:
            self.leave_out(path[:-1])
            return
        held[path[-1]] = value
        self.absent.add(path)
        self.changed = True

    def _at(self, path: Path) -> Any:
        held = self.data
        for key in path:
            if isinstance(held, dict):
                held = held.get(key)
            elif isinstance(held, list) and isinstance(key, int) and key < len(held):
                held = held[key]
            else:
                return None
        return held

"""Keep what can be read of a file with faults, so that one fault hides no other.

What is mended is never shown and never summed: ids alone are followed in it. A key that is misspelt is read as the one
that it must be, a value that cannot be read is left out, and a needed one that is missing has a stand-in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, NamedTuple, TypeGuard, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from d8plan.models.base import StrictModel
from d8plan.models.validation import Fault, validate
from d8plan.text.names import nearest

Path = tuple[str | int, ...]
MOST_ROUNDS = 12
"""A fault that is mended can show one above it; records are not nested deeper than this."""
_TEXTS = ("unread", "X000", "unread.yaml#/unread")
_OTHERS: tuple[Any, ...] = (0, 1, 1945, "2000-01-01", {}, [], None)
"""What stands for a value that is missing: the first of these that its type allows."""
_NOTHING = object()


class Mended(NamedTuple):
    """A file as far as it could be read."""

    record: StrictModel | None
    absent: frozenset[Path]
    """Where something is left out or stands in; paths are those of the mended file, as in ``written``."""
    written: dict[Path, str | int]
    """The key as it was written, of each path that ends in another one here."""
    faults: list[Fault]
    """Faults that others had hidden, at paths as they were written."""


def mend(record: type[StrictModel], data: object, faults: Iterable[Fault], refused: Iterable[Path]) -> Mended:
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


def fields(model: type[StrictModel]) -> dict[str, Any]:
    """Return the fields of a model and their types."""
    return {
        name: Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        for name, field in model.model_fields.items()
    }


def hint_at(record: Any, path: Path) -> Any:
    """Return the type hint of what stands at a path below a record; None where nothing can."""
    found = record
    for key in path:
        of = bare(found)
        inside = get_args(of)
        found = fields(of).get(str(key)) if is_model(of) else inside[-1] if inside else None
    return found


def stand_in(hint: Any, *, text_alone: bool = False) -> Any:
    """Return a value that ``hint`` allows, or _NOTHING; with ``text_alone``, never a number, list or mapping."""
    of = bare(hint)
    if is_model(of):
        needed = {name: hint for name, hint in fields(of).items() if of.model_fields[name].is_required()}
        made = {name: stand_in(hint, text_alone=text_alone) for name, hint in needed.items()}
        return _NOTHING if _NOTHING in made.values() else made
    candidates: list[Any] = [] if of is Any and text_alone else [*_TEXTS]
    candidates += get_args(of) if get_origin(of) is Literal else ()
    if not text_alone:
        candidates += _OTHERS
        candidates += [[stand_in(get_args(of)[0])]] if get_origin(of) is list else []
    allowed = TypeAdapter(hint, config={"strict": True})
    for candidate in candidates:
        try:
            allowed.validate_python(candidate)
        except ValidationError:
            continue
        return candidate
    return _NOTHING


def is_model(of: Any) -> TypeGuard[type[StrictModel]]:
    """Tell a model from any other type."""
    return isinstance(of, type) and issubclass(of, StrictModel)


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
    def __init__(self, record: type[StrictModel], data: Any) -> None:
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
            if fault.type == "extra_forbidden":
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
        known = fields(of) if is_model(of) else {}
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

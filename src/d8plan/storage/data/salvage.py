"""Validate plain data, and keep what can be read of data with faults, so that one fault hides no other.

What is salvaged is never shown and never summed: ids alone are followed in it. A key that is misspelt is read as the
one that it must be, a value that cannot be read is left out, and a needed one that is missing has a stand-in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeGuard, TypeVar, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from d8plan.models.base import FORMS, StrictModel
from d8plan.models.places import KeyPath
from d8plan.text.names import nearest

M = TypeVar("M", bound=StrictModel)
ENTRY_DEPTH = 2
"""Keys that lead to an entry of a file: what is left out when something in it is wrong."""
_NOTHING = object()
"""What stands where no value can be read, or can stand in."""
_TEXTS = ("unread", "X000", "unread.yaml#/unread")
_OTHERS: tuple[Any, ...] = (0, 1, 1945, "2000-01-01", {}, [], None)
"""What stands for a value that is missing: the first of these that its type allows."""


class Fault(NamedTuple):
    """One thing wrong with plain data."""

    type: str
    """As pydantic names it: missing, extra_forbidden, int_type…"""
    path: KeyPath
    given: object = None
    context: dict[str, Any] = {}  # noqa: RUF012 - of a NamedTuple, never changed
    """Bounds and patterns as pydantic gives them; of an unknown key, ``meant`` and the keys ``known`` there."""
    of_key: bool = False


class Salvaged(NamedTuple):
    """A file as far as it could be read."""

    record: StrictModel | None
    data: object
    """What it was made from."""
    faults: list[Fault]
    """All that is wrong, at paths as they were written; of what stands under an unknown key, the key alone."""
    absent: frozenset[KeyPath]
    """Where something is left out or stands in; paths are those of the salvaged record, as in ``written``."""
    written: dict[KeyPath, str | int]
    """The key as it was written, of each path that ends in another one here."""


def validate(model: type[M], data: object) -> tuple[M | None, list[Fault]]:
    """Return ``data`` as a model, or None and everything that pydantic finds wrong with it."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, _faults(error, ())


def salvage(model: type[StrictModel], data: object, refused: Collection[KeyPath]) -> Salvaged:
    """Return what can be read of ``data``, of which the reader has ``refused`` the values at some paths."""
    salvager = _Salvager(refused)
    read = salvager.value(model, data, (), ())
    record = None if read is _NOTHING else validate(model, read)[0]
    unknown = {fault.path for fault in salvager.faults if fault.type == "extra_forbidden"}
    faults = [fault for fault in salvager.faults if fault.path not in unknown or fault.type == "extra_forbidden"]
    return Salvaged(record, read, faults, frozenset(salvager.absent), salvager.written)


class Usable(NamedTuple):
    """The part of a file that is right."""

    record: StrictModel | None
    left_out: set[KeyPath]
    """Entries that are not in the record or have a stand-in; the empty path where there is no record."""
    lost: set[KeyPath]
    """Every value that stands in the file but is not in the record."""


def usable(model: type[StrictModel], data: object, salvaged: Salvaged, told: Collection[KeyPath]) -> Usable:
    """Return the record of a file without the entries that have faults, or of which the reader has ``told`` something.

    Texts that it then lacks have a stand-in, numbers never. Of a section that stands twice, nobody knows which one
    counts.
    """
    wrong = {*told, *(fault.path for fault in salvaged.faults)}
    lost = {*wrong, *_leaves(data), *_leaves(salvaged.data)}
    if not isinstance(data, dict) or any(len(path) == 1 for path in told):
        return Usable(None, {()}, lost)
    left_out = {path[:ENTRY_DEPTH] for path in wrong if len(path) >= ENTRY_DEPTH}
    kept: dict[Any, Any] = {
        head: {key: value for key, value in section.items() if (head, key) not in left_out}
        if isinstance(section, dict)
        else section
        for head, section in data.items()
    }
    for path in {fault.path[:ENTRY_DEPTH] for fault in validate(model, kept)[1]}:
        head, section, field = path[0], kept.get(path[0]), model.model_fields.get(str(path[0]))
        value = _stand_in(_hint_at(model, path if isinstance(section, dict) else path[:1]), text_alone=True)
        if field is not None and not field.is_required():
            kept.pop(head, None)
            path = path[:1]
        elif value is _NOTHING:
            return Usable(None, {*left_out, ()}, lost)
        elif isinstance(section, dict) and len(path) > 1 and path[1] not in section:
            kept[head] = section | {path[1]: value}
        else:
            kept[head] = value
            path = path[:1]
        left_out.add(path)
    record, _ = validate(model, kept)
    return Usable(record, left_out, lost - set(_leaves(kept))) if record else Usable(None, {*left_out, ()}, lost)


def _leaves(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of every value of plain data that is no mapping and not null."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif value is not None:
        yield path


def _hint_at(model: type[StrictModel], path: KeyPath) -> Any:
    """Return the type hint of what stands at a path below a model; None where nothing can."""
    hint: Any = model
    for key in path:
        of = _bare(hint)
        inside = get_args(of)
        hint = _fields(of).get(str(key)) if _is_model(of) else inside[-1] if inside else None
    return hint


def _stand_in(hint: Any, *, text_alone: bool = False) -> Any:
    """Return a value that ``hint`` allows, or _NOTHING; with ``text_alone``, never a number, list or mapping."""
    of = _bare(hint)
    if _is_model(of):
        needed = {name: hint for name, hint in _fields(of).items() if of.model_fields[name].is_required()}
        made = {name: _stand_in(hint, text_alone=text_alone) for name, hint in needed.items()}
        return _NOTHING if _NOTHING in made.values() else made
    candidates: list[Any] = [] if of is Any and text_alone else [*_TEXTS]
    candidates += get_args(of) if get_origin(of) is Literal else ()
    if not text_alone:
        candidates += _OTHERS
        candidates += [[_stand_in(get_args(of)[0])]] if get_origin(of) is list else []
    return next((candidate for candidate in candidates if not _wrong(hint, candidate)), _NOTHING)


class _Salvager:
    def __init__(self, refused: Collection[KeyPath]) -> None:
        self.refused = refused
        self.faults: list[Fault] = []
        self.absent: set[KeyPath] = set()
        self.written: dict[KeyPath, str | int] = {}

    def value(self, hint: Any, value: object, path: KeyPath, at: KeyPath) -> Any:
        """Return what can be read of a value, or _NOTHING; ``path`` is its place in the record, ``at`` in the file."""
        if at in self.refused:
            return _NOTHING
        of = _bare(hint)
        if isinstance(value, dict):
            if get_origin(of) is UnionType or get_origin(of) is Union:
                arms = map(_bare, get_args(of))
                of = next((arm for arm in arms if get_origin(arm) is dict or _is_model(arm)), of)
            if _is_model(of):
                return self._record(of, value, path, at)
            if get_origin(of) is dict:
                key_hint, item_hint = get_args(of)
                return self._entries(key_hint, item_hint, value, path, at)
        faults = _wrong(hint, value, at)
        self.faults += faults
        if isinstance(value, list) and all(len(fault.path) > len(at) for fault in faults):
            return self._items(hint, value, path, at, {fault.path[: len(at) + 1] for fault in faults})
        return _NOTHING if faults else value

    def _record(self, model: type[StrictModel], data: dict[str, Any], path: KeyPath, at: KeyPath) -> Any:
        hints, told = _fields(model), len(self.faults)
        needed = [name for name in hints if model.model_fields[name].is_required()]
        missing = [name for name in needed if name not in data]
        read: dict[str, Any] = {}
        for key, value in data.items():
            name = key
            if key not in hints:
                known = missing or list(hints)
                meant = next(iter(nearest(key, missing) or nearest(key, hints)), None)
                self.faults.append(Fault("extra_forbidden", (*at, key), value, {"meant": meant, "known": known}))
                if meant is None or meant in data or meant in read:
                    continue
                name = meant
                missing = [other for other in missing if other != name]
                self.written[(*path, name)] = key
            self._keep(read, name, self.value(hints[name], value, (*path, name), (*at, key)), path)
        self.faults += [Fault("missing", (*at, name)) for name in missing]
        for name in needed:
            if name not in read:
                read[name] = _stand_in(hints[name])
                self.absent.add((*path, name))
        if _NOTHING in read.values():
            return _NOTHING
        # What its fields say together is told where they themselves are right.
        whole = len(self.faults) == told and len(read) == len(data)
        together = [fault for fault in _wrong(model, read, at) if fault.path == at] if whole else []
        self.faults += together
        return _NOTHING if together else read

    def _entries(self, key_hint: Any, hint: Any, data: dict[str, Any], path: KeyPath, at: KeyPath) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for key, value in data.items():
            wrong = [fault._replace(of_key=True) for fault in _wrong(key_hint, key, (*at, key))]
            self.faults += wrong
            kept = self.value(hint, value, (*path, key), (*at, key))
            self._keep(read, key, _NOTHING if wrong else kept, path)
        return read

    def _items(self, hint: Any, values: list[Any], path: KeyPath, at: KeyPath, wrong: Collection[KeyPath]) -> Any:
        """Return a list without the entries that are ``wrong``, or _NOTHING where too few are left."""
        kept = [number for number in range(len(values)) if (*at, number) not in {*wrong, *self.refused}]
        if len(kept) == len(values):
            return values
        self.written |= {(*path, now): before for now, before in enumerate(kept) if now != before}
        read = [values[number] for number in kept]
        faults = _wrong(hint, read, at)
        self.faults += [fault for fault in faults if fault.type != "too_short"]
        return _NOTHING if faults else read

    def _keep(self, read: dict[str, Any], name: str, value: Any, path: KeyPath) -> None:
        if value is _NOTHING:
            self.absent.add((*path, name))
        else:
            read[name] = value


def _wrong(hint: Any, value: object, at: KeyPath = ()) -> list[Fault]:
    """Return what is wrong with a value of a type, which stands at a path."""
    try:
        _validator(hint)(value)
    except ValidationError as error:
        return _faults(error, at)
    return []


@cache
def _validator(hint: Any) -> Callable[[object], object]:
    return hint.model_validate if _is_model(hint) else TypeAdapter(hint, config={"strict": True}).validate_python


def _faults(error: ValidationError, at: KeyPath) -> list[Fault]:
    faults = []
    for item in error.errors(include_url=False):
        path = (*at, *(key for key in item["loc"] if key not in FORMS))
        of_key = path[-1:] == ("[key]",)
        faults.append(Fault(item["type"], path[:-1] if of_key else path, item["input"], item.get("ctx", {}), of_key))
    return faults


@cache
def _fields(model: type[StrictModel]) -> dict[str, Any]:
    """Return the fields of a model and their types."""
    return {
        name: Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        for name, field in model.model_fields.items()
    }


def _is_model(of: Any) -> TypeGuard[type[StrictModel]]:
    """Tell a model from any other type."""
    return isinstance(of, type) and issubclass(of, StrictModel)


def _bare(hint: Any) -> Any:
    """Return a type hint without its markers, and of an optional one what it is when it is given."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    arms = [arm for arm in get_args(hint) if arm is not type(None)]
    return _bare(arms[0]) if type(None) in get_args(hint) and len(arms) == 1 else hint

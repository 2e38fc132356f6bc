"""Which values of the data files are ids of what register, as the models declare it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from d8plan.models.activities import Cap
from d8plan.models.base import RefersTo, StrictModel
from d8plan.models.places import KeyPath
from d8plan.models.statements import ActivityRef, Select

_OWN_WAYS = (ActivityRef, Cap, Select)
"""Models whose ids are followed otherwise: in another plan, in one part, or in a budget that need not be there."""
_NOT_FOLLOWED = frozenset({"earlier"})
"""Fields with what was said before it was corrected."""


class Reference(NamedTuple):
    """An id and where it is used."""

    register: str
    id: str
    keys: KeyPath
    of_key: bool
    """Whether it is a key."""


_Walk = Callable[[Any, KeyPath], Iterator[Reference]]


def references(model: StrictModel) -> Iterator[Reference]:
    """Yield the ids that a file uses, in the order of its fields."""
    walk = _walk_of(type(model))
    return walk(model, ()) if walk else iter(())


@cache
def _walk_of(hint: Any) -> _Walk | None:
    """Return what yields the ids in values of a type; None where it holds none."""
    register = None
    if get_origin(hint) is Annotated:
        hint, *marks = get_args(hint)
        register = next((mark.register for mark in marks if isinstance(mark, RefersTo)), None)
    arms = [arm for arm in get_args(hint) if arm is not type(None)]
    if isinstance(hint, type) and issubclass(hint, StrictModel):
        return None if hint in _OWN_WAYS else _of_model(hint)
    if get_origin(hint) is dict:
        return _of_mapping(*arms)
    if get_origin(hint) is list:
        return _of_list(arms[0])
    if register is None and arms:
        walks = [walk for walk in map(_walk_of, arms) if walk]
        return walks[0] if walks else None
    return _of_id(register) if register else None


def _of_id(register: str) -> _Walk:
    def walk(value: Any, keys: KeyPath) -> Iterator[Reference]:
        if value is not None:
            yield Reference(register, value, keys, of_key=False)

    return walk


def _of_model(model: type[StrictModel]) -> _Walk | None:
    hints: dict[str, Any] = {
        name: Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        for name, field in model.model_fields.items()
        if name not in _NOT_FOLLOWED
    }
    fields = [(name, walk) for name, hint in hints.items() if (walk := _walk_of(hint))]

    def walk_all(value: Any, keys: KeyPath) -> Iterator[Reference]:
        for name, walk in fields:
            if (inner := getattr(value, name)) is not None:
                yield from walk(inner, (*keys, name))

    return walk_all if fields else None


def _of_mapping(key: Any, item: Any) -> _Walk | None:
    marks = get_args(key)[1:] if get_origin(key) is Annotated else ()
    register = next((mark.register for mark in marks if isinstance(mark, RefersTo)), None)
    walk_item = _walk_of(item)

    def walk(value: Any, keys: KeyPath) -> Iterator[Reference]:
        for name, inner in value.items() if isinstance(value, dict) else ():
            if register:
                yield Reference(register, name, (*keys, name), of_key=True)
            if walk_item:
                yield from walk_item(inner, (*keys, name))

    return walk if register or walk_item else None


def _of_list(item: Any) -> _Walk | None:
    walk_item = _walk_of(item)

    def walk(value: Any, keys: KeyPath) -> Iterator[Reference]:
        assert walk_item
        for number, inner in enumerate(value):
            yield from walk_item(inner, (*keys, number))

    return walk if walk_item else None

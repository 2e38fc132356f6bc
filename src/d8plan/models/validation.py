"""Validate plain data into records."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any, TypeVar

import pydantic_core
from pydantic_core import SchemaValidator, ValidationError

from d8plan.models import compiled
from d8plan.models.base import ALLOTMENT_BY_LEVEL, ALLOTMENT_SINGLE, Record

R = TypeVar("R", bound=Record)
_TAGS = frozenset({ALLOTMENT_BY_LEVEL, ALLOTMENT_SINGLE, "<number>", "<text>"})


class Fault:
    """One thing wrong with plain data: pydantic's error type, where, and what it says of it."""

    def __init__(self, error: Any) -> None:
        """Take one of ``ValidationError.errors()``."""
        self.type: str = error["type"]
        self.context: dict[str, Any] = error.get("ctx", {})
        self.input: object = error["input"]
        loc = tuple(key for key in error["loc"] if key not in _TAGS)
        self.of_key = loc[-1:] == ("[key]",)
        self.path: tuple[str | int, ...] = loc[:-1] if self.of_key else loc

    def at(self, path: tuple[str | int, ...]) -> Fault:
        """Return the same fault at another path."""
        moved = copy(self)
        moved.path = path
        return moved


@cache
def _validator(record: type[Record]) -> SchemaValidator:
    if pydantic_core.__version__ == compiled.PYDANTIC_CORE:
        return SchemaValidator(compiled.SCHEMAS[record.__name__])
    # Another pydantic than the one that compiled: let it generate its own, which takes longer.
    from pydantic import TypeAdapter

    return SchemaValidator(TypeAdapter(record).core_schema)


def validate(record: type[R], data: object) -> tuple[R | None, list[Fault]]:
    """Return ``data`` as a record, or None and everything wrong with it."""
    try:
        return _validator(record).validate_python(data), []  # type: ignore[arg-type]  # classes are hashable
    except ValidationError as error:
        return None, [Fault(item) for item in error.errors(include_url=False)]

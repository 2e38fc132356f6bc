"""Validate plain data into models."""

from __future__ import annotations

from copy import copy
from typing import Any, TypeVar

from pydantic import ValidationError

from d8plan.models.base import FORMS, StrictModel

M = TypeVar("M", bound=StrictModel)


class Fault:
    """One thing wrong with plain data: pydantic's error type, where, and what it says of it."""

    def __init__(self, error: Any) -> None:
        """Take one of ``ValidationError.errors()``."""
        self.type: str = error["type"]
        self.context: dict[str, Any] = error.get("ctx", {})
        self.input: object = error["input"]
        loc = tuple(key for key in error["loc"] if key not in FORMS)
        self.of_key = loc[-1:] == ("[key]",)
        self.path: tuple[str | int, ...] = loc[:-1] if self.of_key else loc

    def at(self, path: tuple[str | int, ...]) -> Fault:
        """Return the same fault at another path."""
        moved = copy(self)
        moved.path = path
        return moved


def validate(model: type[M], data: object) -> tuple[M | None, list[Fault]]:
    """Return ``data`` as a model, or None and everything wrong with it."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [Fault(item) for item in error.errors(include_url=False)]

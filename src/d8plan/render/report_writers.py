"""The formats of ``validate``: each is a module ``validation_<format>`` of this package with one ``ReportWriter``.

That the module is there makes the format known; it is imported when its format is asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import StrEnum
from typing import ClassVar, NamedTuple

from d8plan import render
from d8plan.models.findings import Rule
from d8plan.render.outcome import Outcome, UnreadFolder
from d8plan.text.language import Language

_PREFIX = "validation_"
Paint = Callable[[str, str], str]
"""Returns text in a colour: red, green, yellow, cyan or bold."""


class ReportFormat(StrEnum):
    """The names of the formats."""

    _ignore_ = "module"

    for module in pkgutil.iter_modules(render.__path__):
        if module.name.startswith(_PREFIX):
            vars()[module.name.removeprefix(_PREFIX)] = module.name.removeprefix(_PREFIX)


class ReportSettings(NamedTuple):
    """What is known of a report before the first folder is taken in."""

    language: Language
    rules: dict[str, Rule]
    """The rules asked for, by code."""
    several: bool = False
    """Whether there are several folders."""
    width: int = 80
    """Columns of the terminal."""
    paint: Paint = lambda text, _colour: text


class ReportWriter(ABC):
    """A report in one format. It takes folders one by one, so that none is kept longer than it is read."""

    for_people: ClassVar[bool] = False
    """Whether it is written in the terminal's encoding; else always in UTF-8."""
    for_service: ClassVar[bool] = False
    """Whether a service reads it, which knows files by their paths in the repository."""
    _by_module: ClassVar[dict[str, type[ReportWriter]]] = {}

    def __init_subclass__(cls) -> None:
        """Register the format that the module of the class is named after."""
        cls._by_module[cls.__module__] = cls

    def __init__(self, settings: ReportSettings) -> None:
        """Begin a report."""
        self.settings, self.language, self.say = settings, settings.language, settings.language.say

    @staticmethod
    def of(form: ReportFormat) -> type[ReportWriter]:
        """Return what writes a format; only its own module is imported."""
        return ReportWriter._by_module[importlib.import_module(f"{render.__name__}.{_PREFIX}{form}").__name__]

    @abstractmethod
    def add(self, judged: Outcome | UnreadFolder) -> str:
        """Take in a folder; return what can be written by now.

        Of a folder that cannot be read and is the only one, a format that cannot hold it tells nothing.
        """

    @abstractmethod
    def end(self) -> str:
        """Return the rest, once every folder is taken in."""

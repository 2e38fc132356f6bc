"""What a check reports: a rule, a place in the data, and what was stated and computed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from d8plan.text.message import Message


class Severity(StrEnum):
    """How much a finding matters; only errors make ``validate`` fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def covers(self, other: Severity) -> bool:
        """Tell whether a finding of this severity may stand for one of the other."""
        return _RANKS[self] <= _RANKS[other]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


FAMILIES = "YMRLAZBPSTXQ"
"""Families, root causes first: files, shapes, ids, seals, sums, phases, text, results, exceptions, suspicions."""

SETTABLE = frozenset("AZBPSTQ")
"""Families whose severity a plan may set; in the others, something cannot be read, followed or trusted."""


class Rule(NamedTuple):
    """A rule of the catalogue; code and name are a contract.

    The docstring under a rule is its page: what it proves, then ``Why:`` and ``Mend:``.
    """

    code: str
    name: str
    title: Message
    severity: Severity = Severity.ERROR
    """How much a finding of it matters, unless the plan sets it otherwise."""
    exceptable: bool = False
    """Whether an exception can cover its findings: they have a stated and a computed value."""


class Place(NamedTuple):
    """A symbolic place: a file of the data folder and the keys that lead to a value.

    It becomes a line and a column only when it is shown.
    """

    file: str
    keys: tuple[str | int, ...] = ()
    of_key: bool = False
    """Whether the key itself is meant, not its value."""

    def pointer(self) -> str:
        """Return ``file#/key/key``, without the folders of the file."""
        return self.file.rsplit("/", 1)[-1] + "#/" + "/".join(map(str, self.keys))


class Mark(NamedTuple):
    """A concrete place in a file: 1-based line and column, and how many characters it spans."""

    line: int
    column: int
    width: int = 1


class Cited(NamedTuple):
    """A document's number and the lines of its transcription."""

    document: str
    lines: tuple[int, ...]


class Related(NamedTuple):
    """Another place that the finding speaks of."""

    text: Message
    place: Place


class Term(NamedTuple):
    """A part of a sum: what it is called, its figure (None where the cell is empty), where it stands."""

    name: Message
    value: int | None
    place: Place


class Finding(NamedTuple):
    """One fault, with everything a reader needs to mend it."""

    rule: Rule
    message: Message
    place: Place
    action: Message
    """What to do."""
    severity: Severity = Severity.ERROR
    mark: Mark | None = None
    """Known beforehand only where the file could not be read into data."""
    plan: str | None = None
    indicator: str | None = None
    unit: str | None = None
    level: str | None = None
    stated: int | str | None = None
    computed: int | str | None = None
    unit_of_measure: str = ""
    cited: Cited | None = None
    parts: frozenset[int] = frozenset()
    """Numbers of the ledger's cells that it speaks of; empty where there are none."""
    excess: int | None = None
    """By how much some of its cells are off, where it compares no sum of them: a slip so large may explain it."""
    summed: int | None = None
    """How many figures were summed; None where nothing was."""
    related: tuple[Related, ...] = ()
    terms: tuple[Term, ...] = ()
    """The parts of the sum that fails."""
    suspects: tuple[Related, ...] = ()
    """What a person would suspect, and where: likeliest first."""
    exception: str | None = None
    """Id of the exception that covers it."""

    @property
    def difference(self) -> int | None:
        """Computed less stated, where both are numbers."""
        if isinstance(self.stated, int) and isinstance(self.computed, int):
            return self.computed - self.stated
        return None


class Near(NamedTuple):
    """Another place of a finding."""

    text: Message
    file: str
    line: int


class Part(NamedTuple):
    """A part of a sum with its concrete place."""

    name: Message
    value: int | None
    file: str
    line: int


class Located(NamedTuple):
    """A finding with its concrete place."""

    finding: Finding
    file: str
    """Path as the user would type it, with forward slashes."""
    mark: Mark
    excerpt: str
    """The line as it was typed."""
    cell: tuple[str, str] | None
    """Sheet and cell of the annex."""
    related: tuple[Near, ...]
    terms: tuple[Part, ...] = ()
    suspects: tuple[Near, ...] = ()

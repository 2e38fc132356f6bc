"""What a check reports: a rule, a place in the data, and what was stated and computed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from d8plan.models.places import Mark, Place
from d8plan.text.exact import ExactNumber, magnitude
from d8plan.text.message import Amount, M, Message


class Severity(StrEnum):
    """How much a finding matters; only errors make ``validate`` fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def label(self) -> Message:
        """What people call it."""
        return _LABELS[self]

    @property
    def rank(self) -> int:
        """Its number in the order of importance: a finding may stand for another of no lower rank."""
        return list(Severity).index(self)


_LABELS = {Severity.ERROR: M("error"), Severity.WARNING: M("warning"), Severity.INFO: M("information")}


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


class Cited(NamedTuple):
    """A document's number, and the lines of its transcription or its section."""

    document: str
    lines: tuple[int, ...] = ()
    section: str | None = None


def citation(cited: Cited) -> Message:
    """Return a citation for people: 288/KH-BCD, lines 187-191; without lines its section, else the document alone."""
    if not cited.lines and cited.section:
        named = " " in cited.section  # Phụ lục I, not II.1
        where = M("{name}", name=cited.section) if named else M("section {section}", section=cited.section)
        return M("{document}, {where}", document=cited.document, where=where)
    if not cited.lines:
        return M("{document}", document=cited.document)
    runs: list[list[int]] = []
    for line in sorted(cited.lines):
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    shown = tuple(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return M("{document}, line {lines}", document=cited.document, lines=shown)


class Related(NamedTuple):
    """Another place that the finding speaks of."""

    text: Message
    place: Place


class Term(NamedTuple):
    """A part of a sum: what it is called, its figure (None where the cell is empty), where it stands."""

    name: Message
    value: ExactNumber | None
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
    stated: ExactNumber | str | None = None
    computed: ExactNumber | str | None = None
    unit_of_measure: str = ""
    cited: Cited | None = None
    parts: frozenset[int] = frozenset()
    """Numbers of the ledger's cells that it speaks of; empty where there are none."""
    excess: ExactNumber | None = None
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
    def difference(self) -> ExactNumber | None:
        """Computed less stated, where both are numbers."""
        if isinstance(self.stated, ExactNumber) and isinstance(self.computed, ExactNumber):
            return self.computed - self.stated
        return None


def difference(finding: Finding) -> Message:
    """Return a finding's difference with its sign, or both values where they are text."""
    if finding.difference is None:
        return M("“{stated}” against “{computed}”", stated=finding.stated or "", computed=finding.computed or "")
    sign = "+" if finding.difference > 0 else "-" if finding.difference else ""
    return M("{sign}{amount}", sign=sign, amount=Amount(magnitude(finding.difference), finding.unit_of_measure))


class RelatedLine(NamedTuple):
    """Another place that a finding speaks of, or a part of a sum, with its file and line."""

    text: Message
    file: str
    line: int
    value: ExactNumber | None = None


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
    related: tuple[RelatedLine, ...]
    terms: tuple[RelatedLine, ...] = ()
    suspects: tuple[RelatedLine, ...] = ()

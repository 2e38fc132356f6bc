"""All checks of a data folder. A new check is a module here and a line in ``CHECKS``."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import NamedTuple

from d8plan.checks import (
    allotments,
    causes,
    culprits,
    exceptions,
    ids,
    participation,
    periods,
    phases,
    references,
    sealed,
    statements,
    suspicions,
    texts,
)
from d8plan.checks.context import Context, Result, collect
from d8plan.findings import Finding, Rule, Severity
from d8plan.ledger import Ledger
from d8plan.ledger.build import build
from d8plan.models.exceptions import ExceptionEntry
from d8plan.models.files import Dataset

CHECKS: tuple[Callable[[Context], Result], ...] = (
    periods.check,
    statements.check,
    phases.check,
    participation.check,
    texts.check,
    suspicions.check,
)
MODULES = (allotments, participation, periods, phases, references, sealed, statements, suspicions, texts, exceptions)


class Report(NamedTuple):
    """The outcome of all checks."""

    findings: tuple[Finding, ...]
    """Findings that stand."""
    covered: tuple[Finding, ...]
    """Findings that an exception covers."""
    exceptions: dict[tuple[str, str], ExceptionEntry]
    """Every exception by plan and id."""
    ledger: Ledger
    checks: int
    """How many comparisons were made."""


def rules() -> dict[str, Rule]:
    """Return every rule that checks can report, by code."""
    found = [value for module in MODULES for value in vars(module).values() if isinstance(value, Rule)]
    found += ids.UNKNOWN.values()
    return {rule.code: rule for rule in found}


def run(dataset: Dataset, today: datetime.date, *, strict: bool = False, seals: bool = True) -> Report:
    """Make every check on a data folder; with ``strict`` exceptions cover nothing.

    Without ``seals`` nothing is compared with them, and a sum that a changed value spoils is told as itself.
    """
    checked = references.check(dataset)
    ledger = build(dataset, checked.unprovable)
    whole = not (dataset.broken or checked.unprovable)
    context = Context(dataset, ledger, today, whole, checked.unprovable)
    findings, made = [], checked.made
    for check in CHECKS:
        result = check(context)
        findings += result.findings
        made += result.made
    catalogue = rules()
    set_otherwise = collect(exceptions.severities(context, catalogue))
    exceptable = {code: rule for code, rule in catalogue.items() if rule.exceptable}
    applied = exceptions.apply(context, findings, exceptable, strict=strict)
    known = {(item.plan, item.id): item.entry for item in exceptions.known_exceptions(context)}
    joined = culprits.explain(context, causes.join(ledger, applied.open, known))
    changed, compared = sealed.check(context) if seals else ([], 0)
    together = sealed.fold([*checked.findings, *set_otherwise.findings, *joined], changed, ledger)
    return Report(
        findings=tuple(_weighed(dataset, finding) for finding in together),
        covered=tuple(applied.covered),
        exceptions=known,
        ledger=ledger,
        checks=made + set_otherwise.made + compared + len(known),
    )


def _weighed(dataset: Dataset, finding: Finding) -> Finding:
    """Return a finding with the severity that its plan sets for its rule, else the rule's own."""
    files = dataset.plans.get(finding.plan or "")
    chosen = (files.plan.severities or {}).get(finding.rule.code) if files else None
    return finding._replace(severity=Severity(chosen.severity) if chosen else finding.rule.severity)

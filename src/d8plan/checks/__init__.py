"""All checks of a data folder.

A module here with a function ``check(context) -> Result`` is a check, and each ``Rule`` in a module is a rule: that
it is there is enough.
"""

from __future__ import annotations

import datetime
import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import NamedTuple

from d8plan.checks import causes, culprits, exceptions, ids, references, sealed
from d8plan.checks.context import Context, collect
from d8plan.ledger.build import build
from d8plan.ledger.ledger import Ledger
from d8plan.models.exceptions import ExceptionEntry
from d8plan.models.files import Dataset
from d8plan.models.findings import SETTABLE, Finding, Related, Rule, Severity
from d8plan.text.message import M


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
    values = [value for module in modules() for value in vars(module).values()]
    return {rule.code: rule for rule in (*values, *ids.UNKNOWN.values()) if isinstance(rule, Rule)}


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return the modules of this package, in the order of their names."""
    return tuple(importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))


def run(
    dataset: Dataset,
    today: datetime.date,
    *,
    strict: bool = False,
    sealed_only: bool = False,
    shown: Callable[[Finding], bool] = lambda _: True,
) -> Report:
    """Make every check on a data folder; with ``strict`` exceptions cover nothing, ``sealed_only`` lets no draft pass.

    ``shown`` tells which findings will be: one that will is never told only as a consequence of one that will not.
    """
    checked = references.follow(dataset)
    ledger = build(dataset, checked.unprovable)
    whole = not (dataset.broken or checked.unprovable)
    context = Context(dataset, ledger, today, whole, checked.unprovable)
    findings, made = [], checked.made
    for module in modules():
        if hasattr(module, "check"):
            result = module.check(context)
            findings += result.findings
            made += result.made
    findings.sort(key=lambda finding: finding.rule.code)
    catalogue = rules()
    set_otherwise = collect(exceptions.severities(context, [code for code in catalogue if code[0] in SETTABLE]))
    exceptable = {code: rule for code, rule in catalogue.items() if rule.exceptable}
    applied = exceptions.apply(context, findings, exceptable, strict=strict)
    known = {(item.plan, item.id): item.entry for item in exceptions.known_exceptions(context)}
    changed, compared = sealed.compare(context, required=sealed_only)
    found = [_weighed(dataset, one) for one in (*checked.findings, *set_otherwise.findings, *applied.open, *changed)]
    told = causes.join(ledger, [one for one in found if shown(one)], known)
    told = causes.join_changes(culprits.explain(context, told, known), ledger)
    return Report(
        findings=(*told, *(one for one in found if not shown(one))),
        covered=tuple(applied.covered),
        exceptions=known,
        ledger=ledger,
        checks=made + set_otherwise.made + compared + len(known),
    )


def _weighed(dataset: Dataset, finding: Finding) -> Finding:
    """Return a finding with the severity that its plan sets for its rule, else the rule's own."""
    files = dataset.plans.get(finding.plan or "")
    settable = files is not None and finding.rule.code[0] in SETTABLE
    chosen = files.plan.severities.get(finding.rule.code) if files and settable else None
    if files is None or chosen is None:
        return finding._replace(severity=finding.rule.severity)
    place = files.place("plan.yaml", "severities", finding.rule.code, of_key=True)
    why = Related(M("The plan sets its severity: {reason}", reason=chosen.reason), place)
    return finding._replace(severity=Severity(chosen.severity), related=(*finding.related, why))

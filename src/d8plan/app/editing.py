"""Change a data folder: work out the result, show it, and write all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from d8plan.app.errors import FINDINGS, UNUSABLE, USAGE, CommandError
from d8plan.app.workspace import Workspace, prove
from d8plan.checks import Report, sealed
from d8plan.edits import figures as edits
from d8plan.edits import sealing
from d8plan.ledger.names import Names
from d8plan.models.files import SEAL, Dataset
from d8plan.models.findings import Finding
from d8plan.models.places import PLANS, KeyPath, Place
from d8plan.models.plain_values import AMENDMENTS
from d8plan.storage.data.loader import Loaded, load
from d8plan.storage.data.raw_text import decode
from d8plan.storage.data.seals import written
from d8plan.storage.data.splice import splice
from d8plan.storage.data.yaml_text import EditError, new_file
from d8plan.text.exact import ExactNumber
from d8plan.text.message import M, Message
from d8plan.text.names import find_names

_UNRECORDED = frozenset({sealed.RECORD_CHANGED.code, sealed.ADDED.code, sealed.LOST.code})
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
_MOST_TOLD = 5
"""Faults that are told of a change that could not be read again."""


class Amendment(NamedTuple):
    """The document that changes a sealed plan, as it was named."""

    name: str
    """Name of its file in amendments/, without the ending."""
    document: str | None
    """Its number; of a file that exists, None."""
    reason: str | None


def named_amendment(name: str | None, document: str | None, reason: str | None) -> Amendment | None:
    """Return the amendment that is named; None where none is. Raises CommandError where what is typed names none."""
    if name is None:
        if document or reason:
            raise CommandError(M("--document and --reason go with --amendment NAME"), USAGE)
        return None
    if not _NAME.fullmatch(name):
        raise CommandError(
            M("“{name}” is no name of an amendment", name=name),
            USAGE,
            M("Use small letters, digits and hyphens, such as {example}", example="2024-07"),
        )
    if reason is not None:
        require_text("--reason", reason)
    return Amendment(name, document, reason)


def require_text(option: str, typed: str) -> None:
    """Raise where what was typed for an option holds a character that no data file may."""
    try:
        # Not at the start, where a mark of order is allowed of a file.
        _, problems = decode(f" {typed}".encode())
        reason = problems[0].message if problems else None
    except UnicodeEncodeError:
        reason = M("it holds a character that is none of Unicode")
    if reason is not None:
        raise CommandError(
            M("{name}: {reason}", name=option, reason=reason), USAGE, M("Type it anew, without what cannot be seen")
        )


class ChangeProposal(NamedTuple):
    """A data folder before and after a change that is not made yet."""

    before: Loaded
    after: Loaded
    old: Report
    new: Report
    files: dict[str, bytes]
    """New content of each file that changes, by name."""
    errors: list[Finding]
    """Errors that the change would bring."""
    unsigned: list[str]
    """Sealed plans that it would change without an amendment."""


def propose(
    workspace: Workspace,
    values: Mapping[Place, ExactNumber | None],
    *,
    with_totals: bool,
    amendment: Amendment | None,
    told: Mapping[Place, str] | None = None,
) -> ChangeProposal:
    """Return what a data folder becomes with new ``values``; ``with_totals`` lets stated totals follow.

    Raises CommandError where a value cannot be written at its place, or could not be read again, or the amendment
    is not usable. ``told`` is what people call the places that they gave values for.
    """
    loaded, old = workspace.loaded, workspace.report
    files = spliced(loaded, values)
    after = as_if(loaded, files, told)
    if with_totals:
        files = spliced(loaded, {**edits.following_totals(old, prove(after), values), **values})
        after = as_if(loaded, files, told)
    signed = [plan for plan in edits.touched(files) if loaded.dataset.plans[plan].seal]
    if signed and amendment:
        if len(signed) > 1:
            raise CommandError(
                M("The change concerns several signed plans: {plans}", plans=tuple(signed)),
                USAGE,
                M("One document amends one plan: change them one by one"),
            )
        files |= _amended(loaded, after, signed[0], amendment, old)
        after, signed = as_if(loaded, files), []
    new = prove(after)
    errors = edits.new_errors((*loaded.findings, *old.findings), (*after.findings, *new.findings))
    return ChangeProposal(loaded, after, old, new, files, errors, signed)


def spliced(loaded: Loaded, values: Mapping[Place, ExactNumber | None]) -> dict[str, bytes]:
    """Return the files that new values change, by name; raise CommandError where one cannot be written."""
    try:
        wanted = edits.by_file(loaded.dataset, values)
        made = {name: splice(loaded.contents[name], changes) for name, changes in wanted.items()}
    except (edits.RefusedEditError, EditError) as error:
        raise CommandError(error.message, UNUSABLE) from None
    return {name: content for name, content in made.items() if content != loaded.contents[name]}


def as_if(loaded: Loaded, files: Mapping[str, bytes], told: Mapping[Place, str] | None = None) -> Loaded:
    """Return the data folder as it is once ``files`` are written.

    Raises CommandError where something could be read before and could not be then: that is never written, nor shown
    as if it were. ``told`` is what people call the places that they gave values for.
    """
    after = load(loaded.folder, loaded.tree.changed(files))
    found = edits.new_errors(loaded.findings, after.findings)
    if found:
        faults = tuple(_fault(one, told or {}) for one in found[:_MOST_TOLD])
        if len(found) > _MOST_TOLD:
            faults = (*faults, M("{count} more", count=len(found) - _MOST_TOLD))
        raise CommandError(
            M("What could not be read again is not written: {faults}", faults=faults), UNUSABLE, found[0].action
        )
    return after


def _fault(found: Finding, told: Mapping[Place, str]) -> Message:
    """Return what could not be read, by what people call its place."""
    place = found.place._replace(of_key=False)
    return M("{place}: {reason}", place=told.get(place) or place.full_pointer(), reason=found.message)


def _amended(loaded: Loaded, after: Loaded, plan: str, amendment: Amendment, old: Report) -> dict[str, bytes]:
    """Return the amendment with what changes, and the seals that know it."""
    if any(one.rule.code in _UNRECORDED and one.plan in (None, plan) for one in old.findings):
        raise CommandError(
            M("What is kept about plan {plan} has changed since it was sealed", plan=plan),
            FINDINGS,
            M("Review it and run “{command}” first", command=f"d8plan seal {plan}"),
        )
    before = loaded.dataset.plans[plan]
    changes = edits.changed_by_document(before, after.dataset.plans[plan])
    name = f"{PLANS}/{plan}/{AMENDMENTS}{amendment.name}.yaml"
    known = before.amendments.get(amendment.name)
    if known is None:
        listed = {pointer: {"old": old, "new": new} for pointer, (old, new) in changes.items()}
        content = new_file("amendments", 4, "", {**_head(loaded.dataset, amendment), "changes": listed})
    elif amendment.document or amendment.reason:
        raise CommandError(
            M("Amendment {name} exists already", name=amendment.name),
            USAGE,
            M("Leave out --document and --reason to go on with it, or name another"),
        )
    else:
        further: dict[KeyPath, Any] = {}
        for pointer, (old, new) in changes.items():
            if pointer in known.changes:
                further["changes", pointer, "new"] = new
            else:
                further["changes", pointer] = {"old": old, "new": new}
        try:
            content = splice(loaded.contents[name], further)
        except EditError as error:
            raise CommandError(error.message, UNUSABLE) from None
    then = as_if(after, {name: content}, {Place(name, ("reason",)): "--reason"})
    files = then.dataset.plans[plan]
    assert files.seal is not None
    made = sealing.renew(files.seal, files)
    top = sealing.seal_registers(then.dataset, made, plan)
    return {
        name: content,
        f"{PLANS}/{plan}/{SEAL}": written(made),
        SEAL: written(top),
    }


def _head(dataset: Dataset, amendment: Amendment) -> dict[str, Any]:
    """Return what a new amendment begins with; its document must be registered with number and date."""
    if not (amendment.document and amendment.reason):
        raise CommandError(
            M("Amendment {name} is new: name its document and the reason", name=amendment.name),
            USAGE,
            M("“{command}”", command='--amendment 2024-07 --document "300/KH-BCD" --reason "…"'),
        )
    found = find_names(amendment.document, Names(dataset).documents())
    document = Names(dataset).document(found[0]) if len(found) == 1 else None
    if document is None or document.date is None or document.number is None:
        raise CommandError(
            M("There is no document “{name}” with number and date", name=amendment.document),
            USAGE,
            M("Register it in documents.yaml first"),
        )
    return {"document": found[0], "date": document.date, "reason": amendment.reason}


def refuse_faults(proposal: ChangeProposal, *, allow_findings: bool) -> None:
    """Raise where a change must not be made: to a sealed plan, or into data with errors that it brings."""
    if proposal.unsigned:
        raise CommandError(
            M("Plan {plan} is signed and sealed, so nothing was written", plan=proposal.unsigned[0]),
            FINDINGS,
            M("A document that changes it is named with --amendment NAME --document NUMBER --reason TEXT"),
        )
    if proposal.errors and not allow_findings:
        raise CommandError(
            M("The change would bring errors: {count}. Nothing was written", count=len(proposal.errors)),
            FINDINGS,
            M("Change what is wrong as well, let totals follow with --with-totals, or add --allow-findings"),
        )

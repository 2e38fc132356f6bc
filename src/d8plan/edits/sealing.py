"""Make seals: what a plan says when it is signed, and what is kept about it."""

from __future__ import annotations

import datetime
from typing import TypeVar

from d8plan.models import plain_values
from d8plan.models.files import Dataset, PlanFiles
from d8plan.models.seal import RegisterSeal, Seal, digest

S = TypeVar("S", Seal, RegisterSeal)


def seal_plan(files: PlanFiles, document: str, date: datetime.date) -> Seal:
    """Return the seal of a plan as its document, of an id and a date, states it."""
    said, kept = plain_values.of_plan(files)
    return _complete(Seal(document=document, date=date.isoformat(), plan=said, record=kept))


def renew(seal: Seal, files: PlanFiles) -> Seal:
    """Return the seal with what is kept about the plan today; what the document says stays.

    A seal that was made before the order of what is printed was sealed takes that over too.
    """
    said = seal.plan
    if not plain_values.knows_orders(seal):
        said = said | {at: keys for at, keys in plain_values.orders(files).items() if at not in said}
    return _complete(seal.model_copy(update={"plan": said, "record": plain_values.of_plan(files)[1]}))


def seal_registers(dataset: Dataset, sealed: Seal, plan: str) -> RegisterSeal:
    """Return the seal of the shared files that knows the seals of all plans, ``plan`` by its new one."""
    said = dict(dataset.seal.plans if dataset.seal else {}) | {plan: digest(sealed.said())}
    records = dict(dataset.seal.records if dataset.seal else {}) | {plan: sealed.digest}
    registers = plain_values.of_registers(dataset)
    return _complete(
        RegisterSeal(plans=dict(sorted(said.items())), records=dict(sorted(records.items())), registers=registers)
    )


def _complete(seal: S) -> S:
    return seal.model_copy(update={"digest": digest(seal.content())})

"""What stands above and under a comparison on paper: out of the plan it speaks of."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from d8plan.models.plan import Signature
from d8plan.text.message import M, Message
from d8plan.views.comparison.changes import VersionComparison

TITLE = M("TABLE OF CHANGES")


class Letterhead(NamedTuple):
    """Out of the last of the plans that a comparison speaks of, or of all plans where it speaks of none."""

    subject: Message
    """What the comparison is of: the plan's title, its number and what amended it."""
    versions: Message
    """What was compared with what."""
    number: str
    issuer: str
    """Empty where the document's issuer is not known."""
    created: datetime.date
    """The day of the plan's document; some day where that is not known."""
    signature: Signature | None


def letterhead(comparison: VersionComparison) -> Letterhead:
    """Return what a comparison on paper is headed and signed with."""
    plan = (comparison.concerned or tuple(comparison.new.dataset.plans))[-1]
    names = comparison.names(plan)
    files = names.dataset.plans[plan]
    document = names.document(files.plan.document)
    number = (document and document.number) or ""
    subject = M("{title}", title=files.plan.title)
    if number:
        subject = M("{title}, No. {number}", title=subject, number=number)
    if amendments := names.amended_by(files):
        subject = M("{title}, as amended by {documents}", title=subject, documents=amendments)
    return Letterhead(
        subject,
        M("Before: {old}; after: {new}", old=comparison.old.name, new=comparison.new.name),
        number,
        (document and document.issuer) or "",
        (document and document.date) or datetime.date(2000, 1, 1),
        files.plan.signature,
    )

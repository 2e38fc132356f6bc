"""What stands above and under a comparison on paper: out of the plan it speaks of."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from d8plan.ledger.names import Names
from d8plan.models.plan import Signature
from d8plan.text.message import M, Message
from d8plan.views.comparison.changes import Comparison, Version
from d8plan.views.comparison.naming import holding
from d8plan.views.comparison.tables import concerned


class Head(NamedTuple):
    """Out of the last of the plans that a comparison speaks of, or of all plans where it speaks of none."""

    plan: str
    title: str
    number: str
    amended_by: tuple[str, ...]
    """Numbers of the documents that amended the plan."""
    issuer: str
    """Empty where the document's issuer is not known."""
    day: datetime.date | None
    """The day of the plan's document."""
    signature: Signature | None


def head(comparison: Comparison, old: Version, new: Version) -> Head:
    """Return what a comparison on paper is headed and signed with."""
    plan = (concerned(comparison) or tuple(new.dataset.plans))[-1]
    dataset = holding(old, new, plan)
    files = dataset.plans[plan].plan
    document = dataset.documents.documents.get(files.document)
    return Head(
        plan,
        files.title,
        (document and document.number) or "",
        Names(dataset).amended_by(dataset.plans[plan]),
        (document and document.issuer) or "",
        document.date if document else None,
        files.signature,
    )


def heading(shown: Head) -> tuple[Message, Message]:
    """Return the name of a comparison on paper and what it is of."""
    of = M("{title}", title=shown.title)
    if shown.number:
        of = M("{title}, No. {number}", title=of, number=shown.number)
    if shown.amended_by:
        of = M("{title}, as amended by {documents}", title=of, documents=shown.amended_by)
    return M("TABLE OF CHANGES"), of

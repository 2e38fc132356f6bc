"""Every rule, of reading and of checking."""

from __future__ import annotations

from d8plan.checks import rules
from d8plan.models.findings import FAMILIES, Rule
from d8plan.storage.data import rules as reading


def catalogue() -> dict[str, Rule]:
    """Return every rule by its code, families in the order in which findings are shown."""
    known = {rule.code: rule for rule in vars(reading).values() if isinstance(rule, Rule)} | rules()
    return {code: known[code] for code in sorted(known, key=lambda code: (FAMILIES.index(code[0]), code))}

"""Where a sum fails: its parts, and which of them a person would suspect.

A suspect is a part that one usual slip explains: corrected by exactly the difference, it becomes a
number that somebody could have meant. A slip that several parts could have made says little, and is
left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from d8plan.checks.context import Context
from d8plan.findings import Finding, Place, Related, Term
from d8plan.ledger import Figure, Kind, name_of, series_name
from d8plan.message import Amount, M, Message

MOST_ALIKE = 2
"""Parts that one slip may explain before it says nothing."""
MOST_SUSPECTS = 3
FACTORS = (10, 1_000)
TWO_DIGITS = 10


class _Suspect(NamedTuple):
    slip: str
    """What kind of slip it is, to count those alike."""
    text: Message
    place: Place


def explain(context: Context, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings; those of failing sums with their parts and suspects."""
    index = _Index(context)
    return [
        finding._replace(terms=index.terms(finding), suspects=tuple(index.suspects(finding)))
        if finding.summed is not None and finding.difference
        else finding
        for finding in findings
    ]


class _Index:
    def __init__(self, context: Context) -> None:
        self.context, self.dataset, self.ledger = context, context.dataset, context.ledger
        self.given = {figure.number for figure in self.ledger.figures}

    def terms(self, finding: Finding) -> tuple[Term, ...]:
        """Return the parts of a sum in the plan's order."""
        cells = self._cells(finding)
        return tuple(
            Term(self._name(cell, cells), cell.value if cell.number in self.given else None, cell.place)
            for cell in cells
        )

    def suspects(self, finding: Finding) -> Iterator[Related]:
        """Yield what a person would suspect, likeliest first."""
        cells = self._cells(finding)
        found = list(self._found(finding, cells))
        alike: dict[str, int] = {}
        for suspect in found:
            alike[suspect.slip] = alike.get(suspect.slip, 0) + 1
        told = [Related(one.text, one.place) for one in found if alike[one.slip] <= MOST_ALIKE]
        yield from told[:MOST_SUSPECTS]

    def _cells(self, finding: Finding) -> list[Figure]:
        return [self.ledger.cells[number] for number in sorted(finding.parts)]

    def _name(self, cell: Figure, among: list[Figure]) -> Message:
        """Return a part's name, no longer than is needed to tell it from the other parts."""
        if len({(other.plan, other.kind, other.series) for other in among}) > 1:
            return name_of(self.dataset, cell)
        # Without its series, which all parts share.
        names = name_of(self.dataset, cell, level=len({other.level for other in among}) > 1).values[0][1]
        assert isinstance(names, tuple)
        return M("{parts}", parts=names[1:])

    def _found(self, finding: Finding, cells: list[Figure]) -> Iterator[_Suspect]:
        shift, stated, computed = finding.difference, finding.stated, finding.computed
        assert shift is not None
        assert isinstance(stated, int)
        assert isinstance(computed, int)
        if slip := _slip(stated, computed):
            text = M("The total: {slip}, it would be {right}", slip=slip, right=Amount(computed))
            yield _Suspect("total", text, finding.place)
        by_unit: dict[str, list[Figure]] = {}
        for cell in cells:
            by_unit.setdefault(cell.unit, []).append(cell)
        yield from self._empty(cells, -shift)
        yield from self._doubled(by_unit, shift)
        for cell in cells:
            right = cell.value - shift
            if right < 0 or cell.number not in self.given:
                continue
            name = self._name(cell, cells)
            if slip := _slip(cell.value, right):
                text = M("{name}: {slip}, it would be {right}", name=name, slip=slip, right=Amount(right))
                yield _Suspect(str(slip), text, cell.place)
            elif right > 0 and (neighbour := self._neighbour(cell, right)):
                text = M(
                    "{name}: {value} may be another column’s; the column beside it, {neighbour}, has {right}",
                    name=name,
                    value=Amount(cell.value),
                    neighbour=neighbour,
                    right=Amount(right),
                )
                yield _Suspect("neighbour", text, cell.place)
        for unit, mine in by_unit.items():
            if sum(cell.value for cell in mine) == shift and len(by_unit) > 1 and unit:
                text = M("{name}: the total is the one without it", name=self._name(mine[0], cells))
                yield _Suspect("left out", text, mine[0].place)

    def _empty(self, cells: list[Figure], missing: int) -> Iterator[_Suspect]:
        """Yield the cells with nothing in them that would make the sum right."""
        if missing <= 0:
            return
        bare = [cell for cell in cells if cell.value == 0]
        for cell in bare:
            for plan in self.dataset.plans:
                if plan == cell.plan:
                    continue
                others = self.ledger.of(plan, cell.kind, cell.series, level=cell.level, units=[cell.unit])
                if [other.value for other in others] == [missing]:
                    text = M(
                        "{name}: nothing here, {value} in plan {plan}",
                        name=self._name(cell, cells),
                        value=Amount(missing),
                        plan=plan,
                    )
                    yield _Suspect("missing", text, cell.place)
        empty = [cell for cell in bare if cell.number not in self.given]
        if len(empty) == 1:
            text = M("{name}: empty; {value} would do", name=self._name(empty[0], cells), value=Amount(missing))
            yield _Suspect("empty", text, empty[0].place)

    def _doubled(self, by_unit: dict[str, list[Figure]], shift: int) -> Iterator[_Suspect]:
        """Yield a row that repeats the row above it, and is just what is too much."""
        units = list(by_unit)
        for above, unit in zip(units, units[1:], strict=False):
            mine, before = by_unit[unit], by_unit[above]
            whole, copied = self._row(mine[0].plan, unit), self._row(before[0].plan, above)
            if sum(cell.value for cell in mine) == shift and whole == copied and any(whole):
                text = M(
                    "{name}: the whole row repeats that of {above}",
                    name=self._name(mine[0], mine),
                    above=self._name(before[0], before),
                )
                yield _Suspect("doubled", text, mine[0].place)

    def _row(self, plan: str, unit: str) -> list[int]:
        return [f.value for f in self.ledger.figures if f.plan == plan and f.unit == unit and f.kind is Kind.INDICATOR]

    def _neighbour(self, cell: Figure, value: int) -> str | None:
        """Return the name of the column beside a cell's that has ``value`` for the same unit, if one has."""
        if cell.kind is not Kind.INDICATOR:
            return None
        row = [f for f in self.ledger.cells if f.plan == cell.plan and f.unit == cell.unit and f.kind is cell.kind]
        at = row.index(cell)
        for beside in row[max(at - 1, 0) : at] + row[at + 1 : at + 2]:
            if beside.value == value and beside.number in self.given:
                levels = self.dataset.plans[cell.plan].plan.levels
                name = series_name(self.dataset, beside)
                return f"{name}, {levels[beside.level].name}" if beside.level in levels else name
        return None


def _slip(wrong: int, right: int) -> Message | None:
    """Return which slip of the hand makes ``wrong`` of ``right``, if one does."""
    for factor in FACTORS:
        if (right > 0 and wrong == right * factor) or (wrong > 0 and right == wrong * factor):
            return M("off by a factor of {factor}", factor=Amount(factor))
    one, other = str(wrong), str(right)
    if max(wrong, right) >= TWO_DIGITS and len(one) == len(other):
        differ = [at for at, (left, along) in enumerate(zip(one, other, strict=True)) if left != along]
        if len(differ) == 2 and differ[1] == differ[0] + 1 and sorted(one) == sorted(other):
            return M("two digits swapped")
    return None

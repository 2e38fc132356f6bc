"""Where a sum fails: its parts, and which of them a person would suspect.

A suspect is a part that one usual slip explains: corrected by exactly the difference, it becomes a
number that somebody could have meant. A slip that several parts could have made says little, and is
left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from d8plan.checks.causes import Exceptions, shift_of, sums_without_exception
from d8plan.checks.context import Context
from d8plan.ledger.figures import Figure, Kind, total
from d8plan.ledger.names import Names
from d8plan.ledger.statements import Source, Statement
from d8plan.models.findings import Finding, Related, Term
from d8plan.models.places import Place
from d8plan.text.exact import ExactNumber, plain
from d8plan.text.message import Amount, M, Message

MOST_ALIKE = 2
"""Parts that one slip may explain before it says nothing."""
MOST_SUSPECTS = 3
MOST_SUMS = 200
FACTORS = (10, 1_000)
TWO_DIGITS = 10


class _Suspect(NamedTuple):
    slip: str
    """What kind of slip it is, to count those alike."""
    text: Message
    place: Place


def explain(context: Context, findings: Iterable[Finding], exceptions: Exceptions) -> list[Finding]:
    """Return findings; those of failing sums with their parts and suspects."""
    index = _Index(context, exceptions)
    return [
        finding._replace(terms=index.terms(finding), suspects=tuple(index.suspects(finding)))
        if finding.summed is not None and finding.difference
        else finding
        for finding in findings
    ]


class _Index:
    def __init__(self, context: Context, exceptions: Exceptions) -> None:
        self.context, self.dataset, self.ledger = context, context.dataset, context.ledger
        self.exceptions = exceptions
        self.given = {figure.number for figure in self.ledger.figures}

    @cached_property
    def _sums(self) -> tuple[list[Statement], list[Statement]]:
        """Return the sums that hold and those that fail; one that an exception is about is neither."""
        holding: list[Statement] = []
        failing: list[Statement] = []
        for one in sums_without_exception(self.ledger, self.exceptions):
            (holding if one.holds else failing).append(one)
        return holding, failing

    @cached_property
    def _proven(self) -> frozenset[int]:
        """Return the cells that a sum that holds contains: none of them is wrong."""
        holding, failing = self._sums
        right = {number for one in holding for number in one.cells}
        # A line that is empty as a whole is of every level.
        split = {(one.plan, one.indicator) for one in holding if one.source is Source.LEVEL}
        split -= {(one.plan, one.indicator) for one in failing if one.source is Source.LEVEL}
        lines = (cell for cell in self.ledger.cells if cell.kind is Kind.INDICATOR and cell.level is None)
        return frozenset(right | {cell.number for cell in lines if (cell.plan, cell.series) in split})

    @cached_property
    def _failing_by_shift(self) -> dict[tuple[ExactNumber, int], list[Place]]:
        """By how much a sum fails and a cell of it: the places of up to two such sums."""
        found: dict[tuple[ExactNumber, int], list[Place]] = {}
        for one in self._sums[1]:
            shift = one.computed - one.stated
            for number in one.cells:
                places = found.setdefault((shift, number), [])
                if len(places) < 2 and one.place not in places:
                    places.append(one.place)
        return found

    @cached_property
    def _failing_by_cell(self) -> dict[int, list[tuple[ExactNumber, frozenset[int]]]]:
        """By how much the first failing sums of each cell fail, and all their cells: more make no slip likelier."""
        found: dict[int, list[tuple[ExactNumber, frozenset[int]]]] = {}
        for one in self._sums[1]:
            shift = one.computed - one.stated
            for number in one.cells:
                sums = found.setdefault(number, [])
                if len(sums) < MOST_SUMS:
                    sums.append((shift, one.cells))
        return found

    @cached_property
    def _rows(self) -> dict[tuple[str, str], list[Figure]]:
        """The cells of a unit's row in a plan's annex, in the order of its columns."""
        found: dict[tuple[str, str], list[Figure]] = {}
        for cell in self.ledger.cells:
            if cell.kind is Kind.INDICATOR:
                found.setdefault((cell.plan, cell.unit), []).append(cell)
        return found

    @cached_property
    def _columns(self) -> dict[int, int]:
        """The place of each cell in its row."""
        return {cell.number: at for row in self._rows.values() for at, cell in enumerate(row)}

    @cached_property
    def _empty_lines(self) -> dict[tuple[str, str], list[Figure]]:
        """The lines of each indicator that are empty as a whole, and in no sum that holds."""
        found: dict[tuple[str, str], list[Figure]] = {}
        for cell in self.ledger.cells:
            open_ = cell.number not in self.given and cell.number not in self._proven
            if cell.kind is Kind.INDICATOR and cell.level is None and open_:
                found.setdefault((cell.plan, cell.series), []).append(cell)
        return found

    def terms(self, finding: Finding) -> tuple[Term, ...]:
        """Return the parts of a sum in the plan's order."""
        cells = self._cells(finding)
        name = self._names(cells)
        return tuple(Term(name(cell), cell.value if cell.number in self.given else None, cell.place) for cell in cells)

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

    def _names(self, among: list[Figure]) -> Callable[[Figure], Message]:
        """Return what names a part, no longer than is needed to tell it from the other parts."""
        if len({(other.plan, other.kind, other.series) for other in among}) > 1:
            return lambda cell: Names(self.dataset).figure(cell)
        level = len({other.level for other in among}) > 1

        def name(cell: Figure) -> Message:
            # Without its series, which all parts share.
            names = Names(self.dataset).figure(cell, level=level).values[0][1]
            assert isinstance(names, tuple)
            return M("{parts}", parts=names[1:])

        return name

    def _found(self, finding: Finding, cells: list[Figure]) -> Iterator[_Suspect]:
        name = self._names(cells)
        shift, stated = shift_of(finding, self.exceptions), finding.stated
        assert isinstance(stated, ExactNumber)
        if shift == 0:  # the exception is what is wrong
            return
        # Where the sums that fail share one figure alone, it has been blamed.
        blamed = [cell for cell in cells if cell.place == finding.place]
        open_cells = blamed or [cell for cell in cells if cell.number not in self._proven]
        if not (open_cells and self._fails_with(finding, shift)) and (slip := _slip(stated, stated + shift)):
            text = M("The total: {slip}, it would be {right}", slip=slip, right=Amount(stated + shift))
            yield _Suspect("total", text, finding.place)
        by_unit: dict[str, list[Figure]] = {}
        for cell in cells:
            by_unit.setdefault(cell.unit, []).append(cell)
        yield from self._empty(cells, [*open_cells, *self._whole_lines(finding, cells)], -shift)
        doubled = list(self._doubled(by_unit, shift))
        yield from doubled
        for cell in open_cells:
            slip = _slip(cell.value, cell.value - shift)
            if slip and cell.number in self.given:
                right = Amount(cell.value - shift)
                text = M("{name}: {slip}, it would be {right}", name=name(cell), slip=slip, right=right)
                yield _Suspect(str(slip), text, cell.place)
        for cell in cells:
            if cell.number in self.given and (neighbour := self._neighbour(cell, cell.value - shift)):
                text = M(
                    "{name}: {value} may be another column’s; the column beside it, {neighbour}, has {right}",
                    name=name(cell),
                    value=Amount(cell.value),
                    neighbour=neighbour,
                    right=Amount(cell.value - shift),
                )
                yield _Suspect("neighbour", text, cell.place)
        if doubled or blamed or len(by_unit) < 2:
            return
        alone = not self._fails_with(finding, shift)
        for unit, mine in by_unit.items():
            if unit and total(mine) == shift and (alone or self._is_extra(mine)):
                text = M("{name}: the total is the one without it", name=self._names(mine[:1])(mine[0]))
                yield _Suspect("left out", text, mine[0].place)

    def _fails_with(self, finding: Finding, shift: ExactNumber) -> bool:
        """Tell whether another total of the same figures is off by as much: it is hardly the totals that are wrong."""
        failing = self._failing_by_shift
        return any(place != finding.place for number in finding.parts for place in failing.get((shift, number), ()))

    def _empty(self, cells: list[Figure], candidates: list[Figure], missing: ExactNumber) -> Iterator[_Suspect]:
        """Yield the candidates with nothing in them that would make the sum right."""
        if missing <= 0:
            return
        name = self._names(cells)
        levels = {cell.level for cell in cells} - {None}
        level = next(iter(levels)) if len(levels) == 1 else None
        empty: list[Figure] = []
        for cell in candidates:
            if cell.value:
                continue
            others = self._others(cell, cell.level or level)
            plan = next((plan for plan, value in others.items() if value == missing), None)
            if plan is not None:
                text = M(
                    "{name}: nothing here, {value} in plan {plan}", name=name(cell), value=Amount(missing), plan=plan
                )
                yield _Suspect("missing", text, cell.place)
            # A unit that has nothing of it in any plan lacks nothing, unless its number stands beside.
            elif cell.number not in self.given and (
                not others or any(others.values()) or self._neighbour(cell, missing)
            ):
                empty.append(cell)
        if len(empty) == 1:
            text = M("{name}: empty; {value} would do", name=name(empty[0]), value=Amount(missing))
            yield _Suspect("empty", text, empty[0].place)

    def _others(self, cell: Figure, level: str | None) -> dict[str, ExactNumber]:
        """Return what each other plan that has a cell's column gives its unit."""
        return {
            plan: total(self.ledger.of(plan, cell.kind, cell.series, level=level, units=[cell.unit]))
            for plan in self.dataset.plans
            if plan != cell.plan and (plan, cell.kind, cell.series) in self.ledger.series
        }

    def _is_extra(self, mine: list[Figure]) -> bool:
        """Tell whether other plans have a unit's indicators and give it nothing of them."""
        others = [value for cell in mine for value in self._others(cell, None).values()]
        return bool(others) and not any(others)

    def _whole_lines(self, finding: Finding, cells: list[Figure]) -> list[Figure]:
        """Return the lines that are empty as a whole, where an annex's sum is of one level of a split column."""
        first = cells[0]
        if any(cell.level is None for cell in cells) or finding.place.file != first.place.file:
            return []
        return self._empty_lines.get((first.plan, first.series), [])

    def _doubled(self, by_unit: dict[str, list[Figure]], shift: ExactNumber) -> Iterator[_Suspect]:
        """Yield a row that repeats the row above it, and is just what is too much."""
        units = list(by_unit)
        for above, unit in pairwise(units):
            mine, before = by_unit[unit], by_unit[above]
            if total(mine) != shift or any(cell.number in self._proven for cell in mine):
                continue
            whole, copied = self._row(mine[0].plan, unit), self._row(before[0].plan, above)
            if whole == copied and any(whole):
                name, other = (self._names(row[:1])(row[0]) for row in (mine, before))
                text = M("{name}: the whole row repeats that of {above}", name=name, above=other)
                yield _Suspect("doubled", text, mine[0].place)

    def _row(self, plan: str, unit: str) -> list[ExactNumber]:
        return [cell.value for cell in self._rows.get((plan, unit), ()) if cell.number in self.given]

    def _neighbour(self, cell: Figure, value: ExactNumber) -> str | None:
        """Return the name of the column beside a cell that has, for the same unit, the ``value`` that the cell should.

        Its own sum has to fail as well, by what two numbers that changed places, or one that moved over, make it
        fail by. Else the same number stands there by chance.
        """
        if cell.kind is not Kind.INDICATOR or value <= 0:
            return None
        row, at = self._rows[cell.plan, cell.unit], self._columns[cell.number]
        for step in (-1, 1):
            beside = row[at + step] if 0 <= at + step < len(row) else None
            if beside is None or beside.value != value or beside.number not in self.given:
                continue
            after = row[at + 2 * step].value if 0 <= at + 2 * step < len(row) else 0
            failing = self._failing_by_cell.get(beside.number, ())
            shifts = (shift for shift, cells in failing if cell.number not in cells)
            if any(value - shift in (cell.value, after, 0) for shift in shifts):
                levels = self.dataset.plans[cell.plan].plan.levels
                name = Names(self.dataset).series(beside)
                return f"{name}, {levels[beside.level].name}" if beside.level in levels else name
        return None


def _slip(wrong: ExactNumber, right: ExactNumber) -> Message | None:
    """Return which slip of the hand makes ``wrong`` of ``right``, if one does."""
    for factor in FACTORS:
        if (right > 0 and wrong == right * factor) or (wrong > 0 and right == wrong * factor):
            return M("off by a factor of {factor}", factor=Amount(factor))
    one, other = plain(wrong), plain(right)
    if max(wrong, right) >= TWO_DIGITS and len(one) == len(other):
        differ = [at for at, (left, along) in enumerate(zip(one, other, strict=True)) if left != along]
        if len(differ) == 2 and differ[1] == differ[0] + 1 and sorted(one) == sorted(other):
            return M("two digits swapped")
    return None

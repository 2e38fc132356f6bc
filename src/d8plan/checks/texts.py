"""The text agrees with the annex: its targets, contents, named units, pauses and caps (S004 and on)."""

from __future__ import annotations

from d8plan.checks.context import Context, Outcomes, Result, collect
from d8plan.ledger import keys
from d8plan.ledger.figures import Kind, total
from d8plan.models.activities import Activity, Part, Quantity
from d8plan.models.bounds import number_of
from d8plan.models.files import PlanFiles
from d8plan.models.findings import Cited, Finding, Related, Rule, Severity
from d8plan.models.places import Place
from d8plan.models.statements import ValueStatement
from d8plan.text.message import Amount, M, Message

TARGET_UNSAID = Rule(
    "S004", "target-not-in-text", M("indicator that the text’s list of targets leaves out"), Severity.WARNING
)
"""Where the text lists its targets, it lists every indicator of the annex. A target of the text is a statement that
selects one indicator alone, with all its levels and units. An indicator of the text that the annex does not allot is
R026.

Why: what stands in the annex alone is easily taken for approved, and what stands in the text alone has no units.

Mend: add the target to statements.yaml with its line, if the text has it; else ask the issuer which of the two holds.
"""
PAUSED_ALLOTTED = Rule(
    "S005", "paused-allotted", M("paused indicator with allotments"), Severity.WARNING, exceptable=True
)
"""An indicator of a part that the text pauses is allotted nothing.

Why: a unit that reads its row of the annex would carry out what the text tells it not to.

Mend: take the figures out, or the pause; or record in exceptions.yaml what the issuer answered.
"""
NO_ALLOTMENT = Rule(
    "S006", "named-without-allotment", M("unit that an activity names without an allotment"), Severity.WARNING
)
"""Units that an activity names have an allotment of an indicator of its part. The other way round is S003: an
activity that a statement calls the list of an indicator's units names them all.

Why: the text sends a unit to work for which the annex gives it no target.

Mend: correct the units of the activity or the allotment; or delete the indicator from the part, if it measures
something else.
"""
CAP_ABOVE_BUDGET = Rule("S007", "cap-above-budget", M("cap that its budget does not hold"), exceptable=True)
"""A cap on one, times how many the text says, is no more than the budget that it comes from.

Why: nine models of at most 15.000.000 đ need up to 135.000.000 đ; a budget with less cannot keep the promise, and a
cap with a digit too many is found before it is spent.

Mend: correct the cap, the number, or the budget's amounts; or select under `cap` the budget that really pays.
"""
CAP_WITHOUT_BUDGET = Rule("S010", "cap-without-budget", M("cap whose budget holds no amount"))
"""The budget that a cap selects holds an amount: of its level, holder and origin, as far as it names them.

Why: a cap that is compared with nothing promises money that the plan does not have.

Mend: correct the level, holder or origin under `cap`, or add the budget to budget.yaml.
"""
OTHER_CONTENT = Rule("S008", "other-content", M("indicator under another content than the text’s"), Severity.WARNING)
"""An indicator stands under one content of the programme: in indicators.yaml, in the part of the text that it
measures, and under the heading of the annex.

Why: contents have different lead agencies and budgets; under two of them, nobody or everybody answers for it.

Mend: correct `content`, the part, or the heading's `contents`; a warning may stay where the signed text has both.
"""


def check(context: Context) -> Result:
    """Compare the text of every plan with its annex."""
    return collect(outcome for files in context.dataset.plans.values() for outcome in _Text(context, files).outcomes())


class _Text:
    def __init__(self, context: Context, files: PlanFiles) -> None:
        self.context, self.dataset, self.ledger, self.files = context, context.dataset, context.ledger, files
        self.indicators = context.dataset.indicators.indicators
        self.contents = context.dataset.indicators.contents
        self.parts = files.activities.parts
        named = files.statements.named_units
        self.compared = {(one.activity.part, one.activity.activity) for one in named.values()}

    def outcomes(self) -> Outcomes:
        yield from self._targets()
        for key, part in self.parts.items():
            if part.paused:
                yield from self._paused(key, part)
            yield from self._part_content(key, part)
            for activity_key, activity in part.activities.items():
                at = ("parts", key, "activities", activity_key)
                yield from self._named(part, activity, at)
                for quantity_key, quantity in activity.quantities.items():
                    if quantity.cap:
                        yield self._cap(quantity, (*at, "quantities", quantity_key))
        if self.files.annex:
            yield from self._annex()

    def _cited(self, lines: list[int]) -> Cited:
        return self.context.names.cite(self.files.plan.document, lines)

    def _times(self, key: str, times: ValueStatement) -> Cited:
        """Return where the number of what a cap allows is stated."""
        place = keys.of_statement(self.files.id, key)
        return self.ledger.cited(self.context.names.cited(times.source), place)

    def _name(self, indicator: str) -> str:
        return self.context.names.indicator(indicator).short_name

    def _targets(self) -> Outcomes:
        statements, allocations = self.files.statements, self.files.allocations
        broken = any(path[0] == self.files.file("statements.yaml") for path in self.dataset.broken)
        if broken:
            return
        lines: dict[str, list[int]] = {}
        series = ((key, self.ledger.of(self.files.id, Kind.INDICATOR, key)) for key in allocations.indicators)
        split = {(key, figure.level) for key, figures in series for figure in figures if figure.level}
        for value in statements.values.values():
            select = value.select
            whole = value.aggregate == "sum" and value.of is None
            narrowed = not whole or select.plan or select.units or select.zone or select.group
            # A level without figures narrows nothing, and is told as that.
            if select.indicator and not narrowed and (select.indicator, select.level) not in split:
                lines[select.indicator] = value.source.lines
        if not lines:
            return
        unknown = [key for key in lines if key not in self.indicators]
        for indicator in allocations.indicators:
            if indicator in lines or indicator not in self.indicators or unknown:
                yield None
                continue
            yield Finding(
                rule=TARGET_UNSAID,
                message=M(
                    "{name}: in the annex, but not among the {count} targets of the text",
                    name=self._name(indicator),
                    count=len(lines),
                ),
                place=keys.of_indicator(self.files.id, indicator),
                action=M("Add it to statements.yaml if the text has it; else ask the issuer"),
                plan=self.files.id,
                indicator=indicator,
                cited=self._cited(sorted({line for of in lines.values() for line in of})),
            )

    def _paused(self, key: str, part: Part) -> Outcomes:
        assert part.paused is not None
        for indicator in part.indicators or ():
            figures = self.ledger.of(self.files.id, Kind.INDICATOR, indicator)
            allotted = self.files.allocations.indicators[indicator].amount if figures else 0
            if not any(figure.value for figure in figures):
                yield None
                continue
            source = part.paused.source
            yield Finding(
                rule=PAUSED_ALLOTTED,
                message=M("{name}: “{reason}”", name=self._name(indicator), reason=part.paused.reason),
                place=keys.of_target(self.files.id, indicator),
                action=M("Take out the figures or the pause, or record the issuer’s answer in exceptions.yaml"),
                plan=self.files.id,
                indicator=indicator,
                stated=0,
                computed=allotted,
                unit_of_measure=figures[0].unit_of_measure,
                cited=self.ledger.cited(
                    self.context.names.cited(source),
                    self.files.place("activities.yaml", "parts", key, "paused", "reason"),
                ),
                related=(
                    Related(
                        M("Part {number} is paused", number=part.number),
                        self.files.place("activities.yaml", "parts", key, "paused", of_key=True),
                    ),
                ),
            )

    def _part_content(self, key: str, part: Part) -> Outcomes:
        for index, indicator in enumerate(part.indicators or ()):
            known = self.indicators.get(indicator)
            if known is None or part.content not in self.contents or known.content not in self.contents:
                continue
            place = self.files.place("activities.yaml", "parts", key, "indicators", index)
            where = M(
                "part {number} of the text is of content {content}",
                number=part.number,
                content=self.contents[part.content].number,
            )
            yield (
                None
                if known.content == part.content
                else self._content(indicator, place, where, self._cited(part.lines))
            )

    def _annex(self) -> Outcomes:
        assert self.files.annex is not None
        for key, group in self.files.annex.groups.items():
            for indicator in group.indicators:
                known = self.indicators.get(indicator)
                if not group.contents or known is None or known.content not in self.contents:
                    continue
                place = self.files.place("annex.yaml", "groups", key, "indicators", indicator, of_key=True)
                numbers = tuple(self.contents[content].number for content in group.contents if content in self.contents)
                where = M("the annex has it under content {contents}", contents=numbers)
                lines = next((part.lines for part in self.parts.values() if indicator in (part.indicators or ())), None)
                cited = self._cited(lines) if lines else None
                yield None if known.content in group.contents else self._content(indicator, place, where, cited)

    def _content(self, indicator: str, place: Place, where: Message, cited: Cited | None) -> Finding:
        own = self.contents[self.indicators[indicator].content]
        return Finding(
            rule=OTHER_CONTENT,
            message=M(
                "{name}: of content {content}, but {where}", name=self._name(indicator), content=own.number, where=where
            ),
            place=place,
            action=M("Correct the content here or in indicators.yaml; let it stand where the signed text has both"),
            plan=self.files.id,
            indicator=indicator,
            cited=cited,
            related=(Related(M("Its content"), Place("indicators.yaml", ("indicators", indicator, "content"))),),
        )

    def _named(self, part: Part, activity: Activity, at: tuple[str, ...]) -> Outcomes:
        annex = self.files.allocations.indicators
        indicators = [key for key in part.indicators or () if key in self.indicators and key in annex]
        if at[1::2] in self.compared:
            return  # a statement says that these are the indicator's units: S003 compares both ways
        if not indicators or any((self.files.id, key) in self.context.unprovable for key in indicators):
            return
        allotted = {
            figure.unit
            for key in indicators
            for figure in self.ledger.of(self.files.id, Kind.INDICATOR, key)
            if figure.value > 0
        }
        registered = self.dataset.units.units
        for index, unit in enumerate(activity.units or ()):
            if unit in allotted or unit not in registered:
                yield None
                continue
            yield Finding(
                rule=NO_ALLOTMENT,
                message=M(
                    "{unit} is named, and has nothing of: {indicators}",
                    unit=registered[unit].name,
                    indicators=tuple(self._name(key) for key in indicators),
                ),
                place=self.files.place("activities.yaml", *at, "units", index),
                action=M("Correct the units of the activity, or the allotment"),
                plan=self.files.id,
                indicator=indicators[0] if len(indicators) == 1 else None,
                unit=unit,
                cited=self.ledger.cited(self._cited(activity.lines), self.files.place("activities.yaml", *at, "units")),
            )

    def _cap(self, quantity: Quantity, at: tuple[str, ...]) -> Finding | None:
        cap, statements = quantity.cap, self.files.statements
        assert cap is not None
        times = statements.values.get(cap.times) if statements else None
        if times is None or any(path[0] == self.files.file("budget.yaml") for path in self.dataset.broken):
            return None
        budget, levels = self.files.budget, self.files.plan.levels
        held = self.ledger.budget(self.files.id, level=cap.level, origin=cap.origin, holder=cap.holder)
        # A level, holder or origin that there is not is told as that.
        known = not budget.holders or (
            cap.level in (None, *levels)
            and cap.holder in (None, *budget.holders)
            and cap.origin in (None, *budget.origins)
        )
        if not held and known:
            return Finding(
                rule=CAP_WITHOUT_BUDGET,
                message=M("The plan has no such budget"),
                place=self.files.place("activities.yaml", *at, "cap", of_key=True),
                action=M("Correct the level, holder or origin, or add the budget to budget.yaml"),
                plan=self.files.id,
                cited=self._times(cap.times, times),
            )
        needed = quantity.value * number_of(times.value)
        if not held or needed <= total(held):
            return None
        return Finding(
            rule=CAP_ABOVE_BUDGET,
            message=M(
                "{times} × at most {cap} = {needed}",
                times=number_of(times.value),
                cap=Amount(quantity.value, "đ"),
                needed=Amount(needed, "đ"),
            ),
            place=self.files.place("activities.yaml", *at, "value"),
            action=M("Correct the cap, how many there are, or the budget that “cap” selects"),
            plan=self.files.id,
            stated=needed,
            computed=total(held),
            unit_of_measure="đ",
            cited=self._times(cap.times, times),
            related=(Related(M("How many"), keys.of_statement(self.files.id, cap.times)),),
        )

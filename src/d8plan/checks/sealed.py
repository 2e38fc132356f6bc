"""What was sealed is what the data says today, but for what amendments list (L)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from d8plan.checks.context import Context
from d8plan.ledger.figures import Figure
from d8plan.models import plain_values
from d8plan.models.files import SEAL, PlanFiles
from d8plan.models.findings import Finding, Related, Rule, Severity
from d8plan.models.places import PLANS, Place
from d8plan.models.seal import PlainValues, RegisterSeal, Seal, digest
from d8plan.text.exact import ExactNumber, as_json_text
from d8plan.text.message import M, Message
from d8plan.text.names import fold

CHANGED = Rule("L001", "sealed-value", M("value that is not the sealed one"))
"""Every value that the document states is today what it was when the plan was sealed, or what amendments made of it.

Why: a signed plan changes by another signed document alone. Sums do not show every change: two that cancel each other
out in one column, or an empty cell that becomes 0, leave every total as it was.

Mend: put the sealed value back; or, where a document changed it, write a file in amendments/ with that document, its
date, the reason and this very change, and run `d8plan seal PLAN`.
"""
AMENDMENT_ASTRAY = Rule("L002", "amendment-astray", M("amendment of something else"))
"""Each change that an amendment lists begins with the value that the plan had until then, and changes it.

Why: a chain of amendments from the sealed value to today's must have no gap, or nobody can tell which document is the
source of a figure.

Mend: give as `old` the value that was sealed, or that the amendment before made of it; name the value's place exactly.
"""
UNSEALED_AMENDMENT = Rule("L003", "amendment-of-draft", M("amendment of a plan that is not sealed"))
"""Only a sealed plan has amendments.

Why: there is nothing to compare a change with; a draft is simply edited.

Mend: seal the plan as it was signed with `d8plan seal`, before the changes; or delete the amendment.
"""
WRONG_DOCUMENT = Rule("L004", "seal-document", M("document or date that is not the signed one"))
"""A seal or amendment names a document of documents.yaml with its number and its date. The seal names the plan's own;
an amendment names another one, which is no older than the plan and not of a day to come. Neither the plan's document
nor its phase's is another one, nor is an entry of documents.yaml with the number of one of them in the same year.

Why: who signed what, and when, is the ground on which a figure stands. A document does not amend itself.

Mend: correct the document or the date in the file that is wrong; a wrong seal is restored from git or made again.
"""
EDITED = Rule("L005", "seal-edited", M("seal that was edited"))
"""A seal is as `d8plan seal` wrote it: its digest is that of its values.

Why: a seal that anyone may edit proves nothing.

Mend: restore the file from git. Only `d8plan seal` writes it.
"""
RECORD_CHANGED = Rule("L006", "record-changed", M("record about a sealed plan that has changed"))
"""What is kept about a sealed plan, but not said by its document, is as it was when `d8plan seal` last ran: exceptions,
notes, control totals, severities, amendments; and the registers of units, indicators and documents.

Why: an exception whose date or citation moves unseen is no proof.

Mend: undo the change, or review it and run `d8plan seal PLAN`, which takes it over and needs no document.
"""
LOST = Rule("L007", "seal-lost", M("seal that is missing or was replaced"))
"""The seal at the top of the data folder knows every sealed plan and its seal.

Why: deleting a seal would make a signed plan a draft again, and a new one could hold any value.

Mend: restore the files named seal.json from git.
"""
ADDED = Rule("L008", "record-unsealed", M("record added since the plan was sealed"), Severity.WARNING)
"""Exceptions, notes, control totals and amendments of a sealed plan are sealed too; so is the order of all that is
printed, which seals made by early versions do not hold.

Why: until `d8plan seal` takes an addition over, a change of its date, lines or reason would not be noticed, nor two
columns that change places. A new unit, indicator or document in the registers is not told: no sealed plan speaks of it.

Mend: review the addition and run `d8plan seal PLAN`; it needs no document.
"""
UNSEALED = Rule("L009", "seal-required", M("plan that is not sealed where seals are required"))
"""Every plan is sealed where `d8plan validate --require-sealed` asks for it, and each plan that asks for it itself:
`sealed: required` in plan.yaml.

Why: a draft may hold any value. Who deletes all seals of a data folder makes drafts of signed plans, and nothing in
the folder tells; only a demand that is kept elsewhere does, such as in the settings of a build server.

Mend: restore the files named seal.json from git, or seal the plan as it was signed: `d8plan seal PLAN`.
"""
_ABSENT = object()


class _Expected(NamedTuple):
    """A value that a plan should have, and the amendment that made it so."""

    value: Any
    amendment: str | None


def compare(context: Context, *, required: bool) -> tuple[list[Finding], int]:
    """Return what differs from the seals, and how many values were compared; ``required`` asks for every seal."""
    checker = _SealChecker(context, required=required)
    checker.registers()
    for files in context.dataset.plans.values():
        checker.plan(files)
    return checker.findings, checker.made


class _SealChecker:
    def __init__(self, context: Context, *, required: bool) -> None:
        self.context, self.dataset, self.required = context, context.dataset, required
        self.findings: list[Finding] = []
        self.made = 0

    @cached_property
    def cells(self) -> dict[Place, Figure]:
        """The ledger's cells by place."""
        return {cell.place: cell for cell in self.context.ledger.cells}

    def registers(self) -> None:
        """Compare the shared files, and the seals that the top seal knows."""
        seal = self.dataset.seal
        if seal is None:
            if any(files.seal for files in self.dataset.plans.values()) and (SEAL,) not in self.dataset.broken:
                self._lost(None, M("Plans are sealed, and the seal of the shared files is missing"), SEAL)
            return
        if not self._edited(seal, SEAL, None):
            return
        today = plain_values.of_registers(self.dataset)
        # A new entry changes nothing that was sealed; a new field of an old one may.
        entries = {_entry_of(pointer) for pointer in seal.registers}
        known = {pointer: value for pointer, value in today.items() if _entry_of(pointer) in entries}
        expected = {key: _Expected(value, None) for key, value in seal.registers.items()}
        self._compare(expected, known, None, RECORD_CHANGED)
        for plan in seal.plans:
            self.made += 1
            name = f"{PLANS}/{plan}/{SEAL}"
            sealed_plan = self.dataset.plans.get(plan)
            unread = sealed_plan is None and self._is_broken(Place(f"{PLANS}/{plan}/plan.yaml"))
            if unread or (name,) in self.dataset.broken:
                continue
            if sealed_plan is None or sealed_plan.seal is None:
                self._lost(plan, M("Plan {plan} was sealed, and its seal is missing", plan=plan), SEAL, plan)
                continue
            own = sealed_plan.seal  # one that was edited by hand is told as that
            if own.digest != seal.records.get(plan) and digest(own.content()) == own.digest:
                self._lost(plan, M("The seal of plan {plan} is not the one that was made", plan=plan), name)
        for files in self.dataset.plans.values():
            if files.seal and files.id not in seal.plans:
                self._lost(
                    files.id, M("The seal of plan {plan} is not known", plan=files.id), f"{PLANS}/{files.id}/{SEAL}"
                )

    def plan(self, files: PlanFiles) -> None:
        """Compare a plan with its seal and amendments."""
        seal = files.seal
        if seal is None:
            if (files.file(SEAL),) not in self.dataset.broken:
                for name in files.amendments:
                    self._add(
                        UNSEALED_AMENDMENT,
                        M("Plan {plan} is not sealed", plan=files.id),
                        Place(files.file(f"{plain_values.AMENDMENTS}{name}.yaml"), ("changes",), of_key=True),
                        M("Seal the plan as it was signed first: “{command}”", command=f"d8plan seal {files.id}"),
                        files.id,
                    )
                self._unsealed(files)
            return
        if not self._edited(seal, files.file(SEAL), files):
            return
        self._documents(files, seal)
        said, kept = plain_values.of_plan(files)
        if not plain_values.knows_orders(seal):
            said = {
                key: value for key, value in said.items() if key in seal.plan or key not in plain_values.orders(files)
            }
            self._add(
                ADDED,
                M("The seal of plan {plan} does not hold the order of what is printed", plan=files.id),
                files.place(SEAL, "plan", of_key=True),
                M("Compare the order with the signed paper and run “{command}”", command=f"d8plan seal {files.id}"),
                files.id,
            )
        self._compare(self._amended(files, seal, said), said, files, CHANGED, beside=kept)
        recorded = {key: _Expected(value, None) for key, value in seal.record.items()}
        self._compare(recorded, kept, files, RECORD_CHANGED, beside=said)

    def _unsealed(self, files: PlanFiles) -> None:
        """Tell that a plan is not sealed, where it must be and its lost seal is not told already."""
        self.made += 1
        known = self.dataset.seal is not None and files.id in self.dataset.seal.plans
        if files.plan.sealed:
            message = M("Plan {plan} is to be sealed, as it says itself, and is not", plan=files.id)
            place = files.place("plan.yaml", "sealed")
        else:
            message = M("Plan {plan} is to be sealed, and is not", plan=files.id)
            place = files.place("plan.yaml", "document")
        if (self.required or files.plan.sealed) and not known:
            action = M(
                "Restore its {name} from git, or seal it: “{command}”", name=SEAL, command=f"d8plan seal {files.id}"
            )
            self._add(UNSEALED, message, place, action, files.id)

    def _amended(self, files: PlanFiles, seal: Seal, today: PlainValues) -> dict[str, _Expected]:
        """Return what the seal and the amendments, in order of their dates, make of the plan."""
        expected = {pointer: _Expected(value, None) for pointer, value in seal.plan.items()}
        for name, amendment in files.amended_by:
            file = files.file(f"{plain_values.AMENDMENTS}{name}.yaml")
            if not amendment.changes:
                self._astray(files, Place(file, ("changes",), of_key=True), M("It changes nothing"))
            for pointer, change in amendment.changes.items():
                self.made += 1
                place = Place(file, ("changes", pointer))
                before = expected.get(pointer, _Expected(None, None))
                if pointer in seal.record:
                    message = M("{place} is not said by the document, but kept about it", place=pointer)
                    self._astray(files, place, message)
                elif change.old == change.new and (pointer in expected or pointer not in today):
                    self._astray(files, place, M("It changes nothing"))
                elif before.value != change.old or isinstance(before.value, bool) != isinstance(change.old, bool):
                    message = M(
                        "Until then it was {old}, not {given}", old=_text(before.value), given=_text(change.old)
                    )
                    self._astray(files, place.below("old"), message)
                expected[pointer] = _Expected(change.new, name)
        return expected

    def _astray(self, files: PlanFiles, place: Place, message: Message) -> None:
        action = M("Name the place, the value before and the value after exactly")
        self._add(AMENDMENT_ASTRAY, message, place, action, files.id)

    def _documents(self, files: PlanFiles, seal: Seal) -> None:
        """Check who signed the plan and its amendments, and when."""
        phase = self.dataset.plans.get(files.plan.phase or "")
        own = {self._numbered(seal.document), self._numbered(files.plan.document)}
        of_phase = {self._numbered(phase.plan.document)} if phase else set()
        signed = [(seal.document, seal.date, files.place(SEAL, "date"))]
        for name, amendment in files.amendments.items():
            place = Place(files.file(f"{plain_values.AMENDMENTS}{name}.yaml"), ("date",))
            signed.append((amendment.document, amendment.date.isoformat(), place))
            if self._numbered(amendment.document) in own:
                self._document(files, place, M("A plan’s own document does not amend it"))
            if self._numbered(amendment.document) in of_phase:
                self._document(files, place, M("The document of a plan’s phase does not amend it"))
            if amendment.date > self.context.today:
                self._document(files, place, M("The amendment is of a day to come"))
            if amendment.date.isoformat() < seal.date:
                message = M(
                    "The amendment is older than the plan, of {date}", date=datetime.date.fromisoformat(seal.date)
                )
                self._document(files, place, message)
        if seal.document != files.plan.document:
            message = M("The plan is {plan}, the seal is of {seal}", plan=files.plan.document, seal=seal.document)
            self._document(files, files.place(SEAL, "document"), message)
        for document, date, place in signed:
            self.made += 1
            described = self.context.names.document(document)
            if described is None:
                continue
            if described.number is None or described.date is None:
                self._document(files, place, M("Document “{id}” has no number or date in documents.yaml", id=document))
            elif described.date.isoformat() != date:
                message = M("Document {number} is of {date}", number=described.number, date=described.date)
                self._document(files, place, message)

    def _numbered(self, document: str) -> tuple[str, int] | str:
        """Return what a document is known by outside, whatever its id: its number and the year; else its id."""
        known = self.context.names.document(document)
        if known is None or known.number is None or known.date is None:
            return document
        return fold(known.number).replace(" ", ""), known.date.year

    def _document(self, files: PlanFiles, place: Place, message: Message) -> None:
        action = M("Give the number and date of the signed document, the same in documents.yaml")
        self._add(WRONG_DOCUMENT, message, place, action, files.id)

    def _edited(self, seal: Seal | RegisterSeal, name: str, files: PlanFiles | None) -> bool:
        """Tell a seal that is not as it was written, at the value that must be the one; return if it is whole."""
        self.made += 1
        if digest(seal.content()) == seal.digest:
            return True
        section, now = ("registers", plain_values.of_registers(self.dataset))
        sections: list[tuple[str, PlainValues, PlainValues]] = []
        if isinstance(seal, Seal):
            assert files is not None
            said, kept = plain_values.of_plan(files)
            amended = {change for one in files.amendments.values() for change in one.changes}
            sealed = {pointer: value for pointer, value in seal.plan.items() if pointer not in amended}
            sections += [("plan", sealed, said), ("record", seal.record, kept)]
        else:
            sections.append((section, seal.registers, now))
        odd = [
            (of, pointer)
            for of, sealed, today in sections
            for pointer, value in sealed.items()
            if today.get(pointer, _ABSENT) != value
        ]
        keys = odd[0] if len(odd) == 1 else self._odd_head(seal, files)
        self._add(
            EDITED,
            M("Its values do not give its digest"),
            Place(name, keys),
            M("Restore it from git: only “{command}” writes it", command="d8plan seal"),
            files.id if files else None,
            related=tuple(Related(M("This may have been changed"), Place(name, at)) for at in odd[:20] if at != keys),
        )
        return False

    def _odd_head(self, seal: Seal | RegisterSeal, files: PlanFiles | None) -> tuple[str, ...]:
        """Return where a seal was edited, if not at a value: its date, its document, a plan's digest, its own."""
        if isinstance(seal, RegisterSeal):
            held = {plan: of.seal for plan, of in self.dataset.plans.items() if of.seal}
            sections = {
                "plans": {plan: digest(of.said()) for plan, of in held.items()},
                "records": {plan: of.digest for plan, of in held.items()},
            }
            odd = [
                (section, plan)
                for section, today in sections.items()
                for plan, known in getattr(seal, section).items()
                if today.get(plan) != known
            ]
            return odd[0] if odd else ("digest",)
        assert files is not None
        described = self.context.names.document(files.plan.document)
        if described and described.date and described.date.isoformat() != seal.date:
            return ("date",)
        return ("document",) if seal.document != files.plan.document else ("digest",)

    def _lost(self, plan: str | None, message: Message, name: str, key: str | None = None) -> None:
        action = M("Restore the files named {name} from git", name=SEAL)
        self._add(LOST, message, Place(name, ("plans", key) if key else ()), action, plan)

    def _is_broken(self, place: Place) -> bool:
        """Tell whether another finding says that what stands at a place could not be used."""
        broken = self.dataset.broken
        folder = place.file.rpartition("/")[0]
        heads = [(place.file, *place.keys[:depth]) for depth in range(3)]
        return any(head in broken for head in heads) or (folder,) in broken

    def _compare(
        self,
        expected: dict[str, _Expected],
        today: PlainValues,
        files: PlanFiles | None,
        rule: Rule,
        *,
        beside: Collection[str] = (),
    ) -> None:
        """Tell every value of ``today`` that is not the one expected; entries that come or go are told whole.

        ``beside`` are the places of the other section: an entry that has some there has not come or gone.
        """
        plan = files.id if files else None
        orders = plain_values.orders(files) if files else {}
        self.made += len(expected)
        above = {pointer.rpartition("/")[0] for pointer in today}
        gone: dict[str, _Expected] = {}
        for pointer, wanted in expected.items():
            value = today.get(pointer, _ABSENT)
            if value is _ABSENT:
                # An amendment that makes a value null where there is none has taken it out; an empty line
                # that is split by level now is told by what stands in it.
                filled_in = wanted.value is None and pointer in above
                if not filled_in and not (wanted.amendment and wanted.value is None):
                    gone[pointer] = wanted
            elif (value != wanted.value or type(value) is not type(wanted.value)) and not (
                pointer in orders and _told_by_entries(pointer, wanted, expected, today)
            ):
                self._changed(pointer, wanted, value, files, rule, is_order=pointer in orders)
        new = {pointer: value for pointer, value in today.items() if pointer not in expected}
        for pointer in _whole(gone, (*today, *beside)):
            place = Place.parse(pointer, plan)
            if not self._is_broken(place):
                self._entry(rule, M("{name} was sealed and is missing", name=self._name(place)), place, plan)
        wrong = {finding.place.file for finding in self.findings if finding.rule in (AMENDMENT_ASTRAY, WRONG_DOCUMENT)}
        records = {key.rpartition("/")[0] for key in expected} if new else set()
        for pointer in _whole(new, (*expected, *beside)):
            place = Place.parse(pointer, plan)
            if not self._is_broken(place) and place.file not in wrong:
                # A new entry leaves what was sealed as it is; a new field makes another total or exception of one.
                record = pointer.rpartition("/")[0]
                is_new = record not in records or record.endswith("/control")
                added = ADDED if rule is RECORD_CHANGED and plan and is_new else rule
                self._entry(added, M("{name} was not there when it was sealed", name=self._name(place)), place, plan)

    def _entry(self, rule: Rule, message: Message, place: Place, plan: str | None) -> None:
        self._add(rule, message, place.key(), self._action(rule, plan), plan)

    def _changed(
        self, pointer: str, wanted: _Expected, value: Any, files: PlanFiles | None, rule: Rule, *, is_order: bool
    ) -> None:
        plan = files.id if files else None
        place = Place.parse(pointer, plan)
        if is_order:
            place = self._misplaced(files, place, wanted.value, value)
        elif isinstance(value, list) and isinstance(wanted.value, list):
            pairs = zip(value, wanted.value, strict=False)
            at = next((i for i, (new, old) in enumerate(pairs) if new != old), min(len(value), len(wanted.value)))
            place = place._replace(keys=(*place.keys, min(at, len(value) - 1)))
        cell = self.cells.get(place)
        numbers = isinstance(value, ExactNumber) and isinstance(wanted.value, ExactNumber)
        name = M("Order of {name}", name=Place.parse(pointer, plan).pointer()) if is_order else self._name(place)
        values = {"name": name, "old": _text(wanted.value), "new": _text(value)}
        self._add(
            rule,
            (
                M("{name}: {old} by an amendment, now {new}", **values)
                if wanted.amendment
                else M("{name}: {old} was sealed, now {new}", **values)
            ),
            place,
            self._action(rule, plan),
            plan,
            stated=wanted.value if numbers else _text(wanted.value),
            computed=value if numbers else _text(value),
            indicator=cell.series if cell and cell.kind == "indicator" else None,
            unit=cell.body if cell else None,
            level=cell.level if cell else None,
            unit_of_measure=cell.unit_of_measure if cell and numbers else "",
            related=self._amendment(files, pointer, wanted),
        )

    def _misplaced(self, files: PlanFiles | None, place: Place, wanted: Any, today: list[str]) -> Place:
        """Return the place of the first entry of a mapping that does not stand where it was sealed."""
        sealed = wanted if isinstance(wanted, list) else []
        at = next((i for i, key in enumerate(today) if sealed[i : i + 1] != [key]), None)
        if at is None:  # what stood last is missing
            return place.key()
        groups = files.annex.groups if files and files.annex and place.pointer() == plain_values.COLUMNS else {}
        above = next(((key, "indicators") for key, group in groups.items() if today[at] in group.indicators), ())
        return place._replace(keys=(*place.keys, *above, today[at]), of_key=True)

    def _amendment(self, files: PlanFiles | None, pointer: str, wanted: _Expected) -> tuple[Related, ...]:
        if files is None or wanted.amendment is None:
            return ()
        place = Place(files.file(f"{plain_values.AMENDMENTS}{wanted.amendment}.yaml"), ("changes", pointer, "new"))
        return (Related(M("An amendment makes it {value}", value=_text(wanted.value)), place),)

    def _action(self, rule: Rule, plan: str | None) -> Message:
        if rule is not CHANGED:
            command = f"d8plan seal {plan or next(iter(self.dataset.seal.plans), '') if self.dataset.seal else plan}"
            return M("Undo it, or review it and run “{command}”", command=command.strip())
        return M("Put the sealed value back, or list the change in a file of amendments/ with its document")

    def _name(self, place: Place) -> Message:
        """Return what people call a value: indicator, unit and level, or its path."""
        cell = self.cells.get(place)
        if cell is None:
            return M("{path}", path="/".join(map(str, place.keys)) or place.file.rpartition("/")[2])
        return self.context.names.figure(cell)

    def _add(self, rule: Rule, message: Message, place: Place, action: Message, plan: str | None, **about: Any) -> None:
        if not self._is_broken(place):
            self.findings.append(Finding(rule=rule, message=message, place=place, action=action, plan=plan, **about))


def _entry_of(pointer: str) -> str:
    """Return the entry that a value of a register belongs to: units.yaml#/units/bao-lac."""
    return "/".join(pointer.split("/", 3)[:3])


def _told_by_entries(pointer: str, wanted: _Expected, expected: Mapping[str, _Expected], today: PlainValues) -> bool:
    """Tell whether a mapping differs only by entries that come or go, which are told themselves."""
    before, now = ((keys if isinstance(keys, list) else []) for keys in (wanted.value, today[pointer]))
    stayed = [key for key in before if key in now]
    if stayed != [key for key in now if key in before]:
        return False
    told = {key for key in today if key not in expected}
    told |= {key for key, one in expected.items() if key not in today and not (one.amendment and one.value is None)}
    heads = {key.removeprefix(f"{pointer}/").split("/", 1)[0] for key in told}
    return {*before, *now} - {*stayed} <= heads


def _text(value: Any) -> str:
    """Return a leaf as it is typed in YAML."""
    return value if isinstance(value, str) else as_json_text(value, ensure_ascii=False)


def _whole(pointers: Collection[str], others: Iterable[str]) -> Iterator[str]:
    """Yield the highest place of each group of ``pointers`` below which ``others`` have nothing."""
    if not pointers:
        return
    taken: set[str] = set()
    for other in others:
        while other and other not in taken:
            taken.add(other)
            other = other.rpartition("/")[0]
    told: defaultdict[str, int] = defaultdict(int)
    for pointer in pointers:
        above, root = pointer, pointer.partition("#")[0] + "#"
        while above != root and (higher := above.rpartition("/")[0]) not in taken:
            above = higher
        told[above] += 1
    yield from told

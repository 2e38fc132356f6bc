"""The first plan of a province: registers and a plan from a few names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from d8plan.models.allocations import UNALLOTTED
from d8plan.models.base import MOST_DECIMALS
from d8plan.text.exact import places
from d8plan.text.message import M, Message, ToldError
from d8plan.text.names import fold, nfc
from d8plan.text.numbers import Measure, read_text

Plain = dict[str, Any]
_ASCII = re.compile(r"[^a-z0-9]+")
_INDICATOR = re.compile(r"(?P<name>.+?)\s*\((?P<measure>[^()]+)\)\s*=\s*(?P<target>[0-9][0-9., ]*)")
_LEVEL = re.compile(r"\s*(?P<id>[a-z0-9]+(-[a-z0-9]+)*)\s*=\s*(?P<name>[^=]*[^=\s])\s*")
_KINDS_OF_PROVINCE = ("tỉnh", "thành phố")


class First(NamedTuple):
    """What is known of a province and its first plan, as it was typed."""

    province: str
    kind: str
    """The word for its units: xã."""
    units: list[str]
    year: int
    indicators: list[str]
    """Each with its unit of measure and target: “Lớp tập huấn (lớp)=60”."""
    levels: str | None = None
    """Levels by id and name: province=Cấp tỉnh,commune=Cấp xã."""


class Beginning(NamedTuple):
    """A new data folder."""

    plan: str
    files: dict[str, Plain]
    """Plain data by name of the file."""
    comments: dict[str, str]
    """What stands at the head of each."""


class RefusedNameError(ToldError):
    """Something typed that no data can be made of."""


def begin(first: First) -> Beginning:
    """Return the data folder of a province's first plan, its targets not yet allotted.

    Raises RefusedNameError where a name is missing or stands twice, or an indicator cannot be read.
    """
    plan, document = str(first.year), f"kh-{first.year}"
    province = _named(M("The name of the province is empty"), first.province)
    kind = _named(M("The kind of the units is empty"), first.kind)
    province_kind = next((one for one in _KINDS_OF_PROVINCE if fold(province).startswith(f"{fold(one)} ")), None)
    name = province[len(province_kind) :].strip() if province_kind else province
    province_kind = province_kind or _KINDS_OF_PROVINCE[0]
    units = _units(first.units, kind)
    kinds = IdMaker()
    kind_of_province, kind_of_unit = kinds.of(province_kind), kinds.of(kind)
    ids = IdMaker([UNALLOTTED])
    territory = ids.of(name)
    register: Plain = {territory: {"name": name, "kind": kind_of_province, "order": 0}}
    listed = [ids.of(unit) for unit in units]
    for order, (key, unit) in enumerate(zip(listed, units, strict=True), 1):
        register[key] = {"name": unit, "kind": kind_of_unit, "order": order, "parent": territory}
    indicators, allocations = _indicators(first.indicators, listed)
    title = f"Kế hoạch năm {first.year} của {province_kind} {name}"
    files: dict[str, Plain] = {
        "units.yaml": {
            "kinds": {kind_of_province: {"name": province_kind}, kind_of_unit: {"name": kind}},
            "units": register,
        },
        "documents.yaml": {"documents": {document: {"kind": "Kế hoạch", "title": title}}},
        "indicators.yaml": {
            "contents": {"main": {"number": "1", "name": "Nội dung 1", "lines": [1]}},
            "indicators": indicators,
        },
        f"plans/{plan}/plan.yaml": {
            "title": title,
            "document": document,
            "period": {"first": first.year, "last": first.year},
            "levels": _levels(first.levels, kind_of_unit, kind),
            "units": {key: {"number": number, "zone": {}} for number, key in enumerate(listed, 1)},
        },
        f"plans/{plan}/allocations.yaml": {"source": {"document": document}, "indicators": allocations},
    }
    return Beginning(plan, files, dict.fromkeys(files, _COMMENT) | _COMMENTS)


_COMMENT = "Made by “d8plan init”. “d8plan validate” lists what is to be filled in."
_COMMENTS = {
    "documents.yaml": "Every document that plans are or cite. Number and date are written here when a plan is signed.",
    "indicators.yaml": "Contents of the programme and the indicators that measure them. Name the content, and give the "
    "lines\nof the plan's text that name it.",
}


class IdMaker:
    """Makes ids of names, each another one."""

    def __init__(self, taken: list[str] | None = None) -> None:
        """Take ids that nothing may have."""
        self.taken = set(taken or ())

    def of(self, name: str) -> str:
        """Return an id for a name: its letters without accents, words joined by hyphens."""
        wanted = _ASCII.sub("-", fold(name)).strip("-") or "x"
        found, number = wanted, 2
        while found in self.taken:
            found, number = f"{wanted}-{number}", number + 1
        self.taken.add(found)
        return found


def _named(empty: Message, typed: str) -> str:
    name = " ".join(nfc(typed).split())
    if not name:
        raise RefusedNameError(empty, M("Give a name"))
    return name


def _units(typed: list[str], kind: str) -> list[str]:
    """Return the units' names, without the word for their kind before them."""
    found: dict[str, str] = {}
    for piece in typed:
        name = " ".join(nfc(piece).split())
        if name.casefold().startswith(f"{kind.casefold()} "):
            name = name[len(kind) + 1 :]
        if not name:
            continue
        if fold(name) in found:
            raise RefusedNameError(
                M("“{name}” stands twice among the units", name=name), M("Give each unit a name of its own")
            )
        found[fold(name)] = name
    if not found:
        raise RefusedNameError(M("No unit is named"), M("Name at least one, with commas between"))
    return list(found.values())


def _indicators(typed: list[str], units: list[str]) -> tuple[Plain, Plain]:
    """Return the register of indicators, and their allocations."""
    ids, register, allocations = IdMaker(), {}, {}
    for order, one in enumerate(typed, 1):
        found = _INDICATOR.fullmatch(" ".join(nfc(one).split()))
        # Any decimals: those of the target are what the indicator has.
        typed_target = read_text(found["target"], Measure("", MOST_DECIMALS)) if found else None
        if found is None or typed_target is None or typed_target.value is None:
            raise RefusedNameError(
                typed_target.refused
                if typed_target and typed_target.refused
                else M("“{value}” is no indicator with unit of measure and target", value=one),
                M("Write it as {example}", example="“Lớp tập huấn (lớp)=60”"),
            )
        key, target = ids.of(found["name"]), typed_target.value
        register[key] = {
            "name": found["name"],
            "short_name": found["name"],
            "unit_of_measure": found["measure"].strip(),
            "content": "main",
            "order": order,
            "aggregation": {"units": "sum", "years": "sum"},
            **({"decimals": places(target)} if places(target) else {}),
        }
        rest = {UNALLOTTED: target} if target else {}
        allocations[key] = {"target": target, "units": {**dict.fromkeys(units), **rest}}
    if not register:
        raise RefusedNameError(
            M("No indicator is named"), M("Write it as {example}", example="“Lớp tập huấn (lớp)=60”")
        )
    return register, allocations


def _levels(typed: str | None, kind_id: str, kind: str) -> Mapping[str, Plain]:
    """Return the levels: those typed, else the province's and the units'."""
    unit_level = "unit" if kind_id == "province" else kind_id
    named = {"province": "Cấp tỉnh", unit_level: f"Cấp {kind}"} if typed is None else levels_typed(typed)
    return {key: {"name": name} for key, name in named.items()}


def levels_typed(typed: str) -> dict[str, str]:
    """Return levels by id and name, typed as ``province=Cấp tỉnh,commune=Cấp xã``; else raise RefusedNameError."""
    pieces = [_LEVEL.fullmatch(piece) for piece in typed.split(",")]
    named = {piece["id"]: piece["name"] for piece in pieces if piece}
    if len(named) < len(pieces):
        raise RefusedNameError(
            M("“{value}” names no levels", value=typed),
            M("Write it as {example}", example='--levels "province=Cấp tỉnh,commune=Cấp xã"'),
        )
    return named

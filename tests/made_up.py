"""Write a made-up province as a data folder: communes under a province, no tier between, three plans.

python tests/made_up.py DIR [--seed 1] [--communes 12] [--results]

Every total follows from its parts but two, which exceptions cover, and every rule has something to
judge: indicators that are summed, counted at the end, in per cent and not put together at all; a
phase and two of its years; zone figures; a budget; a text; where asked for, results of half a year,
one of them corrected. Any likeness to a real place is chance.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from d8plan.text.names import fold

FIRST = ("Nà", "Khuổi", "Pác", "Lũng", "Cốc", "Phia", "Thôm", "Roỏng", "Tả", "Sín", "Háng", "Chí", "Púng", "Mường")
SECOND = ("Sla", "Vường", "Đảy", "Khiêu", "Mòn", "Hoỏm", "Piềng", "Riểu", "Chóa", "Lậu", "Nhùng", "Phầy", "Khuỷnh")
FEWEST, MOST = 3, len(FIRST) * len(SECOND)
PHASE, YEARS = "2026-2030", ("2026", "2027")
PLANS = (*YEARS, PHASE)
DOCUMENTS = {PHASE: "kh-phase", "2026": "kh-2026", "2027": "kh-2027"}
KINDS = {"province": "tỉnh", "commune": "xã", "agency": "cơ quan"}
LEVELS = {"province": "Cấp tỉnh", "commune": "Cấp xã"}
PROVINCE, UNION, BUREAU = "son-nguyen", "womens-union", "home-affairs"
NAMES = {UNION: "Hội Phụ nữ tỉnh Sơn Nguyên", BUREAU: "Sở Nội vụ Sơn Nguyên"}
CONTENTS = {"support": "Truyền thông và trợ giúp", "training": "Đào tạo cán bộ"}
ZONES = {"villages": ("Số thôn khó khăn", "thôn"), "households": ("Số hộ nghèo", "hộ")}
SUM = {"units": "sum", "years": "sum"}
INDICATORS = {
    "teams": ("Thành lập tổ truyền thông xã", "Tổ truyền thông", "tổ", SUM),
    "classes": ("Mở lớp kỹ năng cho phụ nữ", "Lớp kỹ năng", "lớp", SUM),
    "homes": ("Nhà an toàn còn hoạt động", "Nhà an toàn", "nhà", {"units": "sum", "years": "last"}),
    "cadres": ("Cán bộ được tập huấn", "Cán bộ tập huấn", "người", SUM),
    "women-cadres": ("Cán bộ nữ được tập huấn", "Cán bộ nữ tập huấn", "người", SUM),
    "women-share": (
        "Tỷ lệ nữ trong số cán bộ được tập huấn",
        "Tỷ lệ nữ",
        "%",
        {"units": "rate", "years": "rate", "numerator": "women-cadres", "denominator": "cadres"},
    ),
    "satisfaction": (
        "Điểm hài lòng của người dân",
        "Điểm hài lòng",
        "điểm",
        {"units": "not-additive", "years": "not-additive"},
    ),
}
"""Name, short name, unit of measure and aggregation of each indicator, in the annex's order."""

TRAINED = ("cadres", "women-cadres", "women-share")
SPLIT = ("teams", "homes", *TRAINED)
COST = 12_000_000
"""Đồng that one home may cost at most."""

MISSING = 260
"""Đồng that a total of the text leaves out; an exception covers it."""

WORDED = "buổi"
"""What one line of the text calls lớp; an exception covers it."""

WIDTH = 110
OPENED = ("units", "amounts")
"""Mappings with one line an entry, so that each line is one unit's."""

PLAIN = re.compile(r"(?!none$)[^\W\d_][\w /.#()-]*|\d{4}-\d{2}-\d{2}")
"""Text that needs no quotes; an unquoted none is refused, for it could mean null."""

QUARTERS = (("2026-Q1", "2026-03-31", "2026-04-05"), ("2026-Q2", "2026-06-30", "2026-07-06"))
"""Periods of the first year that are reported, their last days, and the days on which reports came in."""

Data = dict[str, Any]
Allotment = int | None | dict[str, int | None]
Column = dict[str, Allotment]
"""Allotments of one indicator by unit."""


def write_province(folder: Path, seed: int, communes: int = 12, *, reported: bool = False) -> None:
    """Write a made-up province with that many communes; the same seed gives the same bytes.

    Where ``reported``, two quarters of the first year have results.
    """
    if not FEWEST <= communes <= MOST:
        raise ValueError(f"{communes} communes: {FEWEST} to {MOST} can be made up")
    province = _Province(random.Random(f"{seed} {communes}"), communes)
    for name, text in (province.files() | (province.results() if reported else {})).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def by_year(first: int, second: int, later: int) -> tuple[int, int, int]:
    """Return what each plan says of something done anew each year."""
    return first, second, first + second + later


def by_end(first: int, second: int, later: int) -> tuple[int, int, int]:
    """Return what each plan says of something that stays and grows."""
    return first, first + second, first + second + later


def per_cent(part: int, whole: int) -> int:
    """Return a rate in whole per cent, a half rounded up."""
    return (200 * part + whole) // (2 * whole)


def numbers(column: Iterable[Allotment], level: str | None = None) -> list[int]:
    """Return the numbers of allotments; of one level where given."""
    cells = [
        cell
        for allotment in column
        for key, cell in (allotment.items() if isinstance(allotment, dict) else [(level, allotment)])
        if level in (None, key)
    ]
    return [cell for cell in cells if cell is not None]


def share(part: Allotment, whole: Allotment) -> Allotment:
    """Return a rate of two allotments, per level where they are split; nothing of nothing."""
    if isinstance(part, dict) and isinstance(whole, dict):
        cells = {level: share(part[level], whole[level]) for level in part}
        return {level: cell for level, cell in cells.items() if not isinstance(cell, dict)}
    return per_cent(part, whole) if isinstance(part, int) and isinstance(whole, int) else None


def _third(allotment: Allotment) -> Allotment:
    """Return a third of an allotment, rounded down."""
    if isinstance(allotment, dict):
        return {level: cell // 3 for level, cell in allotment.items() if cell is not None}
    return allotment // 3 if allotment is not None else None


class _Province:
    """The figures of a made-up province, all from one source of chance, and its files."""

    def __init__(self, chance: random.Random, communes: int) -> None:
        self.chance = chance
        self.line = 0
        names = chance.sample([f"{first} {second}" for first in FIRST for second in SECOND], communes)
        self.communes = {fold(name).replace(" ", "-"): name for name in names}
        self.zones = {
            "villages": {unit: chance.randint(5, 20) for unit in self.communes},
            "households": {unit: chance.randint(300, 2000) for unit in self.communes},
        }
        self.money: dict[str, Data] = {}
        self.columns: dict[str, dict[str, Column]] = {plan: {name: {} for name in INDICATORS} for plan in PLANS}
        for number, unit in enumerate((*self.communes, BUREAU)):
            for name in INDICATORS:
                row = self._of_bureau(name) if unit == BUREAU else self._of_commune(name, number)
                for plan, allotment in zip(PLANS, row, strict=True):
                    self.columns[plan][name][unit] = allotment
        for held in self.columns.values():
            for unit, part in held["women-cadres"].items():
                held["women-share"][unit] = share(part, held["cadres"][unit])

    def _of_bureau(self, name: str) -> list[Allotment]:
        """Return what a body without a territory is to do: nothing but training at its own level."""
        trained = {"cadres": by_year(5, 7, 6), "women-cadres": by_year(2, 3, 4)}.get(name)
        return [{"province": value, "commune": None} for value in trained] if trained else [None, None, None]

    def _of_commune(self, name: str, number: int) -> list[Allotment]:
        """Return a commune's allotments in ``PLANS``; the phase leaves some for the years after."""
        draw = self.chance.randint
        match name:
            case "teams":
                # The text names the communes with a team of the province's: some have none, one no team at all.
                row = self._split(by_year, lambda: (draw(1, 4) if number % 3 else 0, draw(3, 9)))
                return [None if index == number < len(YEARS) else allotment for index, allotment in enumerate(row)]
            case "homes":
                return self._split(by_end, lambda: (draw(0, 2), draw(3, 8)))
            case "cadres":
                return self._split(by_year, lambda: (draw(4, 9), draw(10, 30)))
            case "women-cadres":
                return self._split(by_year, lambda: (draw(1, 4), draw(5, 9)))
            case "classes":
                return list(by_year(draw(1, 9), draw(1, 9), draw(1, 9)))
            case _:
                return [draw(60, 95) for _ in PLANS]

    def _split(
        self, over: Callable[[int, int, int], Iterable[int]], draw: Callable[[], tuple[int, int]]
    ) -> list[Allotment]:
        """Return allotments to both levels in ``PLANS``; ``draw`` gives a year's, ``over`` puts years together."""
        province, commune = zip(*(draw() for _ in PLANS), strict=True)
        return [dict(zip(LEVELS, pair, strict=True)) for pair in zip(over(*province), over(*commune), strict=True)]

    def files(self) -> dict[str, str]:
        """Return the text of each file by its name."""
        held = {"units": self._units(), "indicators": self._indicators(), "documents": self._documents()}
        files = {f"{name}.yaml": _text(name, data, "../") for name, data in held.items()}
        for plan in PLANS:
            self.line = 0
            held = {"plan": self._plan(plan), "allocations": self._allocations(plan), "annex": self._annex(plan)}
            if plan in YEARS:
                amounts = self._amounts(plan)
                held |= {"budget": self._budget(plan, amounts), "statements": self._statements(plan)}
                held |= {"activities": self._activities(plan), "exceptions": self._exceptions(plan, amounts)}
            self.money[plan] = held["budget"]["holders"] if plan in YEARS else {}
            files |= {f"plans/{plan}/{name}.yaml": _text(name, data, "../../../") for name, data in held.items()}
        return files

    def results(self) -> dict[str, str]:
        """Return the text of each file of results by its name, once ``files`` has drawn the plans."""
        held = {f"plans/{YEARS[0]}/results/{name}.yaml": self._reports(*days) for name, *days in QUARTERS}
        first = next(iter(held.values()))["reports"][next(iter(self.communes))]
        first["earlier"] = {
            "1": {"as_of": "2026-03-20", "received": "2026-03-25", "done": {"classes": first["done"]["classes"] + 1}}
        }
        return {name: _text("results", data, "../../../../") for name, data in held.items()}

    def _reports(self, as_of: str, received: str) -> Data:
        """Return what every commune and body reports of a quarter: a third of its plan, of its money a quarter."""
        columns, holders = self.columns[YEARS[0]], self.money[YEARS[0]]
        reports: Data = {}
        for unit in (*self.communes, BUREAU, UNION):
            given = {name: columns[name].get(unit) for name, one in INDICATORS.items() if one[3]["units"] == "sum"}
            done = {name: _third(allotment) for name, allotment in given.items() if any(numbers([allotment]))}
            own = "communes" if unit in self.communes else unit
            amounts = holders[own]["amounts"]
            spent = {origin: held["amount"] // (4 * len(self.communes)) for origin, held in amounts.items()}
            reports[unit] = {"as_of": as_of, "received": received} | ({"done": done} if done else {})
            reports[unit]["spent"] = {own: spent}
        return {"reports": reports}

    def _next_line(self) -> int:
        """Return the line of the next thing that the plan's document says."""
        self.line += self.chance.randint(1, 3)
        return self.line

    def _cite(self, plan: str, section: str) -> Data:
        return {"document": DOCUMENTS[plan], "section": section, "lines": [self._next_line()]}

    def _units(self) -> Data:
        since = "2025-07-01"
        units: Data = {PROVINCE: {"name": "Sơn Nguyên", "kind": "province", "order": 0, "valid_from": since}}
        for key, name in self.communes.items():
            units[key] = {"name": name, "kind": "commune", "order": len(units), "parent": PROVINCE}
            units[key] |= {"aliases": [f"Bản {name}"], "valid_from": since}
        for key, name in NAMES.items():
            units[key] = {"name": name, "kind": "agency", "order": len(units), "parent": PROVINCE}
        return {"kinds": {key: {"name": name} for key, name in KINDS.items()}, "units": units}

    def _indicators(self) -> Data:
        contents = {
            key: {"number": str(number), "name": name, "lines": [10 * number]}
            for number, (key, name) in enumerate(CONTENTS.items(), 1)
        }
        indicators = {
            key: {
                "name": name,
                "short_name": short,
                "unit_of_measure": measure,
                "content": "training" if key in TRAINED else "support",
                "order": order,
                "aggregation": aggregation,
            }
            for order, (key, (name, short, measure, aggregation)) in enumerate(INDICATORS.items(), 1)
        }
        indicators["women-cadres"]["part_of"] = "cadres"
        return {"contents": contents, "indicators": indicators}

    def _documents(self) -> Data:
        documents: Data = {
            "qd-zones": {"kind": "Quyết định", "number": "7/QĐ-UBND", "date": "2025-12-15"},
            "qd-zones-2027": {"kind": "Quyết định", "number": "9/QĐ-UBND", "date": "2026-12-18"},
        }
        for number, (plan, key) in enumerate(DOCUMENTS.items(), 11):
            day = f"{plan[:4]}-01-{self.chance.randint(10, 28)}"
            documents[key] = {"kind": "Kế hoạch", "number": f"{number}/KH-UBND", "date": day, "issuer": "UBND tỉnh"}
        return {"documents": documents}

    def _zone(self, plan: str, zone: str, unit: str) -> int | None:
        """Return a zone figure; in the second year one commune has a village less, by a decision."""
        figure = self.zones[zone].get(unit)
        changed = plan == YEARS[1] and zone == "villages" and unit == next(iter(self.communes))
        return figure - 1 if figure is not None and changed else figure

    def _plan(self, plan: str) -> Data:
        first, _, last = plan.partition("-")
        data: Data = {
            "title": f"Kế hoạch của tỉnh Sơn Nguyên {plan}",
            "document": DOCUMENTS[plan],
            "period": {"first": int(first), "last": int(last or first)},
            "signature": {"post": "Chủ tịch", "name": "Đặng Văn Mẫu"},
            "levels": {level: {"name": name} for level, name in LEVELS.items()},
            "zone": {},
            "units": {},
            "legal_basis": {"qd-zones": self._cite(plan, "I")},
            "groups": {"pilot": {"name": "Xã điểm", "units": self._some(), "source": self._cite(plan, "I")}},
            "notes": {
                "bureau-trains": {
                    "kind": "interpretation",
                    "text": "Sở chỉ nhận phần tập huấn cán bộ.",
                    "source": self._cite(plan, "I"),
                    "indicators": ["cadres", "women-cadres"],
                    "units": [BUREAU],
                }
            },
        }
        if plan in YEARS:
            data["phase"] = PHASE
        for zone, (name, measure) in ZONES.items():
            total = sum(numbers(self._zone(plan, zone, unit) for unit in self.communes))
            data["zone"][zone] = {"name": name, "unit_of_measure": measure, "total": total}
            data["zone"][zone] |= {"source": self._cite(plan, "Phụ lục"), "basis": "qd-zones"}
        if plan == YEARS[1]:
            data["zone"]["villages"]["changed_by"] = "qd-zones-2027"
            data["legal_basis"]["qd-zones-2027"] = self._cite(plan, "I")
        for number, unit in enumerate((*self.communes, BUREAU), 1):
            figures = {zone: self._zone(plan, zone, unit) for zone in ZONES}
            data["units"][unit] = {"number": number, "line": self._next_line(), "zone": figures}
        return data

    def _some(self) -> list[str]:
        """Return two communes of which the second has a team of the province's."""
        return list(self.communes)[1:3]

    def _totals(self, plan: str, name: str) -> tuple[int, dict[str, int]]:
        """Return an indicator's target, and the total of each level where it is split."""
        held = self.columns[plan]
        if name == "satisfaction":
            return max(numbers(held[name].values())) + 1, {}
        levels = LEVELS if name in SPLIT else {}
        if name == "women-share":
            women, all_ = self._totals(plan, "women-cadres"), self._totals(plan, "cadres")
            return per_cent(women[0], all_[0]), {level: per_cent(women[1][level], all_[1][level]) for level in levels}
        by_level = {level: sum(numbers(held[name].values(), level)) for level in levels}
        return sum(numbers(held[name].values())), by_level

    def _allocations(self, plan: str) -> Data:
        rows = ("target", "window") if plan == PHASE else ("target", "levels")
        source = {"document": DOCUMENTS[plan], **{row: self._next_line() for row in rows}}
        indicators: Data = {}
        for name in INDICATORS:
            target, by_level = self._totals(plan, name)
            indicators[name] = {"target": target}
            if by_level:
                indicators[name]["control" if plan == PHASE else "levels"] = by_level
            if plan == PHASE:
                indicators[name]["window"] = list(range(2026, self.chance.randint(2028, 2031)))
            indicators[name]["units"] = self.columns[plan][name]
        text = "Điểm của tỉnh không tính từ điểm của xã."
        note = {"kind": "question", "text": text, "source": self._cite(plan, "Phụ lục")}
        indicators["satisfaction"]["notes"] = {"satisfaction-alone": note}
        return {"source": source, "indicators": indicators}

    def _homes(self, plan: str) -> int:
        """Return how many homes the communes keep."""
        return sum(numbers(self.columns[plan]["homes"].values(), "commune"))

    def _amounts(self, plan: str) -> dict[str, dict[str, int]]:
        """Return what each holder has of each origin; the communes' grant pays for their homes."""
        origins = ["granted"] if plan == YEARS[0] else ["carried-over", "granted"]
        least = COST * self._homes(plan) + 3 * 10**9
        holders = (UNION, BUREAU, "communes")
        return {holder: {origin: least + self.chance.randrange(6 * 10**9) for origin in origins} for holder in holders}

    def _budget(self, plan: str, amounts: dict[str, dict[str, int]]) -> Data:
        year, origins = int(plan), list(amounts[UNION])
        named = {"granted": f"Kinh phí cấp năm {year}", "carried-over": f"Kinh phí chuyển từ năm {year - 1}"}
        holders: Data = {}
        for holder, held in amounts.items():
            holders[holder] = {"name": NAMES.get(holder, "Các xã"), "level": "commune"}
            if holder in NAMES:
                holders[holder] |= {"unit": holder, "level": "province"}
            given = {origin: {"amount": amount, "line": self._next_line()} for origin, amount in held.items()}
            holders[holder]["amounts"] = given
        totals: Data = {}
        for origin in origins:
            stated = _of_province(amounts, origin) - (MISSING if _misstated(plan, origin) else 0)
            totals[f"province-{origin}"] = {"level": "province", "origin": origin, "amount": stated}
            totals[f"province-{origin}"]["source"] = self._cite(plan, "IV")
        for origin in origins:
            totals[f"control-{origin}"] = {"origin": origin, "amount": sum(held[origin] for held in amounts.values())}
        for holder, held in amounts.items():
            totals[f"control-{holder}"] = {"holder": holder, "amount": sum(held.values())}
        totals["control-grand"] = {"amount": sum(sum(held.values()) for held in amounts.values())}
        years = {"granted": [year], "carried-over": [year - 1]}
        origins_of = {origin: {"name": named[origin], "years": years[origin]} for origin in origins}
        return {"origins": origins_of, "holders": holders, "totals": totals}

    def _statements(self, plan: str) -> Data:
        held, two = self.columns[plan], self._some()
        with_teams = sum(isinstance(allotment, dict) for allotment in held["teams"].values())
        stated: list[tuple[str, str, Data, int]] = [
            (f"target-{name}", INDICATORS[name][0], {"indicator": name}, self._totals(plan, name)[0])
            for name in INDICATORS
        ]
        of_two = sum(numbers(held["classes"][unit] for unit in two))
        phase_teams = self._totals(PHASE, "teams")[0]
        at_communes = {"indicator": "homes", "level": "commune"}
        stated += [
            ("homes-of-communes", "Nhà an toàn do xã quản lý", at_communes, self._homes(plan)),
            ("classes-of-two", "Lớp của hai xã điểm", {"indicator": "classes", "units": two}, of_two),
            ("phase-teams", "Tổ của cả giai đoạn", {"plan": PHASE, "indicator": "teams"}, phase_teams),
            ("count-teams", "Xã có tổ", {"indicator": "teams", "level": "commune"}, with_teams),
            ("count-pilot", "Xã điểm", {"group": "pilot"}, len(two)),
            ("count-zone", "Xã có thôn khó khăn", {"zone": "villages"}, len(self.communes)),
        ]
        values: Data = {}
        for key, text, select, value in stated:
            values[key] = {"text": text, "source": self._cite(plan, "II"), "select": select, "value": value}
            if key.startswith("count-"):
                values[key]["aggregate"] = "count"
            elif key.startswith("target-"):
                values[key]["unit_of_measure"] = INDICATORS[select["indicator"]][2]
        if plan == YEARS[1]:
            values["target-classes"]["unit_of_measure"] = WORDED
        named = {
            "text": "Các xã có tổ của tỉnh",
            "source": self._cite(plan, "III"),
            "select": {"indicator": "teams", "level": "province"},
            "activity": {"part": "part-1-1", "activity": "a-1-1-1"},
        }
        return {"values": values, "named_units": {"communes-with-provincial-teams": named}}

    def _activities(self, plan: str) -> Data:
        teams = self.columns[plan]["teams"]
        named = [unit for unit, allotment in teams.items() if any(numbers([allotment], "province"))]
        cap = {"times": "homes-of-communes", "level": "commune", "origin": "granted"}
        cost = {"value": COST, "unit_of_measure": "đồng/nhà", "bound": "at-most", "cap": cap}
        founding = {"title": "Thành lập tổ của tỉnh", "lines": [self._next_line()], "units": named}
        support = {"title": "Hỗ trợ nhà an toàn", "lines": [self._next_line()], "quantities": {"cost": cost}}
        parts: Data = {}
        for number, (name, indicators, activity) in enumerate(
            (("Tổ truyền thông", ["teams", "classes"], founding), ("Nhà an toàn", ["homes"], support)), 1
        ):
            parts[f"part-1-{number}"] = {
                "number": f"1.{number}",
                "name": name,
                "content": "support",
                "lines": [self._next_line()],
                "indicators": indicators,
                "activities": {f"a-1-{number}-1": activity},
            }
        agencies = {
            agency: {"role": "lead", "leads": [content], "tasks": ["Chủ trì"], "lines": [self._next_line()]}
            for agency, content in zip(NAMES, CONTENTS, strict=True)
        }
        return {"parts": parts, "agencies": agencies}

    def _exceptions(self, plan: str, amounts: dict[str, dict[str, int]]) -> Data:
        """Return the exception for what the year's text gets wrong."""
        if plan == YEARS[0]:
            computed = _of_province(amounts, "granted")
            place, code = "budget.yaml#/totals/province-granted/amount", "B001"
            wrong: Data = {"stated": computed - MISSING, "computed": computed}
        else:
            place, code = "statements.yaml#/values/target-classes/unit_of_measure", "S002"
            wrong = {"stated": WORDED, "computed": INDICATORS["classes"][2]}
        entry = {
            "code": code,
            "place": place,
            **wrong,
            "reason": "Giữ nguyên văn bản đã ký.",
            "citation": self._cite(plan, "IV"),
            "owner": UNION,
            "date": f"{plan}-02-02",
            "expires": "2100-12-31",
        }
        return {"exceptions": {"known": entry}}

    def _annex(self, plan: str) -> Data:
        rows = {"target": "Chỉ tiêu", "levels": "Phân cấp thực hiện"}
        headings = {key: f"{name} ({measure})" for key, (name, _, measure, _) in INDICATORS.items()}
        data: Data = {
            "sheet": "Phụ lục",
            "label": "PHỤ LỤC",
            "title": f"CHỈ TIÊU {plan}",
            "number_heading": "STT",
            "unit_heading": "Đơn vị",
            "content_heading": "NỘI DUNG",
            "rows": rows | ({"window": "Thời gian hoàn thành"} if plan == PHASE else {}),
            "levels": LEVELS,
            "zone": {zone: name for zone, (name, _) in ZONES.items()},
            "groups": {"all": {"name": "NỘI DUNG 1 VÀ 2", "indicators": headings}},
        }
        return data | ({"budget_sheet": "Kinh phí", "budget_title": f"KINH PHÍ {plan}"} if plan in YEARS else {})


def _misstated(plan: str, origin: str) -> bool:
    """Tell which total of the text leaves some đồng out."""
    return plan == YEARS[0] and origin == "granted"


def _of_province(amounts: dict[str, dict[str, int]], origin: str) -> int:
    """Return what the bodies of the province hold of an origin."""
    return amounts[UNION][origin] + amounts[BUREAU][origin]


def _text(name: str, data: Data, above: str) -> str:
    """Return a file: the line that names its schema to editors, and its data."""
    lines = [f"# yaml-language-server: $schema={above}schemas/{name}.schema.json", "# Made up."]
    return "\n".join([*lines, *_block(data)]) + "\n"


def _block(data: Data, indent: str = "", *, entries: bool = False) -> Iterator[str]:
    """Yield the lines of a mapping; ``entries`` have one line each, however long."""
    for key, value in data.items():
        line = f"{indent}{key}: {_flow(value)}"
        if isinstance(value, dict) and not entries and (_is_opened(key, value, not indent) or len(line) > WIDTH):
            yield f"{indent}{key}:"
            yield from _block(value, indent + "  ", entries=key in OPENED)
        else:
            yield line


def _is_opened(key: str, data: Data, top: bool) -> bool:
    """Tell whether a mapping, or one within it, has a line for each entry."""
    held = {inside: value for inside, value in data.items() if isinstance(value, dict)}
    return key in OPENED or (top and bool(held)) or any(_is_opened(*item, top=False) for item in held.items())


def _flow(value: Any) -> str:
    """Return a value on one line; text is quoted where it could be taken for something else."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) else f'"{value}"'
    return "null" if value is None else str(value)


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description="Write a made-up province as a data folder.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--communes", type=int, default=12)
    parser.add_argument("--results", action="store_true", help="two quarters of the first year are reported")
    given = parser.parse_args()
    write_province(given.folder, given.seed, given.communes, reported=given.results)


if __name__ == "__main__":
    main()

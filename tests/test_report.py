"""The page that shows a plan: whole, inert, the same each time, and usable in a browser."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_up import write_province
from support import DATA, ROOT, TODAY, UNITS, d8plan
from test_source import ORDER, SINGLE, TARGETS, unit_rows

from d8plan.checks import Report, run
from d8plan.render.bars import FILLS
from d8plan.render.page_html import as_html
from d8plan.storage.data.loader import load
from d8plan.text.language import language
from d8plan.text.message import Amount, M
from d8plan.views.page import (
    SHADES,
    Chart,
    ChartForm,
    Heat,
    HeatCell,
    HeatRow,
    Page,
    Section,
    Series,
    page,
)
from d8plan.views.table import Column, Fact, Remark, Table, View

BUDGETED = "2024"
PHASE = "2021-2025"
VOID = ("meta", "link", "img", "br", "hr", "input")
COMMUNES = 56


class Node:
    """An element of a page."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Node | None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.inside: list[Node | str] = []

    def all(self, *tags: str) -> Iterator[Node]:
        """Yield every element inside, of tags where some are named."""
        for one in self.inside:
            if isinstance(one, Node):
                if not tags or one.tag in tags:
                    yield one
                yield from one.all(*tags)

    def text(self, *, seen: bool = False) -> str:
        """Return the text inside; with ``seen`` without what is for readers of the screen alone."""
        parts = [one if isinstance(one, str) else one.text(seen=seen) for one in self.inside]
        hidden = seen and "unseen" in self.attributes.get("class", "")
        return "" if hidden else " ".join("".join(parts).split())

    def find(self, key: str) -> Node:
        """Return the element of an id."""
        return next(one for one in self.all() if one.attributes.get("id") == key)


class Reader(HTMLParser):
    """Reads a page into elements; every one must be closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Node("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Node(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.inside.append(made)
        if tag not in VOID:
            self.here = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.inside.append(Node(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.here.tag, (tag, self.here.tag, self.getpos())
        assert self.here.parent
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.inside.append(data)


def parsed(html: str) -> Node:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.here is reader.root
    return reader.root


def html_of(report: Report, folder: Path, plan: str, code: str = "vi") -> str:
    loaded = load(folder)
    return as_html(page(loaded.dataset, report, loaded.dataset.plans[plan]), language(code))


@pytest.fixture(scope="module")
def report() -> Report:
    return run(load(DATA).dataset, TODAY)


@pytest.fixture(scope="module")
def shown(report: Report) -> str:
    return html_of(report, DATA, BUDGETED)


@pytest.fixture(scope="module")
def root(shown: str) -> Node:
    return parsed(shown)


def rows(table: Node, part: str) -> list[list[str]]:
    """Return what a table shows in its body or foot."""
    return [
        [cell.text(seen=True) for cell in row.all("th", "td")] for body in table.all(part) for row in body.all("tr")
    ]


@pytest.mark.parametrize("code", ["vi", "en"])
@pytest.mark.parametrize("plan", [BUDGETED, PHASE])
def test_the_page_is_well_made(report: Report, plan: str, code: str) -> None:
    html = html_of(report, DATA, plan, code)
    root = parsed(html)
    assert next(root.all("html")).attributes["lang"] == code
    assert len(list(root.all("h1"))) == 1
    ids = [one.attributes["id"] for one in root.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    links = [one.attributes["href"] for one in root.all("a", "use")]
    assert links
    assert {link[1:] for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)
    for table in root.all("table"):
        assert next(table.all("caption")).text()
        assert all(one.attributes["scope"] for one in table.all("th"))
        widths = {len(list(row.all("th", "td"))) for row in table.all("tr")}
        assert len(widths) == 1
    for drawing in (one for one in root.all("div") if one.attributes.get("class") == "chart"):
        assert drawing.attributes["role"] == "img"
        for name in ("aria-labelledby", "aria-describedby"):
            assert root.find(drawing.attributes[name]).text()
    for one in root.all():
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert set(one.attributes.get(name, "").split()) <= set(ids)
    levels = [int(one.tag[1]) for one in root.all("h1", "h2", "h3")]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_page_needs_nothing_else(shown: str, root: Node) -> None:
    assert not re.search(r"https?:|file:|//[a-z]|@import|src=", shown.replace("img-src", ""))
    assert not [name for one in root.all() for name in one.attributes if name.startswith("on")]
    policy = next(one for one in root.all("meta") if "http-equiv" in one.attributes).attributes["content"]
    assert policy.startswith("default-src 'none';")
    assert "script-src 'sha256-" in policy


@pytest.mark.parametrize(("plan", "source"), [(BUDGETED, "annex-2024.tsv"), (PHASE, "annex-phase.tsv")])
def test_every_figure_of_the_annex_is_there(report: Report, plan: str, source: str) -> None:
    root = parsed(html_of(report, DATA, plan))
    heat = rows(root.find("allotments-allotted"), "tbody")
    for position, (unit, row) in enumerate(zip(UNITS, unit_rows(source)[:9], strict=True)):
        section = root.find(f"unit-{unit}")
        facts = [one.text() for one in next(section.all("dl")).all("dd")]
        assert facts[:2] == [f"{int(row[2])} xã", f"{int(row[3])} xóm"]
        table = next(section.all("table"))
        column = 4
        totals = []
        for indicator, cells in zip(ORDER, rows(table, "tbody"), strict=True):
            width = 1 if indicator in SINGLE[plan] else 2
            levels = [int(value) for value in row[column : column + width]]
            column += width
            totals.append(str(sum(levels)))
            assert cells[2:4] == (["–", "–"] if width == 1 else [str(value) for value in levels]), (unit, indicator)
            assert cells[4] == totals[-1]
        assert heat[position][1:] == totals
    targets = [str(target) for target in TARGETS[plan]]
    assert rows(root.find("allotments-allotted"), "tfoot")[0][1:] == targets
    assert [row[2] for row in rows(root.find("targets-indicators"), "tbody")] == targets


def test_every_amount_of_the_budget_is_there(report: Report, root: Node) -> None:
    cells = {
        cell.rstrip("*")
        for part in ("tbody", "tfoot")
        for row in rows(root.find("budget-budget"), part)
        for cell in row
    }
    amounts = [one.value for one in report.ledger.budget(BUDGETED)]
    assert len(amounts) == 6
    # The totals that section V of the document states, but for one, where the document is 260 đồng lower.
    stated = [16_035_756_260, 21_034_962_058, 37_070_718_318, 22_991_000_260, 21_830_000_000]
    assert {language("vi").amount(Amount(value, "đ")) for value in [*amounts, *stated]} <= cells
    text = root.find("budget").text()
    assert "22.991.000.260 đ*" in text
    assert "22.991.000.000 đ" in root.find("findings-exceptions").text()


def test_every_finding_and_exception_is_there(report: Report, root: Node) -> None:
    spoken = language("vi")
    found = [one for one in report.findings if one.plan in (BUDGETED, None)]
    listed = rows(root.find("findings-findings"), "tbody")
    assert [row[0] for row in listed] == [one.rule.code for one in found]
    for row, one in zip(listed, found, strict=True):
        assert " ".join(spoken.say(one.message).split()) == row[3]
        assert row[4]
    exceptions = rows(root.find("findings-exceptions"), "tbody")
    assert len(exceptions) == len([one for one in report.covered if one.plan == BUDGETED])
    by_code = {row[0]: row for row in exceptions}
    assert by_code["B001"][2:5] == ["22.991.000.000 đ", "22.991.000.260 đ", "+260 đ"]
    assert by_code["P004"][2:5] == ["80 người", "240 người", "+160 người"]
    assert by_code["P004"][6].startswith("288/KH-BCD")
    assert all(row[5] and row[7] for row in exceptions)


def test_units_stand_in_the_plans_order(root: Node) -> None:
    found = [one.attributes["data-unit"] for one in root.all("section") if "data-unit" in one.attributes]
    assert found == [*UNITS, "labour-department"]
    offered = [one.attributes["value"] for one in root.find("unit").all("option")]
    assert offered == ["", *found]


def test_a_made_up_province_of_communes(tmp_path: Path) -> None:
    write_province(tmp_path / "data", seed=3, communes=COMMUNES)
    loaded = load(tmp_path / "data")
    root = parsed(html_of(run(loaded.dataset, TODAY), tmp_path / "data", "2026"))
    units = loaded.dataset.plans["2026"].plan.units
    assert len([one for one in root.all("section") if one.attributes.get("class") == "unit"]) == len(units)
    assert len(rows(root.find("allotments-allotted"), "tbody")) == len(units)


HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp; $x^2$ \u202eabc\u2066\x1b[31m {{ 7*7 }}"
)


def test_hostile_names_are_text() -> None:
    told = M("{name}", name=HOSTILE)
    cell = HeatCell(3, Fraction(1, 3), told)
    heat = Heat("heat", told, told, told, (told,), (HeatRow("a", HOSTILE, (cell,)),))
    chart = Chart("chart", ChartForm.BARS, told, told, (HOSTILE,), (Series(told, (3,)), Series(told, (4,))), (HOSTILE,))
    columns = (Column("unit", told, numeric=False), Column("x", told))
    view = View(
        told,
        (Fact("fact", told, HOSTILE),),
        (Table("table", told, columns, ((HOSTILE, HOSTILE), ("b", 5))),),
        (Remark("note", told, told, told),),
    )
    section = Section("a", told, view, heat, (chart,), "a", (told,))
    html = as_html(Page(told, (Fact("fact", told, HOSTILE),), (section,), (("a", HOSTILE),)), language("vi"))
    root = parsed(html)
    assert len(list(root.all("script"))) == 1
    assert not list(root.all("img"))
    assert not [name for one in root.all() for name in one.attributes if name.startswith("on")]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", html)
    assert "{{ 7*7 }}" in next(root.all("h1")).text()
    assert "<script>alert(1)</script>" in next(root.all("h1")).text()
    assert "$x^2$" in next(root.all("figure")).text()


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        done = d8plan("report", "2024", "--output", str(tmp_path / f"{seed}.html"), env={"PYTHONHASHSEED": seed})
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()


def test_the_command(tmp_path: Path) -> None:
    first = d8plan("--data", str(DATA), "--lang", "en", "report", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    path = tmp_path / "bao-cao-2024.html"
    assert path.name in first.stdout
    before = path.read_bytes()
    assert b'<html lang="en">' in before
    again = d8plan("--data", str(DATA), "report", cwd=tmp_path)
    assert again.returncode == 3
    assert path.read_bytes() == before
    assert d8plan("--data", str(DATA), "report", "--force", cwd=tmp_path).returncode == 0
    assert b'<html lang="vi">' in path.read_bytes()
    other = d8plan("--data", str(DATA), "report", "--output", "plan.pdf", cwd=tmp_path)
    assert other.returncode == 2
    assert not (tmp_path / "plan.pdf").exists()


def test_shades_are_steps_that_reach_the_largest_share() -> None:
    def heat(*shares: Fraction) -> Heat:
        cells = tuple(HeatCell(1, share) for share in shares)
        return Heat("heat", M(""), M(""), M(""), (), (HeatRow("a", "a", cells),))

    third = heat(Fraction(1, 3), Fraction(1, 20), Fraction(1, 1000), Fraction(0))
    assert third.step == Fraction(5, 100)
    assert [third.shade(cell) for cell in third.rows[0].cells] == [7, 1, 1, 0]
    whole = heat(Fraction(1))
    assert 0 < whole.shade(whole.rows[0].cells[0]) <= SHADES
    assert whole.step * SHADES >= 1
    assert heat().step == Fraction(1, 100)
    assert heat().shade(HeatCell(None)) == 0


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2 of #rrggbb."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_from_what_is_behind_it() -> None:
    style = (ROOT / "src/d8plan/render/templates/page.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", style))
    shades = re.findall(r"\.s(\d) \{ background: var\(--([\w-]+)\); color: var\(--(\w+)\); \}", style)
    assert [int(number) for number, _, _ in shades] == list(range(1, SHADES + 1))
    pairs = [(colours[ink], colours[behind]) for _, behind, ink in shades]
    pairs += [(colours[ink], colours[behind]) for ink in ("ink", "soft", "accent") for behind in ("paper", "band")]
    fills = re.findall(r"\.f(\d) \{ --fill: var\(--([\w-]+)\); color: var\(--(\w+)\);", style)
    assert [int(number) for number, _, _ in fills] == list(range(1, FILLS + 1))
    pairs += [(colours[ink], colours[behind]) for _, behind, ink in fills]
    pairs.append((colours["mark"], colours["paper"]))
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []
    assert contrast(colours["edge"], colours["paper"]) >= 3
    # No colour is used but those that are declared.
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", style)) == set(colours.values())

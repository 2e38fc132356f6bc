"""After an amendment each printed value cites the document that it has now, and papers name both documents."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from docx import Document
from support import DATA, TODAY, d8plan, replace_once, stated_in

from d8plan.checks import Report, run
from d8plan.sheets.annex import book
from d8plan.sheets.book import Book, Role
from d8plan.storage.data.loader import Loaded, load
from d8plan.text.language import language
from d8plan.text.message import Message
from d8plan.views.dataset_rows import sources

ALLOCATIONS = "plans/2024/allocations.yaml"
STATEMENTS = "plans/2024/statements.yaml"
TEAMS = "allocations.yaml#/indicators/communication-teams/"
BAO_LAC = "bao-lac:           {province: 5, district: 5}"
DISTRICTS, TARGET = "Tổ truyền thông cộng đồng, Cấp huyện", "Tổ truyền thông cộng đồng, chỉ tiêu"
ISSUED = "Kế hoạch số 288/KH-BCD ngày 20 tháng 3 năm 2024 của Ban Chỉ đạo Dự án 8 tỉnh Cao Bằng"
Changes = dict[str, tuple[object, object]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def amend(folder: Path, number: int, date: str, changes: Changes, *, name: str, plan: str = "2024") -> None:
    """Register a document and write what it changes as an amendment; the values are changed by the caller."""
    document = f"  kh-{number}: {{kind: Kế hoạch, number: {number}/KH-BCD, date: {date}}}\n"
    replace_once(folder / "documents.yaml", "  kh-75-2022:\n", document + "  kh-75-2022:\n")
    lines = [f"document: kh-{number}", f"date: {date}", "reason: Điều chỉnh", "changes:"]
    for pointer, values in changes.items():
        old, new = (json.dumps(value, ensure_ascii=False) for value in values)
        lines.append(f"  {pointer}: {{old: {old}, new: {new}}}")
    path = folder / "plans" / plan / "amendments" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def one_team_more(folder: Path) -> Changes:
    """Give Bảo Lạc a sixth team, in every number that holds it; return the changes."""
    replace_once(folder / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))
    replace_once(folder / ALLOCATIONS, "levels: {province: 29, district: 28}", "levels: {province: 29, district: 29}")
    replace_once(folder / ALLOCATIONS, "target: 57", "target: 58")
    replace_once(folder / STATEMENTS, "value: 57", "value: 58")
    return {
        f"{TEAMS}units/bao-lac/district": (5, 6),
        f"{TEAMS}levels/district": (28, 29),
        f"{TEAMS}target": (57, 58),
        "statements.yaml#/values/target-communication-teams/value": (57, 58),
    }


def said(text: object) -> str:
    return language("vi").say(text) if isinstance(text, Message) else str(text)


def proven(folder: Path) -> tuple[Loaded, Report, Book]:
    loaded = load(folder)
    assert not loaded.findings
    report = run(loaded.dataset, TODAY)
    found = [*report.findings, *report.covered]
    return loaded, report, book(loaded.dataset, report.ledger, "2024", found, report.exceptions)


def cited(made: Book) -> dict[str, str]:
    """Return what the sheet of checks gives as the source of each number of the plan of 2024, by its name."""
    (sheet,) = [one for one in made.sheets if one.name == "Kiểm tra"]
    at = {(cell.row, cell.column): cell for cell in sheet.cells}
    heads = [row for (row, column), cell in at.items() if column == 0 and cell.role is Role.ROW_LABEL]
    rows = [row for row, column in at if column == 2 and heads[0] < row < heads[1]]
    return {said(at[row, 1].value): said(at[row, 2].value) for row in rows}


def references(made: Book) -> dict[str, str]:
    return {
        sheet.name: said(cell.value) for sheet in made.sheets for cell in sheet.cells if cell.role is Role.REFERENCE
    }


def test_a_value_that_was_amended_cites_the_amendment_and_the_others_what_they_cited(folder: Path) -> None:
    amend(folder, 300, "2024-07-15", one_team_more(folder), name="2024-07")
    before, after = cited(proven(DATA)[2]), cited(proven(folder)[2])
    assert (before[DISTRICTS], before[TARGET]) == ("288/KH-BCD, dòng 296", "288/KH-BCD, dòng 294")
    changed = {name for name in before if before[name] != after[name]}
    assert len(changed) == 3
    assert {DISTRICTS, TARGET} < changed
    assert {after[name] for name in changed} == {"300/KH-BCD"}


def test_the_line_under_the_title_names_plan_and_amendments(folder: Path) -> None:
    amend(folder, 300, "2024-07-15", one_team_more(folder), name="2024-07")
    made = proven(folder)[2]
    both = f"(Kèm theo {ISSUED}; được điều chỉnh tại Kế hoạch số 300/KH-BCD ngày 15 tháng 7 năm 2024)"
    told = references(made)
    assert (told["Phụ lục I"], told["Kinh phí"]) == (both, both)
    assert "300/KH-BCD" not in told["Phụ lục I (Bổ sung)"], "the phase was not amended"
    assert "300/KH-BCD" in made.title
    assert made.subject == "288/KH-BCD, 300/KH-BCD"
    assert references(proven(DATA)[2])["Phụ lục I"] == f"(Kèm theo {ISSUED})"


def test_of_several_amendments_the_last_by_date_is_cited_and_all_are_named(folder: Path) -> None:
    changes = one_team_more(folder)
    replace_once(folder / ALLOCATIONS, "target: 58", "target: 59")
    # The names of the files say the opposite of their dates.
    amend(folder, 500, "2024-10-01", {f"{TEAMS}target": (58, 59)}, name="a")
    amend(folder, 300, "2024-07-15", changes, name="z")
    made = proven(folder)[2]
    assert (cited(made)[DISTRICTS], cited(made)[TARGET]) == ("300/KH-BCD", "500/KH-BCD")
    told = references(made)["Phụ lục I"]
    assert 0 < told.index("288/KH-BCD") < told.index("300/KH-BCD") < told.index("500/KH-BCD")


def test_a_total_that_only_its_parts_changed_is_not_said_to_be_stated_anew(folder: Path) -> None:
    replace_once(folder / ALLOCATIONS, BAO_LAC, BAO_LAC.replace("district: 5", "district: 6"))
    amend(folder, 300, "2024-07-15", {f"{TEAMS}units/bao-lac/district": (5, 6)}, name="2024-07")
    _, report, made = proven(folder)
    (finding,) = [item for item in report.findings if item.rule.code == "A001"]
    assert (finding.stated, finding.computed) == (28, 29)
    assert stated_in(finding) == ("288/KH-BCD", (296,))
    assert cited(made)[DISTRICTS] == "288/KH-BCD, dòng 296"


def test_a_finding_cites_the_amendment_where_that_is_what_is_wrong(folder: Path) -> None:
    replace_once(folder / ALLOCATIONS, "levels: {province: 29, district: 28}", "levels: {province: 29, district: 30}")
    amend(folder, 300, "2024-07-15", {f"{TEAMS}levels/district": (28, 30)}, name="2024-07")
    ended = d8plan("--data", str(folder), "validate", "--select", "A001", "--format", "json")
    (finding,) = json.loads(ended.stdout)["findings"]
    assert (finding["stated"], finding["document"], finding["document_lines"]) == (30, "300/KH-BCD", [])
    told = d8plan("--lang", "en", "--data", str(folder), "validate", "--select", "A001").stdout
    assert "300/KH-BCD" in told
    assert "300/KH-BCD, line" not in told


def test_an_amendment_that_changes_the_source_too_is_cited_with_its_lines(folder: Path) -> None:
    changes = one_team_more(folder)
    value = "statements.yaml#/values/target-communication-teams/"
    replace_once(
        folder / STATEMENTS,
        "source: {document: kh-288-2024, section: II.1, lines: [29]}",
        "source: {document: kh-300, section: II.1, lines: [12]}",
    )
    changes |= {f"{value}source/document": ("kh-288-2024", "kh-300"), f"{value}source/lines": ([29], [12])}
    amend(folder, 300, "2024-07-15", changes, name="2024-07")
    assert "300/KH-BCD, dòng 12" in cited(proven(folder)[2]).values()


def test_a_number_and_its_unit_of_measure_cite_each_its_own(folder: Path) -> None:
    replace_once(folder / STATEMENTS, "unit_of_measure: CLB", "unit_of_measure: nhóm")
    key = next(
        key
        for key, one in load(folder).dataset.plans["2024"].statements.values.items()
        if one.unit_of_measure == "nhóm"
    )
    pointer = f"statements.yaml#/values/{key}/unit_of_measure"
    amend(folder, 300, "2024-07-15", {pointer: ("CLB", "nhóm")}, name="2024-07")
    report = proven(folder)[1]
    (finding,) = [item for item in report.findings if item.place.pointer() == pointer and item.rule.code == "S002"]
    assert stated_in(finding) == ("300/KH-BCD", ())
    (statement,) = [one for one in report.ledger.statements if one.measure == "nhóm"]
    assert statement.cited
    assert statement.cited.document == "288/KH-BCD"


def test_what_a_year_is_compared_with_cites_the_amendment_of_its_phase(folder: Path) -> None:
    phase = "plans/2021-2025/allocations.yaml"
    place = ("indicators", "women-cadres-training", "target")
    old = load(folder).dataset.plans["2021-2025"].allocations.indicators[place[1]].amount
    text = (folder / phase).read_text(encoding="utf-8")
    head, block = text.split(f"  {place[1]}:\n")
    (folder / phase).write_text(f"{head}  {place[1]}:\n" + block.replace(f"target: {old}", f"target: {old - 1}", 1))
    pointer = f"allocations.yaml#/{'/'.join(place)}"
    amend(folder, 9, "2023-01-15", {pointer: (old, old - 1)}, name="2023", plan="2021-2025")
    report = proven(folder)[1]
    found = [item for item in (*report.findings, *report.covered) if item.place.file.startswith("plans/2024/")]
    assert "9/KH-BCD" in {item.cited.document for item in found if item.indicator == place[1] and item.cited}


def test_page_summary_table_of_changes_and_dataset_name_the_amendment(folder: Path, tmp_path: Path) -> None:
    amend(folder, 300, "2024-07-15", one_team_more(folder), name="2024-07")
    d8plan("--data", str(folder), "seal", "2024")
    title = "Kế hoạch triển khai Dự án 8 năm 2024, kế hoạch 2024, được điều chỉnh tại 300/KH-BCD"
    summed = d8plan("--lang", "vi", "--data", str(folder), "summary", "2024").stdout
    assert title in summed.replace("\n", " ")
    made = json.loads(d8plan("--data", str(folder), "summary", "2024", "--format", "json").stdout)
    assert made["facts"]["amended_by"] == "300/KH-BCD"
    page = tmp_path / "page.html"
    assert d8plan("--lang", "vi", "--data", str(folder), "report", "2024", "--output", str(page)).returncode == 0
    assert title in page.read_text(encoding="utf-8")
    paper = tmp_path / "changes.docx"
    ended = d8plan("--lang", "vi", "diff", str(DATA), str(folder), "--format", "docx", "--output", str(paper))
    assert paper.exists(), ended.stderr
    heading = [paragraph.text for paragraph in Document(io.BytesIO(paper.read_bytes())).paragraphs[:3]]
    assert any("288/KH-BCD" in text and "điều chỉnh tại 300/KH-BCD" in text for text in heading)
    dataset = load(folder).dataset
    assert [name.rpartition(" ")[2] for name in sources(dataset, "cao-bang")] == [
        "75/KH-BTV",
        "288/KH-BCD",
        "300/KH-BCD",
    ]

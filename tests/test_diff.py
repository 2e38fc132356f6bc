"""``d8plan diff`` as its users run it, and as ``git diff`` does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from repositories import begin, commit, git, needs_git
from support import ROOT, copy_draft, d8plan, replace_once

TEAMS = "plans/2024/allocations.yaml"
BUDGET = "plans/2024/budget.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with the shipped data, its plans drafts, committed once."""
    top = tmp_path / "repository"
    copy_draft(top / "data")
    begin(top)
    return top


def edit(top: Path) -> None:
    """Allot 3 teams more to Bảo Lạc, and 1,000 đồng more to the union."""
    path = top / "data" / TEAMS
    text, count = re.subn(r"bao-lac: .*", "bao-lac: {province: 8, district: 5}", path.read_text("utf-8"), count=1)
    assert count == 1
    path.write_text(text, encoding="utf-8", newline="")
    replace_once(top / "data" / BUDGET, "amount: 13804304000", "amount: 13804305000")


def diff(top: Path, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, in English."""
    return d8plan("--lang", "en", "diff", *arguments, cwd=top, env=env)


@needs_git
def test_nothing_changed_is_one_line(repository: Path) -> None:
    for arguments in (
        (),
        ("--exit-code",),
        ("HEAD",),
        ("HEAD", "HEAD"),
        ("--format", "markdown"),
        ("--format", "docx"),
    ):
        run = diff(repository, *arguments)
        assert (run.returncode, run.stderr) == (0, "")
        assert run.stdout.startswith("Nothing differs between HEAD (")
        assert run.stdout.count("\n") == 1
    assert not list(repository.glob("so-sanh.*"))


@needs_git
def test_the_last_commit_against_the_folder_as_it_is(repository: Path) -> None:
    edit(repository)
    run = diff(repository)
    assert (run.returncode, run.stderr) == (0, "")
    assert re.search(r"Tổ truyền thông cộng đồng, Bảo\s+tổ\s+5\s+8\s+\+3", run.stdout)
    assert re.search(r"đ\s+13,804,304,000\s+13,804,305,000\s+\+1,000", run.stdout)
    assert re.search(r"Budget: grand total: stated\s+81,891,718,578\s+81,891,718,578\s+0", run.stdout)
    assert re.search(r"computed\s+81,891,718,578\s+81,891,719,578\s+\+1,000", run.stdout)
    assert "figures: 2, totals: 7, other values: 0, findings: 2 new, 1 gone" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80
    assert diff(repository, "--exit-code").returncode == 1
    assert diff(repository / "data" / "plans").stdout == run.stdout
    elsewhere = d8plan("--lang", "en", "--data", str(repository / "data"), "diff", cwd=repository.parent)
    assert elsewhere.stdout == run.stdout


@needs_git
def test_two_revisions_and_folders_in_every_order(repository: Path, tmp_path: Path) -> None:
    before = copy_draft(tmp_path / "before" / "data", repository / "data").parent
    edit(repository)
    commit(repository)
    pairs = (
        ("HEAD~1", "HEAD"),
        ("main~1",),
        (str(before),),
        (str(before / "data"), "main"),
        ("HEAD~1:data", str(repository)),
        ("HEAD~1", "HEAD:data"),
    )
    for pair in pairs:
        run = diff(repository, *pair, "--format", "json")
        assert run.returncode == 0, run.stderr
        found = json.loads(run.stdout)
        assert [(one["old"], one["new"], one["change"]) for one in found["figures"]] == [
            (5, 8, 3),
            (13804304000, 13804305000, 1000),
        ], pair
    back = json.loads(diff(repository, "HEAD", "HEAD~1", "--format", "json").stdout)
    assert [one["change"] for one in back["figures"]] == [-3, -1000]


@needs_git
def test_json_is_as_its_page_says(repository: Path) -> None:
    edit(repository)
    replace_once(repository / "data/units.yaml", "name: Bảo Lạc", "name: Bảo Lạc mới")
    found = json.loads(diff(repository, "--format", "json").stdout)
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    section = page[page.index("## `d8plan diff --format json`") :].split("\n## ")[0]
    told = set(re.findall(r"`(\w+)`", section))
    keys = set(found) | {key for one in found.values() if isinstance(one, list) for entry in one for key in entry}
    assert keys <= told, keys - told
    assert (found["version"], found["same"]) == (1, False)
    [value] = found["values"]
    assert value["place"] == "units.yaml#/units/bao-lac/name"
    assert (value["old"], value["new"], value["state"]) == ("Bảo Lạc", "Bảo Lạc mới", "changed")
    total = next(one for one in found["totals"] if one["place"].endswith("communication-teams/target"))
    assert (total["stated_new"], total["computed_old"], total["computed_new"], total["difference_new"]) == (
        57,
        57,
        60,
        3,
    )


@needs_git
def test_unreadable_versions_are_refused_with_their_side(repository: Path) -> None:
    broken = repository / "data" / "units.yaml"
    broken.write_text("units: [", encoding="utf-8")
    run = diff(repository)
    assert run.returncode == 3
    assert run.stdout == ""
    assert "the data as it is now cannot be read as a whole: units.yaml" in run.stderr
    commit(repository)
    git(repository, "checkout", "--quiet", "HEAD~1", "--", "data")
    run = diff(repository)
    assert run.returncode == 3
    assert re.search(r"HEAD \(\w{8}, 2026-11-20\) cannot be read as a whole: units.yaml", run.stderr)
    assert run.stderr.count("\n") == 1


@needs_git
def test_names_of_nothing_are_wrong_usage(repository: Path) -> None:
    for name in ("nope", "missing.xlsx", "HEAD~9", "src:data"):
        run = diff(repository, name)
        assert (run.returncode, run.stdout) == (2, "")
        assert f"“{name}” is no data folder, no workbook and no revision that git knows" in run.stderr
    assert diff(repository, "--", "-x").returncode == 2
    assert diff(repository, "HEAD:nowhere").returncode == 3


def test_outside_a_repository_folders_can_be_compared(tmp_path: Path) -> None:
    copy_draft(tmp_path / "a")
    copy_draft(tmp_path / "b")
    replace_once(tmp_path / "b" / BUDGET, "amount: 13804304000", "amount: 13804305000")
    run = diff(tmp_path, "a", "b", "--exit-code")
    assert run.returncode == 1
    assert "From a to b" in run.stdout


@needs_git
def test_pipes_of_any_code_page_are_written(repository: Path) -> None:
    edit(repository)
    for encoding in ("ascii", "cp1258", "cp1252", "utf-8"):
        run = diff(repository, env={"PYTHONIOENCODING": encoding, "LC_ALL": "C"})
        assert (run.returncode, run.stderr) == (0, "")
        assert "13,804,305,000" in run.stdout


@needs_git
def test_markdown_fits_a_pull_request(repository: Path) -> None:
    edit(repository)
    text = diff(repository, "--format", "markdown").stdout
    assert "| Tổ truyền thông cộng đồng, Bảo Lạc, Cấp tỉnh | tổ | 5 | 8 | +3 |" in text
    # 7 totals in 3 lines each are folded; in HTML, Markdown begins again after an empty line.
    assert "<details><summary>Totals (21)</summary>\n\n|" in text
    assert text.count("<details>") == text.count("</details>") == 1


@needs_git
def test_the_workbook_can_be_opened_and_is_the_same_twice(repository: Path) -> None:
    edit(repository)
    run = diff(repository, "--format", "xlsx")
    assert (run.returncode, run.stderr) == (0, "")
    path = repository / "so-sanh.xlsx"
    first = path.read_bytes()
    book = openpyxl.load_workbook(path)
    assert len(book.worksheets) == 3
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[sheet.max_row]][-3:] == [13804304000, 13804305000, 1000]
    for one in book.worksheets:
        assert (one.page_setup.paperSize, one.print_title_rows) == (9, "$5:$5")
    assert "exists" in diff(repository, "--format", "xlsx").stderr
    assert diff(repository, "--format", "xlsx", "--force").returncode == 0
    assert path.read_bytes() == first


@needs_git
def test_the_document_is_in_the_form_of_the_decree(repository: Path) -> None:
    edit(repository)
    replace_once(repository / "data/units.yaml", "name: Bảo Lạc", "name: Bảo Lạc mới")
    target = repository / "out" / "so sánh.docx"
    assert diff(repository, "--format", "docx", "--output", str(target)).returncode == 0
    content = target.read_bytes()
    document = docx.Document(BytesIO(content))
    section = document.sections[0]
    assert section.page_width and section.page_height
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    sides = [section.top_margin, section.bottom_margin, section.left_margin, section.right_margin]
    bounds = ((20, 25), (20, 25), (30, 35), (15, 20))
    assert all(side and least <= round(side.mm) <= most for side, (least, most) in zip(sides, bounds, strict=True))
    assert document.styles["Normal"].font.name == "Times New Roman"
    head, table, sign = document.tables
    assert head.cell(0, 0).text.strip() == "BAN CHỈ ĐẠO DỰ ÁN 8 TỈNH CAO BẰNG"
    assert head.cell(0, 1).text.split("\n")[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert sign.cell(0, 1).text.split("\n") == ["CHỦ TỊCH HỘI LHPN TỈNH", "Nông Thị Tuyết"]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert ["", "Bảo Lạc mới, Cấp tỉnh", "tổ", "5", "8", "+3"] in rows
    assert ["", "Hội LHPN tỉnh, Cấp tỉnh", "đ", "13.804.304.000", "13.804.305.000", "+1.000"] in rows
    assert any(row[3:] == ["81.891.718.578", "81.891.719.578", "+1.000"] for row in rows)
    with zipfile.ZipFile(BytesIO(content)) as parts:
        body = parts.read("word/document.xml").decode("utf-8")
        assert "w:tblHeader" in body
        assert "units.yaml#/units/bao-lac/name" in body
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert diff(repository, "--format", "docx", "--output", str(target), "--force").returncode == 0
    assert target.read_bytes() == content


@needs_git
def test_the_annex_colours_what_has_changed_since(repository: Path) -> None:
    edit(repository)
    replace_once(repository / "data" / BUDGET, "      granted: {amount: 19542000000, line: 189}\n", "")
    for name, since in (("plain.xlsx", ()), ("since.xlsx", ("--since", "HEAD"))):
        run = d8plan("export-appendix", "2024", "--output", name, *since, cwd=repository)
        assert run.returncode == 0, run.stderr
    plain, coloured = (openpyxl.load_workbook(repository / name) for name in ("plain.xlsx", "since.xlsx"))
    notes = {
        cell.comment.text
        for sheet in coloured.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment and cell.fill.fgColor.rgb != plain[sheet.title][cell.coordinate].fill.fgColor.rgb
    }
    assert any("5" in note for note in notes)
    assert any("13.804.304.000" in note for note in notes)
    assert any("19.542.000.000" in note for note in notes)  # granted to the union at first, and to nobody now


@needs_git
def test_a_wrong_ending_is_refused_before_anything_is_read(repository: Path) -> None:
    run = diff(repository, "--format", "docx", "--output", "x.xlsx")
    assert run.returncode == 2
    assert not (repository / "x.xlsx").exists()


def test_without_its_library_only_this_format_is_missing(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "docx.py").write_text("raise ModuleNotFoundError('docx', name='docx')\n", encoding="utf-8")
    env = {"PYTHONPATH": str(tmp_path)}
    run = d8plan("--lang", "en", "diff", "--format", "docx", cwd=repository, env=env)
    assert (run.returncode, run.stdout) == (3, "")
    assert 'pip install "d8plan[docx]"' in run.stderr
    assert not (repository / "so-sanh.docx").exists()
    assert d8plan("diff", cwd=repository, env=env).returncode == 0


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@needs_git
def test_an_ordinary_comparison_stands_on_one_page(repository: Path, tmp_path: Path) -> None:
    edit(repository)
    assert diff(repository, "--format", "docx").returncode == 0
    settings = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    convert = ["soffice", settings, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "so-sanh.docx"]
    subprocess.run(convert, cwd=repository, check=True, capture_output=True)
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "so-sanh.pdf").read_bytes())) == 1


def test_textconv_names_what_ids_mean(tmp_path: Path) -> None:
    data = copy_draft(tmp_path / "data")
    text = diff(tmp_path, "--textconv", str(data / TEAMS)).stdout
    assert "indicators / Tổ truyền thông cộng đồng / units / Bảo Lạc / Cấp huyện: 5\n" in text
    alone = copy_draft(tmp_path / "elsewhere" / "d") / TEAMS
    shutil.rmtree(data)
    run = diff(tmp_path, "--textconv", str(alone))
    assert (run.returncode, run.stderr) == (0, "")
    assert "indicators / communication-teams / units / bao-lac / district: 5\n" in run.stdout


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("broken.yaml", b"a: 1\na: 2\n", "a: 2"),
        ("binary.yaml", b"\x00\xff\x1b[31m", "# 1:"),
        ("empty.yaml", b"", ""),
        ("list.yaml", b"- {a: [1, 2]}\n- null\n", "1 / a: [1, 2]\n2: null\n"),
        ("broken.xlsx", b"PK\x03\x04 no workbook", "# sha256 "),
        ("old.xls", b"\xd0\xcf\x11\xe0", "# sha256 "),
    ],
)
def test_textconv_never_fails(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(content)
    run = diff(tmp_path, "--textconv", name)
    assert (run.returncode, run.stderr) == (0, "")
    assert expected in run.stdout
    assert "\x1b" not in run.stdout
    (tmp_path / name).unlink()
    gone = diff(tmp_path, "--textconv", name)
    assert (gone.returncode, gone.stdout[0]) == (0, "#")


def _drivers() -> tuple[str, list[list[str]]]:
    """Return the lines for .gitattributes and the settings that the page documents."""
    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(\w+)\n(.*?)```", page, re.DOTALL)
    attributes = next(text for kind, text in blocks if kind == "gitattributes")
    settings = next(text for kind, text in blocks if kind == "sh" and "git config" in text)
    found = re.findall(r'^git config (\S+) "?(.*?)"?$', settings, re.MULTILINE)
    return attributes, [list(one) for one in found]


@needs_git
@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the program is a shell script")
def test_git_diff_uses_it_as_documented(repository: Path, tmp_path: Path) -> None:
    attributes, settings = _drivers()
    assert settings
    program = tmp_path / "bin" / "d8plan"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m d8plan "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    env = {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}
    (repository / ".gitattributes").write_text(attributes, encoding="utf-8")
    for setting in settings:
        git(repository, "config", *setting)
    book = repository / "phu-luc.xlsx"
    assert d8plan("export-appendix", "2024", "--output", str(book), cwd=repository).returncode == 0
    commit(repository)
    edit(repository)
    opened = openpyxl.load_workbook(book)
    sheet = opened.worksheets[0]
    cell = next(cell for row in sheet.iter_rows(min_row=9) for cell in row if cell.value == 11)
    cell.value = 12
    opened.save(book)
    told = git(repository, "diff", env=env)
    head = "indicators / Tổ truyền thông cộng đồng / units / Bảo Lạc / Cấp tỉnh"
    assert f"-{head}: 5\n+{head}: 8\n" in told
    assert "13804305000" in told
    assert f"-{sheet.title}!{cell.coordinate}  11\n+{sheet.title}!{cell.coordinate}  12\n" in told
    assert "Binary files" not in told
    (repository / "data" / TEAMS).write_bytes(b"\xff")
    assert "+# 1:" in git(repository, "diff", env=env)

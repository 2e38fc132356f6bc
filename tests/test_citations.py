"""A plan that nobody transcribed cites sections, annexes and pages: no output shows an empty place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from ruamel.yaml import YAML
from support import copy_draft, d8plan

EMPTY_PLACE = re.compile(r"\bmục *[,.;)]|\( *[,)]|, *[,)]|\bNone\b")
CITED_LINE = re.compile(r"(?:KH-BCD|KH-BTV|QĐ-\w+)[^\n]{0,30}, dòng")


def take_out_lines(value: Any) -> None:
    """Take every line of a transcription out of a YAML document."""
    for key in ("line", "lines") if isinstance(value, dict) else ():
        value.pop(key, None)
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        take_out_lines(one)


@pytest.fixture
def untranscribed(data: Path) -> Path:
    """Return a draft of the shipped plans without a line of a transcription, their annexes named."""
    yaml = YAML()
    yaml.width, yaml.preserve_quotes = 4096, True
    yaml.representer.add_representer(type(None), lambda of, _: of.represent_scalar("tag:yaml.org,2002:null", "null"))
    for path in data.rglob("*.yaml"):
        content = yaml.load(path)
        take_out_lines(content)
        if path.name == "allocations.yaml":
            content["source"] = {"document": content["source"]["document"], "section": "Phụ lục I"}
        with path.open("w", encoding="utf-8") as file:
            yaml.dump(content, file)
    return data


def proven(data: Path) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    shown = json.loads(d8plan("--data", str(data), "validate", "--format", "json").stdout)
    keys = ("code", "severity", "message", "stated", "computed", "exception")
    return shown["proven"], sorted(tuple(str(one[key]) for key in keys) for one in shown["findings"])


def test_the_same_is_proven_and_found(untranscribed: Path, tmp_path: Path) -> None:
    assert proven(untranscribed) == proven(copy_draft(tmp_path / "transcribed"))


@pytest.mark.parametrize(
    "command",
    [
        ("validate", "--strict"), ("validate", "--format", "markdown"), ("validate", "--format", "github"),
        ("validate", "--format", "junit"), ("validate", "--format", "sarif"), ("summary", "2024"),
        ("summary", "2024", "--district", "Bảo Lạc"), ("summary", "2024", "--budget"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_place_is_empty(untranscribed: Path, command: tuple[str, ...]) -> None:
    shown = d8plan("--data", str(untranscribed), *command).stdout
    assert shown
    assert not CITED_LINE.findall(shown)
    assert not EMPTY_PLACE.findall(shown), shown


def test_people_read_section_and_annex(untranscribed: Path) -> None:
    shown = " ".join(d8plan("--data", str(untranscribed), "validate", "2024", "--strict").stdout.split())
    assert "288/KH-BCD, mục II.7" in shown
    assert "75/KH-BTV, Phụ lục I" in shown


def test_workbook_and_page_cite_them_too(untranscribed: Path, tmp_path: Path) -> None:
    annex, page = tmp_path / "annex.xlsx", tmp_path / "plan.html"
    assert d8plan("--data", str(untranscribed), "export-appendix", "2024", "--output", str(annex)).returncode == 0
    book = openpyxl.load_workbook(annex)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    said = [str(cell.value) for cell in cells if isinstance(cell.value, str) and not cell.value.startswith("=")]
    said += [cell.comment.text for cell in cells if cell.comment]
    assert "288/KH-BCD, mục II.1" in said
    assert "288/KH-BCD, Phụ lục I" in said
    assert d8plan("--data", str(untranscribed), "report", "2024", "--output", str(page)).returncode == 0
    told = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for text in (*said, told):
        assert not CITED_LINE.search(text), text
        assert not EMPTY_PLACE.search(text), EMPTY_PLACE.search(text)

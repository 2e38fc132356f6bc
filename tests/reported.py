"""What validate reports, by format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from support import ROOT, copy_draft, d8plan, replace_once

from d8plan.render.report_writers import ReportFormat

ALLOCATIONS = "plans/2024/allocations.yaml"
FORMATS = [str(form) for form in ReportFormat]
SCHEMA = json.loads((Path(__file__).parent / "cases" / "sarif-log.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of a draft without errors."""
    return copy_draft(tmp_path_factory.mktemp("good") / "data")


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a damaged folder: a figure that is off, an unknown word, a file that is no YAML."""
    folder = copy_draft(tmp_path_factory.mktemp("bad") / "data")
    damage(folder)
    replace_once(folder / "units.yaml", "kind: district, order: 5,", "kind: districd, order: 5,")
    (folder / "documents.yaml").write_text("documents: [", encoding="utf-8")
    return folder


def damage(folder: Path) -> None:
    """Give Bảo Lạc one team more than the level's total has."""
    row = "bao-lac:           {province: 5, district: "
    replace_once(folder / ALLOCATIONS, row + "5}", row + "6}")


def report(*arguments: str, cwd: Path = ROOT) -> dict[str, Any]:
    """Return what ``validate`` tells as JSON."""
    shown = d8plan(*arguments, "--format", "json", cwd=cwd)
    document = json.loads(shown.stdout)
    assert isinstance(document, dict)
    return document


def named(*folders: Path | str) -> list[str]:
    return [part for folder in folders for part in ("--data", str(folder))]


def sarif(*arguments: str, cwd: Path = ROOT) -> dict[str, Any]:
    """Return the run of a SARIF log that the schema accepts."""
    shown = d8plan(*arguments, "--format", "sarif", cwd=cwd)
    log = json.loads(shown.stdout)
    checker = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    assert [f"{error.json_path}: {error.message}" for error in checker.iter_errors(log)] == []
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def junit(*arguments: str, cwd: Path = ROOT) -> ElementTree.Element:
    shown = d8plan(*arguments, "--format", "junit", cwd=cwd)
    return ElementTree.fromstring(shown.stdout.encode())

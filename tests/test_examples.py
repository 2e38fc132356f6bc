"""The shipped example: the province's 56 communes with made-up figures passes every command."""

from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path

import pytest
from filled_forms import fill
from support import ROOT, TODAY, d8plan, replace_once

from d8plan.checks import run
from d8plan.ledger.figures import percent
from d8plan.models.files import PlanFiles
from d8plan.storage.data.loader import load
from d8plan.text.exact import ExactNumber

EXAMPLE = ROOT / "examples" / "phase-2-communes"
SINCE = datetime.date(2025, 7, 1)
ACROSS = {
    "Cốc Pàng": {"Bảo Lâm", "Bảo Lạc"},
    "Minh Tâm": {"Nguyên Bình", "Hòa An"},
    "Bạch Đằng": {"Nguyên Bình", "Hòa An"},
    "Kim Đồng": {"Hòa An", "Thạch An"},
    "Thạch An": {"Thạch An", "Quảng Hòa"},
    "Trà Lĩnh": {"Quảng Hòa", "Trùng Khánh"},
    "Thục Phán": {"Hòa An", "Cao Bằng"},
    "Tân Giang": {"Hòa An", "Cao Bằng"},
}
"""Communes and wards that have territory of two former units."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "example"))


def plan_of(folder: Path, plan: str) -> PlanFiles:
    return load(folder / "data").dataset.plans[plan]


def target(files: PlanFiles, indicator: str) -> ExactNumber:
    assert files.allocations is not None
    return files.allocations.indicators[indicator].amount


def test_the_communes_and_those_before_them() -> None:
    units = load(EXAMPLE / "data").dataset.units
    assert units is not None
    communes = {key: unit for key, unit in units.units.items() if unit.kind in ("commune", "ward")}
    assert len(communes) == 56
    assert sum(unit.kind == "ward" for unit in communes.values()) == 3
    assert all(unit.valid_from == SINCE and unit.parent == "cao-bang" for unit in communes.values())
    before: dict[str, set[str]] = {}
    ended = [unit for unit in units.units.values() if unit.valid_to]
    assert len(ended) == 10
    for unit in ended:
        assert unit.valid_to == SINCE - datetime.timedelta(days=1)
        for one in unit.successors or ():
            before.setdefault(communes[one].name, set()).add(unit.name)
    assert len(before) == 56
    assert {name: of for name, of in before.items() if len(of) > 1} == ACROSS
    first, *_, last = communes.values()
    assert (first.name, last.name) == ("Quảng Lâm", "Tân Giang")
    orders = [unit.order for unit in communes.values()]
    assert orders == sorted(set(orders))
    for plan in ("2026-2030", "2026"):
        assert list(plan_of(EXAMPLE, plan).plan.units)[:56] == list(communes)


def test_nothing_is_found_in_it() -> None:
    loaded = load(EXAMPLE / "data")
    assert [*loaded.findings, *run(loaded.dataset, TODAY).findings] == []
    assert loaded.dataset.plans["2026-2030"].seal is not None
    for path in EXAMPLE.rglob("*.yaml"):
        schema = path.read_text(encoding="utf-8").splitlines()[0].rpartition("=")[2]
        assert (path.parent / schema).resolve().is_relative_to(ROOT / "schemas")
        assert (path.parent / schema).is_file()


def test_it_says_that_its_figures_are_made_up() -> None:
    documents = load(EXAMPLE / "data").dataset.documents
    assert documents is not None
    assert all("ví dụ, số liệu giả định" in (one.title or "") for one in documents.documents.values())
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert "made up" in readme
    assert "giả định" in readme


COMMANDS: tuple[list[str], ...] = (
    [],
    ["validate"],
    ["validate", "--strict"],
    ["summary"],
    ["summary", "2026-2030"],
    ["summary", "2026", "--unit", "Bảo Lạc"],
    ["summary", "2026", "--indicator", "communication-teams"],
    ["summary", "2026", "--budget"],
    ["progress", "2026", "--as-of", "2026-06-30"],
    ["explain", "A005"],
    ["rules"],
    ["export-appendix", "--output", "annex.xlsx"],
    ["export-appendix", "--per-district", "--output", "units"],
    ["import-appendix", "annex.xlsx", "--dry-run"],
    ["export-data", "--format", "csv", "--output", "figures"],
    ["diff", "data", "data"],
    ["set", "2026", "communication-teams", "Bảo Lạc", "--level", "commune", "4", "--with-totals", "--dry-run"],
    ["allocate", "2026", "communication-teams", "--level", "commune", "--total", "150", "--by", "villages"],
    ["allocate", "2026", "--all"],
    ["report", "--output", "plan.html"],
    ["seal", "2026", "--document", "02/KH-VD", "--date", "2026-01-15"],
    ["validate"],
)


def test_every_command_passes(folder: Path) -> None:
    for arguments in COMMANDS:
        done = d8plan(*arguments, cwd=folder)
        assert (done.returncode, done.stderr) == (0, ""), arguments
    assert len(list((folder / "units").glob("*.xlsx"))) == 57


def test_a_name_that_a_district_had_means_the_commune(folder: Path) -> None:
    done = d8plan("summary", "2026", "--unit", "bao lac", "--format", "json", cwd=folder)
    assert done.returncode == 0
    assert json.loads(done.stdout)["title"].startswith("Xã Bảo Lạc")
    done = d8plan("--lang", "en", "summary", "2026", "--unit", "huyện Bảo Lạc", cwd=folder)
    assert done.returncode == 2, "the district takes no part in the plan"


def test_names_and_successors_are_checked(folder: Path) -> None:
    units = folder / "data" / "units.yaml"
    replace_once(units, "name: Cần Yên,", "name: Cốc Pàng,")
    replace_once(units, "[quang-lam, nam-quang,", "[quang-lam, nam-quanq,")
    loaded = load(folder / "data")
    found = {
        (one.rule.code, one.place.keys[1:3])
        for one in run(loaded.dataset, TODAY).findings
        if one.place.file == "units.yaml" and one.rule.code[0] == "R"
    }
    # Two communes of one name at one time are two for one name; a district that ended and a commune are not.
    assert found == {("R028", ("can-yen", "name")), ("R001", ("bao-lam-district", "successors"))}


def test_the_next_year_starts_from_it(folder: Path) -> None:
    done = d8plan("new", "2027", "--from", "2026", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    phase, year, new = (plan_of(folder, plan) for plan in ("2026-2030", "2026", "2027"))
    for indicator in ("communication-teams", "trusted-addresses", "cadres", "women-cadres"):
        assert target(new, indicator) == target(phase, indicator) - target(year, indicator)
    assert target(new, "leader-clubs") == target(phase, "leader-clubs"), "the last year counts"
    assert target(new, "awareness") == target(year, "awareness"), "not summed"
    assert target(new, "women-share") == percent(target(new, "women-cadres"), target(new, "cadres"))
    assert new.plan.reporting is not None
    found = run(load(folder / "data").dataset, TODAY).findings
    assert {one.rule.code for one in found} <= {"A005", "B003", "P005"}
    for name in ("plan", "allocations", "budget"):
        first, *_ = (folder / f"data/plans/2027/{name}.yaml").read_text(encoding="utf-8").splitlines()
        assert first.endswith(f"=../../../../../schemas/{name}.schema.json"), "at the depth of the plan before it"
    done = d8plan("allocate", "2027", "--all", "--write", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    left = [one for one in run(load(folder / "data").dataset, TODAY).findings if one.rule.code == "A005"]
    assert {one.indicator for one in left} <= {"women-share", "awareness"}


def test_results_of_communes_come_in_by_form(tmp_path: Path) -> None:
    data = Path(shutil.copytree(EXAMPLE / "data", tmp_path / "data"))
    forms = tmp_path / "forms"
    asked = ["--data", str(data), "report-form", "2026", "--period", "2026-Q1", "--per-district"]
    assert d8plan(*asked, "--output", str(forms)).returncode == 0
    units = load(data).dataset.plans["2026"].plan.units
    assert {path.stem.removeprefix("bao-cao-2026-2026-Q1-") for path in forms.iterdir()} >= set(units)
    chosen = [forms / f"bao-cao-2026-2026-Q1-{unit}.xlsx" for unit in ("bao-lac", "coc-pang")]
    for path in chosen:
        fill(path, lambda label, plan: 1 if plan else None)
    done = d8plan("--data", str(data), "import-report", *map(str, chosen), "--received", "2026-04-03", "--yes")
    assert done.returncode == 0, done.stderr
    shown = json.loads(d8plan("--data", str(data), "progress", "--as-of", "2026-04-04", "--format", "json").stdout)
    assert {row["unit"] for row in shown["units"] if row["as_of"]} == {"bao-lac", "coc-pang"}

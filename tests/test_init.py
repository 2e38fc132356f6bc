"""A data folder for another province: from options or from what is typed, valid from the start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from interrupted import files_of
from support import ROOT, TODAY, d8plan

from d8plan.checks import run
from d8plan.models.findings import Severity
from d8plan.models.schemas import json_schemas
from d8plan.storage.data.loader import load

GIVEN = {
    "--province": "Tỉnh Sơn La",
    "--kind": "xã",
    "--units": "Chiềng An, Mường La,xã Đoàn Kết , Sơn La",
    "--year": "2027",
}
INDICATORS = ("Lớp tập huấn (lớp)=60", "Tổ (nòng cốt) truyền thông (tổ) = 7")


def options(**changed: str | None) -> list[str]:
    given = {**GIVEN, **{f"--{key}": value for key, value in changed.items()}}
    return [part for key, value in given.items() if value is not None for part in (key, value)]


def of_indicators(*texts: str) -> list[str]:
    return [part for text in texts for part in ("--indicator", text)]


def test_what_options_give_is_a_plan_that_holds(tmp_path: Path) -> None:
    done = d8plan("--lang", "en", "init", "son-la", *options(), *of_indicators(*INDICATORS), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "son-la"
    for command in (
        "cd son-la",
        "d8plan validate 2027",
        "d8plan allocate 2027 --all --write",
        "d8plan export-appendix",
    ):
        assert command in done.stdout
    loaded = load(folder / "data")
    found = [*loaded.findings, *run(loaded.dataset, TODAY).findings]
    assert [one.rule.code for one in found] == ["A005", "A005"]
    assert all(one.severity is not Severity.ERROR for one in found)
    units, indicators = loaded.dataset.units, loaded.dataset.indicators
    assert units is not None
    assert indicators is not None
    names = [(key, unit.name, units.kinds[unit.kind].name, unit.parent) for key, unit in units.units.items()]
    assert names == [
        ("son-la", "Sơn La", "tỉnh", None),
        ("chieng-an", "Chiềng An", "xã", "son-la"),
        ("muong-la", "Mường La", "xã", "son-la"),
        ("doan-ket", "Đoàn Kết", "xã", "son-la"),
        ("son-la-2", "Sơn La", "xã", "son-la"),
    ]
    measures = [(key, one.name, one.unit_of_measure) for key, one in indicators.indicators.items()]
    assert measures == [
        ("lop-tap-huan", "Lớp tập huấn", "lớp"),
        ("to-nong-cot-truyen-thong", "Tổ (nòng cốt) truyền thông", "tổ"),
    ]
    allocations = loaded.dataset.plans["2027"].allocations
    assert allocations is not None
    assert [one.target for one in allocations.indicators.values()] == [60, 7]
    assert {path.name: path.read_text(encoding="utf-8") for path in (folder / "schemas").iterdir()} == json_schemas()
    for path in (folder / "data").rglob("*.yaml"):
        schema = path.read_text(encoding="utf-8").splitlines()[0].rpartition("=")[2]
        assert (path.parent / schema).resolve().is_file()


def test_every_command_works_on_it(tmp_path: Path) -> None:
    assert d8plan("init", *options(), *of_indicators(*INDICATORS), cwd=tmp_path).returncode == 0
    for arguments in (
        [],
        ["validate"],
        ["allocate", "2027", "--all", "--write"],
        ["summary"],
        ["summary", "2027", "--unit", "son la"],
        ["set", "2027", "lớp tập huấn", "Đoàn Kết", "16", "--with-totals"],
        ["export-appendix", "--output", "annex.xlsx"],
        ["import-appendix", "annex.xlsx", "--dry-run"],
        ["export-data"],
        ["report", "--output", "plan.html"],
        ["progress", "2027"],
        ["new", "2028", "--from", "2027"],
        ["schema", "--check"],
        ["validate"],
    ):
        done = d8plan(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), arguments
    text = (tmp_path / "data/plans/2027/allocations.yaml").read_text(encoding="utf-8")
    assert "target: 61" in text
    document = tmp_path / "data" / "documents.yaml"
    replaced = document.read_text(encoding="utf-8").replace(
        "kh-2027: {", 'kh-2027: {number: "5/KH-UBND", date: 2027-01-05, '
    )
    document.write_text(replaced, encoding="utf-8")
    done = d8plan("seal", "2027", "--document", "5/KH-UBND", "--date", "2027-01-05", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("missing", ["province", "kind", "units", "year", "indicator"])
def test_without_a_terminal_the_missing_option_is_told(tmp_path: Path, missing: str) -> None:
    given = of_indicators(*([] if missing == "indicator" else INDICATORS))
    done = d8plan("--lang", "en", "init", *options(**{missing: None}), *given, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"--{missing}" in done.stderr
    assert files_of(tmp_path) == {}


@pytest.mark.parametrize(
    ("changed", "indicators", "told"),
    [
        ({"province": " "}, INDICATORS, "province"),
        ({"units": "Chiềng An, chieng an"}, INDICATORS, "“chieng an” stands twice"),
        ({"units": " , "}, INDICATORS, "No unit"),
        ({"units": "a\x07b"}, INDICATORS, "Character U+0007"),
        ({"levels": "Cấp tỉnh"}, INDICATORS, "province=Cấp tỉnh"),
        ({}, ("Lớp tập huấn",), "(lớp)=60"),
        ({}, ("Lớp (lớp)=-6,5",), "(lớp)=60"),
        ({}, ("Lớp (lớp)=6.500",), "more than one number"),
        ({"year": "1800"}, INDICATORS, "1945"),
    ],
)
def test_what_makes_no_data_is_told(
    tmp_path: Path, changed: dict[str, str], indicators: tuple[str, ...], told: str
) -> None:
    done = d8plan("--lang", "en", "init", *options(**changed), *of_indicators(*indicators), cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert files_of(tmp_path) == {}


def test_existing_data_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.txt").write_text("mine", encoding="utf-8")
    before = files_of(tmp_path)
    done = d8plan("--lang", "en", "init", *options(), *of_indicators(*INDICATORS), cwd=tmp_path)
    assert done.returncode == 3
    assert "exists" in done.stderr
    assert files_of(tmp_path) == before


TYPED = "Lai Châu\nphường\nTân Phong, Đoàn Kết\nQuyết Thắng\n\nhai nghìn\n2027\nLớp (lớp)=5\n\n"


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    above, below = pty.openpty()
    os.write(above, TYPED.encode("utf-8"))
    done = subprocess.run(
        [sys.executable, "-m", "d8plan", "--lang", "en", "init", str(tmp_path / "new")],
        cwd=ROOT,
        stdin=below,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )
    os.close(above)
    os.close(below)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Year of the first plan") == 2, "asked again after what is no year"
    dataset = load(tmp_path / "new" / "data").dataset
    assert dataset.units is not None
    assert [unit.name for unit in dataset.units.units.values()] == ["Lai Châu", "Tân Phong", "Đoàn Kết", "Quyết Thắng"]
    assert list(dataset.plans) == ["2027"]


def test_a_target_with_decimals_makes_an_indicator_that_has_them(tmp_path: Path) -> None:
    given = of_indicators("Đường bê tông (km)=364,95", "Lớp tập huấn (lớp)=60")
    assert d8plan("init", *options(), *given, cwd=tmp_path).returncode == 0
    loaded = load(tmp_path / "data")
    assert loaded.findings == ()
    road, lessons = loaded.dataset.indicators.indicators.values()
    assert (road.decimals, lessons.decimals) == (2, None)
    (plan,) = loaded.dataset.plans.values()
    assert [str(one.target) for one in plan.allocations.indicators.values()] == ["364.95", "60"]
    done = d8plan("allocate", plan.id, "--all", "--write", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert d8plan("validate", cwd=tmp_path).returncode == 0

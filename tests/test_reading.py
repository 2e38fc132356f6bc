"""Commands that read leave the data folder as it is, whatever it holds; outputs go through no link unasked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from interrupted import SET_ONE
from repositories import begin, needs_git
from support import DATA, d8plan, replace_once, snapshot

from d8plan.app import folders as opening
from d8plan.cli.program import command_names, main
from d8plan.storage.data.tree import JOURNAL, LOCK

ALLOCATIONS = "plans/2024/allocations.yaml"
READING: list[tuple[str, ...]] = [
    (),
    ("status",),
    ("validate",),
    ("validate", "--strict", "--format", "json"),
    ("validate", "--xlsx", "OUT/findings.xlsx"),
    ("summary",),
    ("summary", "2024", "--budget"),
    ("progress", "2024"),
    ("report-form", "2024", "--period", "2024-Q2", "--output", "OUT/form.xlsx"),
    ("report", "2024", "--output", "OUT/report.html"),
    ("export-appendix", "2024", "--output", "OUT/annex.xlsx"),
    ("export-data",),
    ("export-data", "--format", "csv", "--output", "OUT/csv"),
    ("diff", "HEAD"),
    ("diff", "DATA", "HEAD"),
    ("diff", "--textconv", f"DATA/{ALLOCATIONS}"),
    ("explain", "Y010"),
    ("rules",),
    ("schema", "--check"),
    (*SET_ONE.arguments, "--dry-run"),
    ("import-appendix", "ANNEX", "--dry-run"),
    ("import-report", "FORM", "--dry-run"),
    ("allocate", "2024", "--all"),
    ("new", "2025", "--from", "2024", "--dry-run"),
    ("recover", "--dry-run"),
    ("recover", "--discard", "--dry-run"),
]
"""Every command that reads, and every other as far as it can show what it would do."""


def test_every_command_is_tried() -> None:
    assert set(command_names()) - {arguments[0] for arguments in READING if arguments} == {"init", "seal"}


def journal(folder: Path, name: str, temporary: str, new: bytes | None) -> str:
    """Return a list of a change with right digests, as anybody can make it up."""

    def digest(content: bytes | None) -> str | None:
        return None if content is None else hashlib.sha256(content).hexdigest()

    target = folder / name
    old = digest(target.read_bytes() if target.is_file() else None)
    step = {"name": name, "temporary": temporary, "old": old, "new": digest(new)}
    return json.dumps({"format": 2, "steps": [step], "signature": "0" * 64})


def swapped(folder: Path, outside: Path) -> None:
    """A changed figure, and the list of a change that would hide it."""
    good = (folder / ALLOCATIONS).read_bytes()
    (folder / "plans/2024/.d8plan.abcdefgh.tmp").write_bytes(good)
    replace_once(
        folder / ALLOCATIONS,
        "bao-lac:           {province: 5, district: 5}",
        "bao-lac:           {province: 500, district: 5}",
    )
    (folder / JOURNAL).write_text(journal(folder, ALLOCATIONS, ".d8plan.abcdefgh.tmp", good))


def through_folder(folder: Path, outside: Path) -> None:
    (folder / "plans/x").symlink_to(outside)
    (folder / JOURNAL).write_text(journal(folder, "plans/x/plan.yaml", "", None))


def through_file(folder: Path, outside: Path) -> None:
    (folder / "plans/2024/activities.yaml").unlink()
    (folder / "plans/2024/activities.yaml").symlink_to(outside / "plan.yaml")
    (folder / "plans/2024/.d8plan.abcdefgh.tmp").symlink_to(outside / "plan.yaml")
    (folder / JOURNAL).write_text(journal(folder, "plans/2024/activities.yaml", "", None))


def left_over(folder: Path, outside: Path) -> None:
    for name in (".d8plan.abcdefgh.tmp", "plans/2024/.d8plan.abcdefgh.tmp"):
        (folder / name).write_bytes(b"x")
    (folder / ".d8plan.link.tmp").symlink_to(outside / "plan.yaml")
    (folder / LOCK).write_bytes(b"stale")


def linked(folder: Path, outside: Path) -> None:
    (outside / "list").write_text(journal(folder, ALLOCATIONS, "", None))
    (folder / JOURNAL).symlink_to(outside / "list")
    (folder / LOCK).symlink_to(outside / "plan.yaml")


def a_folder(folder: Path, outside: Path) -> None:
    (folder / JOURNAL).mkdir()
    (folder / LOCK).mkdir()


def a_pipe(folder: Path, outside: Path) -> None:
    os.mkfifo(folder / JOURNAL)


def huge(folder: Path, outside: Path) -> None:
    (folder / JOURNAL).write_bytes(b" " * 3_000_000)


def garbage(folder: Path, outside: Path) -> None:
    (folder / JOURNAL).write_bytes(b"\xff{[")


NASTY = [swapped, through_folder, through_file, left_over, linked, a_folder, a_pipe, huge, garbage]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an annex and a form of the shipped plan."""
    place = tmp_path_factory.mktemp("papers")
    annex, form = str(place / "annex.xlsx"), str(place / "form.xlsx")
    assert main(["--data", str(DATA), "export-appendix", "2024", "--output", annex]) == 0
    asked = ("report-form", "2024", "--period", "2024-Q2", "--district", "Bảo Lạc", "--output", form)
    assert main(["--data", str(DATA), *asked]) == 0
    return {"ANNEX": annex, "FORM": form}


@needs_git
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")
@pytest.mark.parametrize("nasty", NASTY, ids=lambda nasty: nasty.__name__)
def test_reading_changes_nothing(
    nasty: Callable[[Path, Path], None],
    papers: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(opening, "PATIENCE", 0)
    monkeypatch.setattr(opening, "_TRIES", 0)
    folder, outside, out = tmp_path / "repo/data", tmp_path / "outside", tmp_path / "out"
    shutil.copytree(DATA, folder)
    begin(tmp_path / "repo")
    outside.mkdir()
    out.mkdir()
    (outside / "plan.yaml").write_bytes(b"mine: 1\n")
    nasty(folder, outside)
    words = {**papers, "OUT": str(out), "DATA": str(folder)}
    before = snapshot(folder), snapshot(outside)
    whole = nasty is left_over
    for arguments in READING:
        given = [words.get(one.split("/")[0], one.split("/")[0]) + one[len(one.split("/")[0]) :] for one in arguments]
        code = main(["--lang", "en", "--data", str(folder), *given])
        told = capfd.readouterr()
        assert (snapshot(folder), snapshot(outside)) == before, arguments
        if arguments[:1] == ("validate",) and "--xlsx" not in arguments:
            assert code == 1 or whole
            assert ("Y012" if whole else "Y010") in told.out
        elif arguments[:1] in {("summary",), ("progress",), ("report",), ("export-appendix",), ("allocate",), ("new",)}:
            assert code == (0 if whole else 3), (arguments, told)
            assert whole or "d8plan recover" in told.err
    completing = {"_D8PLAN_COMPLETE": "complete_bash", "COMP_WORDS": "d8plan summary ", "COMP_CWORD": "2"}
    d8plan(env={**completing, "D8PLAN_DATA": str(folder)})
    assert (snapshot(folder), snapshot(outside)) == before


def test_a_sealed_figure_that_was_changed_is_no_better_for_a_list_that_hides_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    swapped(folder, tmp_path)
    found = d8plan("--lang", "en", "--data", str(folder), "validate")
    assert found.returncode == 1
    assert "Y010" in found.stdout
    assert "500" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("export-appendix", "2024"), "x.xlsx"),
        (("report", "2024"), "x.html"),
        (("validate", "--xlsx"), "x.xlsx"),
        (("report-form", "2024", "--period", "2024-Q2"), "x.xlsx"),
        (("progress", "2024", "--format", "xlsx"), "x.xlsx"),
        (("export-data", "--format", "csv"), "figures.csv"),
        (("export-data", "--format", "json"), "data.json"),
        (("export-appendix", "2024", "--per-district"), "phu-luc-2024-bao-lac.xlsx"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
@pytest.mark.parametrize("leads", ["nowhere", "to a file"])
def test_an_output_that_is_a_link_is_not_followed(
    arguments: tuple[str, ...], name: str, leads: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    out.mkdir()
    other.mkdir()
    if leads == "to a file":
        (other / "x").write_bytes(b"mine")
    (out / name).symlink_to(other / "x")
    before = snapshot(other)
    option = () if arguments[-1] == "--xlsx" else ("--output",)
    whole = "csv" in arguments or "json" in arguments or "--per-district" in arguments
    place = str(out if whole else out / name)
    assert main(["--lang", "en", "--data", str(DATA), *arguments, *option, place]) == 3
    assert "is a link to another place" in capfd.readouterr().err
    assert snapshot(other) == before
    assert [one.name for one in out.iterdir()] == [name]


def test_with_force_what_a_link_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "link.html").symlink_to(tmp_path / "real.html")
    given = ["--data", str(DATA), "report", "2024", "--output", str(tmp_path / "link.html")]
    assert main([*given, "--force"]) == 0
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "real.html").read_bytes().startswith(b"<!")


@pytest.mark.parametrize("leads", ["nowhere", "to a file"])
def test_schemas_are_not_written_through_links(leads: str, tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/plan.schema.json").symlink_to(tmp_path / "other")
    if leads == "to a file":
        (tmp_path / "other").write_bytes(b"mine")
    before = snapshot(tmp_path)
    assert main(["schema", "--output", str(tmp_path / "schemas")]) == 3
    assert snapshot(tmp_path) == before

"""Seals that are changed, lost, made anew or required."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sealed_data import (
    ALLOCATIONS,
    ANNEX,
    PLAN,
    SEAL,
    SIGNED,
    TARGET,
    TITLE,
    TOP,
    codes,
    contents,
    edit,
    places,
    seal,
    turned,
)
from support import DATA, d8plan, replace_once

from d8plan.models import plain_values
from d8plan.models.seal import RegisterSeal, Seal, digest
from d8plan.storage.data import seals
from d8plan.storage.data.loader import load

pytestmark = pytest.mark.usefixtures("read_once")

# --- Seals that were tampered with.


def in_json(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    """Change a seal as a program would, and leave its digest as it is."""

    def tamper(path: Path) -> None:
        held = json.loads(path.read_text(encoding="utf-8"))
        change(held)
        path.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    return tamper


def in_text(old: str, new: str) -> Callable[[Path], None]:
    def tamper(path: Path) -> None:
        replace_once(path, old, new)

    return tamper


def as_bytes(content: bytes) -> Callable[[Path], None]:
    def tamper(path: Path) -> None:
        path.write_bytes(content)

    return tamper


def made_anew(path: Path) -> None:
    """Put another value into a seal, with the digest that it should then have."""
    held = json.loads(path.read_text(encoding="utf-8"))
    made: Seal | RegisterSeal
    if "document" in held:
        made = Seal(
            document=held["document"], date=held["date"], plan=held["plan"] | {TARGET: 58}, record=held["record"]
        )
    else:
        made = RegisterSeal(
            plans={"2021-2025": held["plans"]["2021-2025"]}, records=held["records"], registers=held["registers"]
        )
    path.write_bytes(seals.written(made))


def other_digest(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'("digest": "sha256:)[0-9a-f]{4}', r"\g<1>0000", text), encoding="utf-8")


def as_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


UNREADABLE = [
    as_bytes(b""),
    as_bytes(b"[]\n"),
    as_bytes(b"12\n"),
    as_bytes(b"null\n"),
    as_bytes(b"format: 1\n"),
    as_bytes(b"[" * 1_000_000),
    as_bytes(b'{"plan":' * 100_000),
    as_bytes(b"\xff\xfe{}"),
    as_bytes(b'{"format": ' + b"9" * 10_000 + b"}"),
    as_bytes(b'{"format": NaN}'),
    in_json(lambda held: held.pop("digest")),
    in_json(lambda held: held.update(more=1)),
    in_json(lambda held: held.update(format=2)),
    in_json(lambda held: held.update(digest=None)),
    in_text('"format": 1', '"format": 1, "format": 1'),
    as_a_folder,
]


@pytest.mark.parametrize("file", [SEAL, TOP])
@pytest.mark.parametrize("tamper", UNREADABLE)
def test_a_seal_that_cannot_be_used_is_told_once_in_its_file(
    sealed: Path, file: str, tamper: Callable[[Path], None]
) -> None:
    tamper(sealed / file)
    ((code, told, _),) = places(sealed)
    assert (code in ("Y001", "Y009"), told) == (True, file)


@pytest.mark.parametrize(
    "tamper", [in_json(lambda held: held.update(date="2024-02-30")), in_json(lambda held: held.update(plan=[]))]
)
def test_a_seal_with_a_value_of_the_wrong_kind_is_told_in_its_file(
    sealed: Path, tamper: Callable[[Path], None]
) -> None:
    tamper(sealed / SEAL)
    assert [(code, file) for code, file, _ in places(sealed)] == [("Y009", SEAL)]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SEAL, f'"{TARGET}": 57', f'"{TARGET}": 58'),
        (SEAL, f'"{TARGET}": 57', f'"{TARGET}": "57"'),
        (SEAL, f'"{TARGET}": 57', f'"{TARGET}": null'),
        (SEAL, '"plan.yaml#/period/first": 2024', '"plan.yaml#/period/first": true'),
        (SEAL, f'"plan.yaml#/title": "{TITLE}"', '"plan.yaml#/title": {"a": []}'),
        (SEAL, '"date": "2024-03-20"', '"date": "2024-03-21"'),
        (SEAL, '"document": "kh-288-2024",\n "date"', '"document": "kh-435-2024",\n "date"'),
        (SEAL, '"budget.yaml#/totals/control-grand/amount": 8', '"budget.yaml#/totals/control-grand/amount": 9'),
        (TOP, '"units.yaml#/units/bao-lac/order": 8', '"units.yaml#/units/bao-lac/order": 9'),
    ],
)
def test_an_edited_value_of_a_seal_is_told_at_its_line(sealed: Path, file: str, old: str, new: str) -> None:
    replace_once(sealed / file, old, new)
    text = (sealed / file).read_text(encoding="utf-8")
    line = text.count("\n", 0, text.index(new)) + 1
    assert places(sealed) == [("L005", file, line)]


@pytest.mark.parametrize("file", [SEAL, TOP])
def test_another_digest_is_told_in_that_file(sealed: Path, file: str) -> None:
    other_digest(sealed / file)
    found = places(sealed)
    assert "L005" in {code for code, _, _ in found}
    assert {told for _, told, _ in found} == {file}


def test_a_value_taken_out_of_a_seal_is_told_in_that_file(sealed: Path) -> None:
    replace_once(sealed / SEAL, f'  "{TARGET}": 57,\n', "")
    assert [(code, file) for code, file, _ in places(sealed)] == [("L005", SEAL)]


def test_a_doubled_value_of_a_seal_is_told_in_that_file(sealed: Path) -> None:
    replace_once(sealed / SEAL, f'  "{TARGET}": 57,\n', f'  "{TARGET}": 57,\n  "{TARGET}": 57,\n')
    assert [(code, file) for code, file, _ in places(sealed)] == [("Y009", SEAL)]


def test_a_deleted_seal_of_a_plan_is_told_where_it_is_known(sealed: Path) -> None:
    (sealed / SEAL).unlink()
    text = (sealed / TOP).read_text(encoding="utf-8")
    assert places(sealed) == [("L007", TOP, text.count("\n", 0, text.index('"2024"')) + 1)]


def test_a_deleted_seal_of_the_registers_is_told(sealed: Path) -> None:
    (sealed / TOP).unlink()
    assert [(code, file) for code, file, _ in places(sealed)] == [("L007", TOP)]


def test_a_deleted_folder_of_a_sealed_plan_is_told(sealed: Path) -> None:
    shutil.rmtree(sealed / "plans/2024")
    assert ("L007", TOP) in [(code, file) for code, file, _ in places(sealed)]


def test_a_seal_made_anew_with_another_value_is_told(sealed: Path) -> None:
    """Even where the plan was changed with it, so that both agree."""
    made_anew(sealed / SEAL)
    found = places(sealed)
    assert ("L007", SEAL) in [(code, file) for code, file, _ in found]
    assert ("L001", ALLOCATIONS, 8) in found
    replace_once(sealed / ALLOCATIONS, "target: 57", "target: 58")
    assert "L007" in codes(sealed)


def test_a_seal_of_the_registers_made_anew_without_a_plan_is_told(sealed: Path) -> None:
    made_anew(sealed / TOP)
    assert [(code, file) for code, file, _ in places(sealed)] == [("L007", SEAL)]


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (as_bytes(b"[" * 1_000_000), 3),
        (as_bytes(b"\xff\xfe{}"), 3),
        (in_json(lambda held: held["plan"].update({TARGET: [[1]]})), 0),
        (made_anew, 0),
        (Path.unlink, 0),
    ],
)
def test_the_program_tells_a_tampered_seal_in_words(sealed: Path, tamper: Callable[[Path], None], code: int) -> None:
    tamper(sealed / SEAL)
    validated = d8plan("--lang", "en", "--data", str(sealed), "validate")
    assert validated.returncode == 1
    assert "seal.json" in validated.stdout.replace("\n  ", "")  # a long path is broken at the terminal's width
    assert validated.stderr == ""
    summed = d8plan("--lang", "en", "--data", str(sealed), "summary", "2024")
    assert summed.returncode == code
    assert summed.stderr.count("\n") == 1
    assert (summed.stdout == "") == (code == 3)


def test_half_a_character_in_a_seal_is_refused_in_a_line(sealed: Path) -> None:
    replace_once(sealed / SEAL, f'"plan.yaml#/title": "{TITLE}"', '"plan.yaml#/title": "\\ud800"')
    ended = d8plan("--data", str(sealed), "validate")
    assert ended.returncode == 1
    assert "Y009" in ended.stdout
    assert "Traceback" not in ended.stderr


# --- Seals that are required, seals of early versions.


def test_plans_without_seals_pass_only_where_none_is_required(data: Path) -> None:
    assert d8plan("--data", str(data), "validate").returncode == 0
    for arguments in ([], ["--select", "A"], ["--ignore", "L"], ["2024", "--format", "markdown"]):
        ended = d8plan("--lang", "en", "--data", str(data), "validate", "--require-sealed", *arguments)
        assert ended.returncode == 1, arguments
        assert "L009" in ended.stdout
    told = json.loads(d8plan("--data", str(data), "validate", "--require-sealed", "--format", "json").stdout)
    errors = [(item["code"], item["plan"], item["file"]) for item in told["findings"] if item["severity"] == "error"]
    assert [(code, plan) for code, plan, _ in errors] == [("L009", "2021-2025"), ("L009", "2024")]
    assert all(file.endswith(f"plans/{plan}/plan.yaml") for _, plan, file in errors)


@pytest.mark.parametrize("lost", [[SEAL], [TOP], [SEAL, TOP], [SEAL, TOP, "plans/2021-2025/seal.json"]])
def test_deleted_seals_are_told_where_seals_are_required(sealed: Path, lost: list[str]) -> None:
    whole = ("--data", str(sealed), "validate", "--require-sealed", "--select", "A")
    assert d8plan(*whole).returncode == 0
    for file in lost:
        (sealed / file).unlink()
    assert d8plan(*whole).returncode == 1


def test_a_plan_demands_its_seal_itself(data: Path) -> None:
    line = edit(data, PLAN, "\nlevels:\n", "\nsealed: required\n\nlevels:\n")
    assert places(data) == [("L009", PLAN, line)]
    seal(data, "2021-2025", "--document", "75/KH-BTV", "--date", "2022-09-13")
    seal(data, "2024", *SIGNED)
    assert places(data) == []
    # The demand is sealed with the plan, as what is kept about it.
    replace_once(data / PLAN, "\nsealed: required\n", "")
    assert codes(data) == ["L006"]


def test_a_sealed_plan_takes_the_demand_over_without_a_document(sealed: Path) -> None:
    edit(sealed, PLAN, "\nlevels:\n", "\nsealed: required\n\nlevels:\n")
    assert codes(sealed) == ["L008"]
    seal(sealed, "2024")
    assert codes(sealed) == []


def test_nothing_but_required_can_be_demanded(data: Path) -> None:
    edit(data, PLAN, "\nlevels:\n", "\nsealed: optional\n\nlevels:\n")
    assert codes(data) == ["M003"]


def sealed_early(folder: Path) -> None:
    """Make the seals of a folder what early versions made: without the order of what is printed, but for columns."""
    top = seals.read((folder / TOP).read_bytes(), RegisterSeal)[0]
    assert isinstance(top, RegisterSeal)
    for plan, files in load(folder).dataset.plans.items():
        assert files.seal
        orders = {key for key in plain_values.orders(files) if key != "annex.yaml#/groups"}
        early = files.seal.model_copy(
            update={"plan": {key: value for key, value in files.seal.plan.items() if key not in orders}}
        )
        early = early.model_copy(update={"digest": digest(early.content())})
        (folder / files.file("seal.json")).write_bytes(seals.written(early))
        top.plans[plan], top.records[plan] = digest(early.said()), early.digest
    (folder / TOP).write_bytes(seals.written(top))


def test_a_seal_of_an_early_version_holds_and_is_renewed_without_a_document(sealed: Path) -> None:
    sealed_early(sealed)
    assert places(sealed) == [("L008", file, 5) for file in ("plans/2021-2025/seal.json", SEAL)]
    assert d8plan("--data", str(sealed), "validate", "--require-sealed").returncode == 0
    seal(sealed, "2021-2025")
    seal(sealed, "2024")
    assert contents(sealed) == contents(DATA)


def test_a_seal_of_an_early_version_still_tells_what_it_knows(sealed: Path) -> None:
    sealed_early(sealed)
    turned(sealed, ANNEX, "  voice:", "  capacity:")
    replace_once(sealed / ALLOCATIONS, "target: 57", "target: 58")
    assert [(code, file) for code, file, _ in places(sealed) if code == "L001"] == [
        ("L001", ALLOCATIONS),
        ("L001", ANNEX),
    ]
    before = contents(sealed)
    assert d8plan("--data", str(sealed), "seal", "2024").returncode == 1
    assert contents(sealed) == before

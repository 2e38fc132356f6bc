"""What is generated from the models is what the models give."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from support import DATA, ROOT, d8plan

from d8plan.models.schemas import json_schemas
from d8plan.storage.data.strict_yaml import read

FILES = sorted(DATA.rglob("*.yaml"))


@pytest.mark.parametrize("name", sorted(json_schemas()))
def test_the_schemas_of_editors_are_that_of_the_records(name: str) -> None:
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == json_schemas()[name], "run: d8plan schema"


def test_no_other_schema_is_left_over() -> None:
    assert {path.name for path in (ROOT / "schemas").iterdir()} == set(json_schemas())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_each_data_file_names_its_schema_and_is_valid_by_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    schema = json.loads((path.parent / named).resolve().read_text(encoding="utf-8"))
    assert schema["title"] == path.name
    jsonschema.Draft202012Validator(schema).validate(read(path.read_bytes()).data)


def test_an_editor_refuses_a_misspelt_key_and_explains_a_field() -> None:
    schema = json.loads(json_schemas()["allocations.schema.json"])
    fields = schema["$defs"]["Allocation"]
    assert fields["additionalProperties"] is False
    assert all(field.get("description") and field.get("title") for field in fields["properties"].values())


def test_schema_check_tells_what_is_stale(tmp_path: Path) -> None:
    assert d8plan("schema", "--check").returncode == 0
    assert d8plan("schema", "--output", str(tmp_path)).returncode == 0
    (tmp_path / "plan.schema.json").write_text("{}", encoding="utf-8")
    stale = d8plan("schema", "--check", "--output", str(tmp_path))
    assert stale.returncode == 1
    assert "plan.schema.json" in stale.stderr

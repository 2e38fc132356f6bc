"""What is generated from the models is what the models give."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import TypeAdapter
from pydantic_core import SchemaValidator
from support import DATA, ROOT, d8plan

from d8plan.models import compile as compiler
from d8plan.models import compiled
from d8plan.models.files import PER_PLAN, PER_PLAN_FOLDERS, SHARED
from d8plan.models.schemas import json_schemas
from d8plan.models.validation import validate
from d8plan.storage.data.strict_yaml import read

RECORDS = {**SHARED, **PER_PLAN, **{f"{name}.yaml": record for name, record in PER_PLAN_FOLDERS.items()}}
FILES = sorted(DATA.rglob("*.yaml"))


def test_the_compiled_schema_is_that_of_the_records() -> None:
    assert compiler.TARGET.read_text(encoding="utf-8") == compiler.source(), "run: python -m d8plan.models.compile"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_compiled_and_pydantic_judge_alike(path: Path) -> None:
    record = RECORDS[path.name]
    data = read(path.read_bytes()).data
    assert isinstance(data, dict)
    own = SchemaValidator(TypeAdapter(record).core_schema)
    assert own.validate_python(data) is not None
    assert validate(record, data)[0] is not None
    wrong: list[object] = [{}, {"x": 1}, [], None, {**data, "unknown": 1}]
    for broken in wrong:
        with pytest.raises(ValueError, match="validation error"):
            own.validate_python(broken)
        assert validate(record, broken)[0] is None


def test_every_file_has_a_compiled_schema() -> None:
    assert set(compiled.SCHEMAS) == {record.__name__ for record in RECORDS.values()}


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

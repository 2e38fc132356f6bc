"""JSON schemas of the data files, for editors."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from d8plan.models.files import PER_PLAN, PER_PLAN_FOLDERS, SHARED


def json_schemas() -> dict[str, str]:
    """Return the text of each file's JSON schema by file name: ``plan.schema.json`` and so on."""
    schemas = {}
    folders = {f"{folder}.yaml": record for folder, record in PER_PLAN_FOLDERS.items()}
    for name, record in {**SHARED, **PER_PLAN, **folders}.items():
        schema = TypeAdapter(record).json_schema()
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": name}
        text = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=False)
        schemas[name.replace(".yaml", ".schema.json")] = text + "\n"
    return schemas

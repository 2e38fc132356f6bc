"""JSON schemas of the data files, for editors."""

from __future__ import annotations

import ast
import inspect
import json
import sys
from typing import Any

from d8plan.models.base import StrictModel
from d8plan.models.files import PER_PLAN, PER_PLAN_FOLDERS, SHARED


def json_schemas() -> dict[str, str]:
    """Return the text of each file's JSON schema by file name: ``plan.schema.json`` and so on."""
    schemas = {}
    folders = {f"{folder}.yaml": model for folder, model in PER_PLAN_FOLDERS.items()}
    described = _descriptions()
    for name, model in {**SHARED, **PER_PLAN, **folders}.items():
        schema = model.model_json_schema()
        for part in (schema, *schema.get("$defs", {}).values()):
            for field, description in described.get(part["title"], {}).items():
                part["properties"][field] = {"description": description, **part["properties"][field]}
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": name}
        text = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=False)
        schemas[name.replace(".yaml", ".schema.json")] = text + "\n"
    return schemas


def _descriptions() -> dict[str, dict[str, str]]:
    """Return the docstring under each field of each model, by the names of both."""
    described: dict[str, dict[str, str]] = {}
    for module in sorted({model.__module__ for model in _models(StrictModel)}):
        for node in ast.parse(inspect.getsource(sys.modules[module])).body:
            if isinstance(node, ast.ClassDef):
                fields = described.setdefault(node.name, {})
                for field, below in zip(node.body, node.body[1:], strict=False):
                    match field, below:
                        case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                            fields[name] = inspect.cleandoc(text)
    return described


def _models(model: type[Any]) -> set[type[Any]]:
    return {model}.union(*(_models(below) for below in model.__subclasses__()))

"""JSON schemas of the data files, for editors."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import textwrap

from d8plan.models.base import StrictModel
from d8plan.models.files import PER_PLAN, PER_PLAN_FOLDERS, SHARED


def json_schemas() -> dict[str, str]:
    """Return the text of each file's JSON schema by file name: ``plan.schema.json`` and so on."""
    schemas = {}
    folders = {f"{folder}.yaml": model for folder, model in PER_PLAN_FOLDERS.items()}
    models = {model.__name__: model for model in _subclasses(StrictModel)}
    for name, model in {**SHARED, **PER_PLAN, **folders}.items():
        schema = model.model_json_schema()
        for part in (schema, *schema.get("$defs", {}).values()):
            for field, description in _descriptions(models.get(part["title"], StrictModel)).items():
                part["properties"][field] = {"description": description, **part["properties"][field]}
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": name}
        text = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=False)
        schemas[name.replace(".yaml", ".schema.json")] = text + "\n"
    return schemas


def _descriptions(model: type[StrictModel]) -> dict[str, str]:
    """Return the docstring under each field of a model, those that it inherits too."""
    described: dict[str, str] = {}
    for above in reversed(model.__mro__[: model.__mro__.index(StrictModel)]):
        body = ast.parse(textwrap.dedent(inspect.getsource(above))).body[0].body  # type: ignore[attr-defined]
        for field, below in itertools.pairwise(body):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    described[name] = inspect.cleandoc(text)
    return described


def _subclasses(model: type[StrictModel]) -> set[type[StrictModel]]:
    return {model}.union(*(_subclasses(below) for below in model.__subclasses__()))

"""What describes a dataset: datapackage.json, and the columns of each table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

from d8plan.views.dataset_columns import TABLES, DatasetTable

NAME = "datapackage.json"
SCHEMAS, PROOFS = "schemas", "proofs"
"""Folders of a dataset beside those of the tables; the second also names the property that lists its files."""
MARK, VERSION = "d8plan_dataset", 1
"""Property that tells a dataset of d8plan, and the version of its tables."""


class PartitionFile(NamedTuple):
    """A file of the dataset."""

    table: DatasetTable
    province: str
    year: int
    path: str
    """From the dataset's folder, with forward slashes."""
    rows: int
    sha256: str


def schemas() -> dict[str, str]:
    """Return the Table Schema of each table by its file."""
    return {_schema_path(table): _json(_schema(table)) for table in TABLES}


def _schema_path(table: DatasetTable) -> str:
    return f"{SCHEMAS}/{table.name}.json"


def _schema(table: DatasetTable) -> dict[str, Any]:
    return {
        "fields": [
            {"name": column.name, "type": str(column.type), "description": column.meaning}
            | ({"constraints": {"required": True}} if column.required else {})
            for column in table.columns
        ]
    }


def descriptor(parts: Iterable[PartitionFile], sources: Iterable[str], proofs: Iterable[str]) -> str:
    """Return datapackage.json: a resource a file, with its partition, the proofs, and the documents it all comes from.

    It names each file of the dataset, by its path from the dataset's folder.
    """
    return _json(
        {
            "name": "d8plan",
            "title": "Plans of provinces: figures, money, and every number stated about them",
            MARK: VERSION,
            "sources": [{"title": source} for source in sources],
            PROOFS: list(proofs),
            "resources": [_resource(part) for part in parts],
        }
    )


def files_of(text: bytes) -> set[str]:
    """Return the files that the descriptor of a dataset of d8plan names, itself too; none where it is no such one."""
    try:
        content = json.loads(text)
        if MARK not in content:
            return set()
        named = [content[PROOFS], *([resource["path"], resource["schema"]] for resource in content["resources"])]
        return {NAME, *chain.from_iterable(named)}
    except (ValueError, TypeError, KeyError):
        return set()


def _resource(part: PartitionFile) -> dict[str, Any]:
    return {
        "name": f"{part.table.name}-{part.province}-{part.year}".replace("_", "-"),
        "title": part.table.meaning,
        "path": part.path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "profile": "tabular-data-resource",
        "province": part.province,
        "year": part.year,
        "hash": f"sha256:{part.sha256}",
        "rows": part.rows,
        "schema": _schema_path(part.table),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

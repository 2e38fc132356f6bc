"""The files of a dataset. The only module that imports pyarrow, an optional requirement."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from d8plan.storage.parquet.package import NAME, PROOFS, PartitionFile, descriptor, schemas
from d8plan.views.dataset_columns import TABLES, DatasetTable, Type
from d8plan.views.dataset_rows import DatasetRow, Partition

_TYPES = {
    Type.TEXT: pa.string(),
    Type.WHOLE: pa.int64(),
    Type.DECIMAL: pa.decimal128(21, 6),  # fifteen digits, and the places that a number may have besides
    Type.YES_NO: pa.bool_(),
}


class DatasetWriter:
    """Writes a dataset into an empty folder, a province at a time; the same rows give the same bytes."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which exists."""
        self.folder = folder
        self.parts: list[PartitionFile] = []
        self.sources: list[str] = []

    def add(self, province: str, partitions: list[Partition], sources: list[str]) -> None:
        """Write a province, and keep which documents it comes from; raise OSError where it cannot be written.

        Each table has a file in each partition, with no rows where there are none: so each table
        can be read, and by its full path.
        """
        self.sources += sources
        for partition in partitions:
            self.parts += [self._write(table, province, partition) for table in TABLES]

    def finish(self) -> None:
        """Write what describes the dataset, and the proofs."""
        for path, text in schemas().items():
            self._save(path, text.encode("utf-8"))
        proofs = {
            f"{PROOFS}/{file.name}": file.read_bytes()
            for file in resources.files("d8plan").joinpath("storage", "parquet", "proofs").iterdir()
        }
        for path, content in proofs.items():
            self._save(path, content)
        order = {table.name: number for number, table in enumerate(TABLES)}
        parts = sorted(self.parts, key=lambda part: (order[part.table.name], part.province, part.year))
        self._save(NAME, descriptor(parts, self.sources, sorted(proofs)).encode("utf-8"))

    def _write(self, table: DatasetTable, province: str, partition: Partition) -> PartitionFile:
        rows = partition.rows[table.name]
        path = f"{table.name}/province={province}/year={partition.year}/part-0.parquet"  # as Hive names it
        sink = pa.BufferOutputStream()
        pq.write_table(_arrow(table, rows), sink)
        content = sink.getvalue().to_pybytes()
        self._save(path, content)
        return PartitionFile(table, province, partition.year, path, len(rows), hashlib.sha256(content).hexdigest())

    def _save(self, path: str, content: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _arrow(table: DatasetTable, rows: list[DatasetRow]) -> pa.Table:
    fields = [pa.field(column.name, _TYPES[column.type], nullable=not column.required) for column in table.columns]
    columns = [[row[number] for row in rows] for number in range(len(fields))]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))

"""What others do with the same content, each as a process of its own.

.venv/bin/python benchmarks/peers.py NAME ARGUMENTS

Schemas alone are less work than ``validate``, which follows ids and proves sums besides.
"""

from __future__ import annotations

import datetime
import gc
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"


def files(folders: Iterable[str]) -> list[Path]:
    """Return the YAML files of data folders."""
    return sorted(path for folder in folders for path in Path(folder).rglob("*.yaml"))


def clock(*command: str) -> None:
    """Run a command; write how many seconds it took, and the bytes of its largest process at its largest."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - begun
    print(took, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
    sys.exit(os.waitstatus_to_exitcode(status))


def read(*folders: str) -> None:
    """Read the bytes."""
    for path in files(folders):
        path.read_bytes()


def events(*folders: str) -> None:
    """Parse with libyaml, through PyYAML, and build nothing."""
    import yaml

    for path in files(folders):
        for _ in yaml.parse(path.read_bytes(), yaml.CSafeLoader):
            pass


def load(*folders: str) -> None:
    """Parse with libyaml and build plain data: PyYAML's C loader."""
    import yaml

    for path in files(folders):
        yaml.load(path.read_bytes(), yaml.CSafeLoader)


def round_trip(path: str) -> None:
    """Read a file and write it back with ruamel.yaml, which keeps comments, as a small script would edit it."""
    from ruamel.yaml import YAML

    text = YAML()
    data = text.load(Path(path))
    text.dump(data, Path(path))


def yamale(*folders: str) -> None:
    """Check every file against its schema with yamale."""
    import yamale as library

    known = {kind.name.removesuffix(".schema.json"): None for kind in SCHEMAS.glob("*.schema.json")}
    schemas = {kind: library.make_schema(content=yamale_schema(kind)) for kind in known}
    for path in files(folders):
        kind = path.stem if path.stem in schemas else path.parent.name
        library.validate(schemas[kind], library.make_data(path))


def yamale_schema(kind: str) -> str:
    """Return one of our JSON schemas in yamale's language."""
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    lines = [f"{key}: {_yamale(value, key in schema['required'])}" for key, value in schema["properties"].items()]
    for name, described in schema.get("$defs", {}).items():
        fields = described["properties"].items()
        lines += ["---", f"{name}:"]
        lines += [f"  {key}: {_yamale(value, key in described.get('required', ()))}" for key, value in fields]
    return "\n".join(lines)


def _yamale(schema: dict[str, Any], required: bool = True) -> str:
    optional = [] if required else ["required=False"]
    if "$ref" in schema:
        return _call("include", [repr(schema["$ref"].rpartition("/")[2]), *optional])
    if arms := schema.get("anyOf") or schema.get("oneOf"):
        given = [arm for arm in arms if required or arm != {"type": "null"}]
        return _call("any", [*map(_yamale, given), *optional])
    match schema.get("type"):
        case "object":
            return _call("map", [*map(_yamale, schema.get("patternProperties", {}).values()), *optional])
        case "array":
            return _call("list", [_yamale(schema["items"]), *optional])
        case "integer":
            bounds = [
                f"{ours}={schema[key]}" for ours, key in (("min", "minimum"), ("max", "maximum")) if key in schema
            ]
            return _call("int", [*bounds, *optional])
        case "string" if schema.get("format") == "date":
            return _call("day", optional)
        case "string" if "pattern" in schema:
            return _call("regex", [repr(schema["pattern"]), *optional])
        case "string":
            return _call("str", optional)
        case "null":
            return "null()"
        case _:
            return _call("any", optional)


def _call(name: str, arguments: list[str]) -> str:
    return f"{name}({', '.join(arguments)})"


def openpyxl(cells: str, output: str) -> None:
    """Write the cells of a workbook with openpyxl, without any style."""
    from openpyxl import Workbook

    book = Workbook()
    for name, rows in _sheets(cells).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(output)


def xlsxwriter(cells: str, output: str) -> None:
    """Write the cells of a workbook with XlsxWriter, without any style."""
    from xlsxwriter import Workbook

    book = Workbook(output)
    for name, rows in _sheets(cells).items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()


def _sheets(cells: str) -> dict[str, list[list[Any]]]:
    sheets: dict[str, list[list[Any]]] = json.loads(Path(cells).read_text(encoding="utf-8"))
    return sheets


def imports(names: str) -> None:
    """Import the modules that a file names."""
    gc.disable()
    for name in Path(names).read_text(encoding="utf-8").split():
        importlib.import_module(name)
    os._exit(0)


def modules(names: str, *arguments: str) -> None:
    """Run d8plan and write the modules that it needed, in order, to a file."""
    before = set(sys.modules)
    sys.argv = ["d8plan", *arguments]
    ending = os._exit

    def leave(code: int) -> None:
        needed = [name for name in sys.modules if name not in before and name != "d8plan.__main__"]
        Path(names).write_text("\n".join(filter(_importable, needed)), encoding="utf-8")
        ending(code)

    os._exit = leave  # type: ignore[assignment]
    from d8plan.__main__ import run

    run()


def _importable(name: str) -> bool:
    """Tell modules that have a name of their own from those that live inside another."""
    return getattr(sys.modules[name], "__spec__", None) is not None and sys.modules[name].__name__ == name


def phases(folder: str) -> None:
    """Write how long each phase of ``validate`` takes, in ms, as JSON to standard output."""
    gc.disable()
    took: dict[str, float] = {}

    def timed(phase: str, call: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        result = call()
        took[phase] = (time.perf_counter() - begun) * 1000
        return result

    timed("import", lambda: importlib.import_module("d8plan.cli.commands.validate"))
    from d8plan.app.catalogue import catalogue
    from d8plan.app.judging import Asked, judge
    from d8plan.checks import run
    from d8plan.models.files import PER_PLAN, PER_PLAN_FOLDERS, SHARED
    from d8plan.render.report_writers import ReportSettings
    from d8plan.render.validation_text import TextReport
    from d8plan.storage.data.loader import load
    from d8plan.storage.data.salvage import validate
    from d8plan.storage.data.strict_yaml import read
    from d8plan.text.language import language

    records = {**SHARED, **PER_PLAN}
    loaded = timed("load", lambda: load(Path(folder)))
    texts = {name: content for name, content in loaded.contents.items() if name.endswith(".yaml")}
    sources = timed("parse", lambda: {name: read(content) for name, content in texts.items()})
    given = [
        (records.get(path.name) or PER_PLAN_FOLDERS[path.parent.name], source.data)
        for path, source in ((Path(name), source) for name, source in sources.items())
    ]
    timed("model", lambda: [validate(record, data) for record, data in given])
    timed("checks", lambda: run(loaded.dataset, datetime.date.today()))
    judged = timed("judge", lambda: judge(Path(folder), Asked((), catalogue(), strict=False)))
    timed("text", lambda: TextReport(ReportSettings(language("vi"), {})).add(judged.outcome))
    rest = {
        "other reading": took["load"] - took["parse"] - took["model"],
        "places and text": took["judge"] - took["load"] - took["checks"] + took["text"],
    }
    print(json.dumps({key: took[key] for key in ("import", "parse", "model", "checks")} | rest))


PEERS: dict[str, Callable[..., None]] = {
    "clock": clock,
    "read": read,
    "events": events,
    "load": load,
    "round-trip": round_trip,
    "yamale": yamale,
    "openpyxl": openpyxl,
    "xlsxwriter": xlsxwriter,
    "imports": imports,
    "modules": modules,
    "phases": phases,
}

if __name__ == "__main__":
    PEERS[sys.argv[1]](*sys.argv[2:])

"""The house in figures: ``python tools/rooms.py`` draws the layers into CONTRIBUTING.md and prints its size.

The drawing is that of the contract which import-linter holds (pyproject.toml), with the first line of each package's
docstring.
"""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "d8plan"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"


def layers() -> list[list[str]]:
    """Return the rooms on each layer, the uppermost first."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (contract,) = [contract for contract in contracts if contract["type"] == "layers"]
    return [[room.strip().removeprefix("d8plan.") for room in layer.split("|")] for layer in contract["layers"]]


def content(room: str) -> str:
    """Return what the docstring of a room's package says first."""
    text = ast.get_docstring(ast.parse((SOURCE / room / "__init__.py").read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


def drawing() -> str:
    """Return the layers with what each room holds; who stands above may import who stands below, never the reverse."""
    rooms = layers()
    width = max(len(room) for layer in rooms for room in layer)
    floors = ["\n".join(f"  {room:<{width}}  {content(room)}" for room in layer) for layer in rooms]
    rule = "  " + "─" * 100
    return "\n".join(["```text", f"\n{rule}\n".join(floors), "```"])


def with_drawing(text: str) -> str:
    """Return the text of CONTRIBUTING.md with the drawing that it must have."""
    drawn = f"<!-- rooms -->\n{drawing()}\n<!-- /rooms -->"
    return re.sub(r"<!-- rooms -->.*<!-- /rooms -->", lambda _: drawn, text, flags=re.DOTALL)


def dependencies() -> set[tuple[str, str]]:
    """Return each pair of rooms of which the first imports the second."""
    graph = grimp.build_graph("d8plan")
    rooms = {room for layer in layers() for room in layer}
    found = set()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            pair = (importer.split(".")[1:2], imported.split(".")[1:2])
            if pair[0] != pair[1] and {*pair[0], *pair[1]} <= rooms and all(pair):
                found.add((pair[0][0], pair[1][0]))
    return found


def lines() -> int:
    """Return the lines of all modules."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCE.rglob("*.py"))


def main() -> None:
    """Draw, and print the size."""
    text = CONTRIBUTING.read_text(encoding="utf-8")
    CONTRIBUTING.write_text(with_drawing(text), encoding="utf-8", newline="\n")
    floors = layers()
    sizes = (
        f"lines of src: {lines():,}",
        f"rooms: {sum(map(len, floors))}",
        f"layers: {len(floors)}",
        f"dependencies between rooms: {len(dependencies())}",
    )
    print("\n".join(sizes))  # noqa: T201 - a tool for whoever works on the code


if __name__ == "__main__":
    main()

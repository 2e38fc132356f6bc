"""What is typed reaches every command as it was meant: never empty, and text in any locale."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from support import DATA, copy_draft, d8plan
from typer.models import TyperPath

from d8plan.cli.program import build, main

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="arguments are bytes on POSIX alone")
NO_TEXT = os.fsdecode(b"Th\xeam")
BLANKS = ["", "  ", "\t", "\u00a0", "\u200b"]
NEEDED = {
    "summary": ["2024"], "validate": ["2024"], "progress": ["2024"], "report": ["2024"],
    "report-form": ["2024"], "export-appendix": ["2024"], "import-report": ["x.xlsx"],
    "import-appendix": ["x.xlsx", "2024"], "set": ["2024", "communication-teams", "bao-lac", "6"],
    "allocate": ["2024", "communication-teams"], "new": ["2025"], "init": ["new"], "diff": ["data", "data"],
    "seal": ["2024"], "explain": ["A001"],
}  # fmt: skip
"""Arguments with which each command begins its work; that is none of the others' matter."""
WITH = {"report-form": ["--period", "2024-Q1"], "set": ["--level", "district"], "allocate": ["--level", "district"]}


def _parameters() -> Iterator[tuple[str, str, str, bool]]:
    """Yield every parameter that takes a value: its command, where it stands, and whether it names a file."""
    program = typer.main.get_command(build([]))
    for name, command in [("", program), *getattr(program, "commands", {}).items()]:
        at = 0
        for param in command.params:
            # What may be a path or a revision is given back to the operating system as it came.
            named = isinstance(param.type, TyperPath) or param.type.name == "Name"
            if param.param_type_name == "argument":
                yield name, str(at), param.metavar or "", named
                at += 1
            elif not getattr(param, "is_flag", False):
                for option in param.opts:
                    yield name, option, option, named


PARAMETERS = list(_parameters())


def _typed(command: str, where: str, value: str) -> list[str]:
    """Return a command line with ``value`` for one of its parameters."""
    if not command:
        return [where, value, "validate"]
    needed = list(NEEDED.get(command, ()))
    if where.isdecimal():
        return [command, *needed[: int(where)], value, *needed[int(where) + 1 :], *WITH.get(command, ())]
    return [command, *needed, *WITH.get(command, ()), where, value]


def test_every_command_is_tried() -> None:
    assert len(PARAMETERS) > 60
    assert {"", "set", "diff", "import-report", "new"} <= {command for command, *_ in PARAMETERS}


@pytest.mark.parametrize(("command", "where", "shown", "named"), PARAMETERS)
def test_an_empty_argument_is_refused_wherever_it_stands(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    where: str,
    shown: str,
    named: bool,
) -> None:
    monkeypatch.chdir(data.parent)
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    monkeypatch.setenv("D8PLAN_LANG", "en")
    for value in BLANKS:
        assert main(_typed(command, where, value)) == 2
        told = capsys.readouterr()
        assert (told.out, told.err.count("\n")) == ("", 1)
        assert shown in told.err
        assert "empty" in told.err or "bỏ trống" in told.err
    if where.startswith("--"):
        line = _typed(command, where, "")
        assert main([*(one for one in line if one not in (where, "")), f"{where}="] if command else line) == 2
        capsys.readouterr()
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("variable", ["D8PLAN_DATA", "D8PLAN_LANG"])
@pytest.mark.parametrize("value", ["", " ", os.pathsep])
def test_an_empty_variable_is_refused(variable: str, value: str) -> None:
    shown = d8plan("validate", env={variable: value})
    assert (shown.returncode, shown.stdout, shown.stderr.count("\n")) == (2, "", 1)
    assert variable in shown.stderr or value == os.pathsep


@pytest.mark.parametrize("line", [["summary", "2024", ""], [""], ["export-data", " "]])
def test_an_empty_argument_too_much_is_told_as_empty(line: list[str]) -> None:
    shown = d8plan("--lang", "en", *line)
    assert (shown.returncode, shown.stderr.count("\n")) == (2, 1)
    assert "empty" in shown.stderr


def test_null_empties_a_cell(data: Path) -> None:
    where = ["set", "2024", "communication-teams", "bao-lac", "--level", "district"]
    assert d8plan(*where, "", "--allow-findings", cwd=data.parent).returncode == 2
    assert d8plan(*where, "null", "--allow-findings", cwd=data.parent).returncode == 0
    assert "bao-lac:           {province: 5, district: null}" in (
        data / "plans" / "2024" / "allocations.yaml"
    ).read_text(encoding="utf-8")


@POSIX
@pytest.mark.parametrize(("command", "where", "shown", "named"), PARAMETERS)
def test_bytes_that_are_no_text_are_refused_in_one_line(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    where: str,
    shown: str,
    named: bool,
) -> None:
    monkeypatch.chdir(data.parent)
    code = main(["--lang", "en", *_typed(command, where, NO_TEXT)])
    told = capsys.readouterr()
    assert not any("\ud800" <= char <= "\udfff" for char in told.out + told.err)
    if named:  # a file may have any bytes for its name, and is there or not
        assert code in (0, 1, 2, 3)
        return
    assert (code, told.out, told.err.count("\n")) == (2, "", 1)


TERMINALS = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "POSIX-utf8": {"LC_ALL": "POSIX"},
    "cp1258": {"LC_ALL": "vi_VN.CP1258", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "latin-1": {"LC_ALL": "en_US.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with locales that the machine need not have; empty where they cannot be made."""
    folder = tmp_path_factory.mktemp("locales")
    program = shutil.which("localedef")
    for name, language, encoding in (
        ("vi_VN.CP1258", "vi_VN", "CP1258"),
        ("en_US.ISO-8859-1", "en_US", "ISO-8859-1"),
    ):
        if program:
            subprocess.run(
                [program, "-c", "-i", language, "-f", encoding, folder / name], capture_output=True, check=False
            )
    return folder


def _in(locales: Path, terminal: str) -> dict[str, str]:
    env = TERMINALS[terminal]
    if "." in env["LC_ALL"] and not (locales / env["LC_ALL"]).is_dir():
        pytest.skip("the machine lacks this locale")
    return {**env, "LOCPATH": str(locales)}


@POSIX
@pytest.mark.parametrize("terminal", TERMINALS)
@pytest.mark.parametrize("spelling", ["Bảo Lạc", "Huyện Bảo Lạc"])
def test_a_name_is_found_in_any_locale(locales: Path, terminal: str, spelling: str) -> None:
    shown = d8plan("summary", "--district", spelling, "--format", "json", env=_in(locales, terminal))
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Huyện Bảo Lạc trong kế hoạch 2024" in shown.stdout


@POSIX
@pytest.mark.parametrize("terminal", TERMINALS)
def test_a_reason_is_written_as_it_was_typed(tmp_path: Path, locales: Path, terminal: str) -> None:
    """Text reaches the file composed, with every accent, whatever the terminal can show."""
    env = _in(locales, terminal)
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    with (data / "documents.yaml").open("a", encoding="utf-8", newline="") as file:
        file.write("  kh-300:\n    kind: Kế hoạch\n    number: 300/KH\n    date: 2024-07-15\n")
    reason = "Thêm tổ ở Bảo Lạc, đợt 2"
    done = d8plan(
        "set", "2024", "Tổ truyền thông cộng đồng", "bảo lạc", "--level", "district", "6", "--with-totals",
        "--amendment", "2024-07", "--document", "300/KH", "--reason", reason, cwd=tmp_path, env=env,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    written = (data / "plans" / "2024" / "amendments" / "2024-07.yaml").read_text(encoding="utf-8")
    assert f"reason: {reason}\n" in written.replace('"', "")


@POSIX
@pytest.mark.parametrize(
    ("terminal", "raw", "title"),
    [
        ("latin-1", b"Th\xeam", "Thêm"),
        ("cp1258", b"Th\xeam t\xf4\xd2", "Thêm tổ"),
        ("cp1258", "Thêm tổ".encode(), "Thêm tổ"),
        ("C", unicodedata.normalize("NFD", "Thêm tổ").encode(), "Thêm tổ"),
        ("C", b"Th\xeam", None),
        ("POSIX-utf8", b"Th\xeam", None),
        ("C", b"\xff\xfeT\xff", None),
        ("POSIX-utf8", b"\xed\xa0\x80", None),
    ],
)
def test_a_title_in_the_bytes_of_the_terminal(
    data: Path, locales: Path, terminal: str, raw: bytes, title: str | None
) -> None:
    env = {**os.environ, **_in(locales, terminal), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [os.fsencode(sys.executable), b"-m", b"d8plan", b"new", b"2025", b"--from", b"2024", b"--title", raw],
        cwd=data.parent,
        env=env,
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == (2 if title is None else 0)
    plan = data / "plans" / "2025" / "plan.yaml"
    if title is None:
        assert done.stderr.count(b"\n") == 1
        assert not plan.exists()
    else:
        assert f"title: {title}\n" in plan.read_text(encoding="utf-8")


@POSIX
@pytest.mark.parametrize("terminal", ["C", "latin-1"])
def test_folders_and_files_open_by_the_bytes_that_name_them(tmp_path: Path, locales: Path, terminal: str) -> None:
    env = _in(locales, terminal)
    folder = copy_draft(tmp_path / "dữ liệu")
    strange = Path(shutil.copytree(folder, tmp_path / os.fsdecode(b"d\xff")))
    for name in map(str, (folder, strange)):
        lines = [
            ["validate", "--format", "json"],
            ["summary"],
            ["export-appendix", "2024", "--output", f"{name}.xlsx"],
            ["diff", name, str(DATA), "--format", "json"],
        ]
        for line in lines:
            done = d8plan("--data", name, *line, env=env)
            assert (done.returncode, "Traceback" in done.stderr) == (0, False), (line, done.stderr)
        assert Path(name + ".xlsx").is_file()


@POSIX
def test_names_are_shown_as_text_where_the_locale_knows_only_ascii(tmp_path: Path) -> None:
    copy_draft(tmp_path / "dữ liệu")
    shown = d8plan("--data", "dữ liệu", "validate", "--format", "json", cwd=tmp_path, env=TERMINALS["C"])
    assert '"folder": "dữ liệu"' in shown.stdout


@POSIX
@pytest.mark.parametrize("terminal", TERMINALS)
@pytest.mark.parametrize(("answer", "code"), [("Cao Bằng".encode(), 0), (b"Cao B\x81\xff\xfeng", 2)])
def test_what_is_typed_when_asked(tmp_path: Path, locales: Path, terminal: str, answer: bytes, code: int) -> None:
    """``init`` asks on a terminal; what is typed there is read as arguments are."""
    import pty

    if code and "." in TERMINALS[terminal]["LC_ALL"]:
        pytest.skip("every byte is a letter there")
    ours, theirs = pty.openpty()
    os.write(ours, answer + b"\n")
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("D8PLAN_", "LANG", "LC_", "PYTHONIO"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "d8plan", "init", "x", "--kind", "xã", "--units", "An,Bình", "--year", "2025",
         "--indicator", "Lớp (lớp)=6"],
        cwd=tmp_path, env={**kept, **_in(locales, terminal)}, stdin=theirs, capture_output=True, check=False,
    )  # fmt: skip
    os.close(theirs)
    os.close(ours)
    assert (done.returncode, b"Traceback" in done.stderr) == (code, False), done.stderr
    if not code:
        assert "Cao Bằng" in (tmp_path / "x" / "data" / "units.yaml").read_text(encoding="utf-8")


def test_help_is_shown_beside_an_empty_argument() -> None:
    assert d8plan("summary", "--district", "", "--help").returncode == 0

"""Workbooks that must be refused, made in memory: some would be large, or dangerous to open by chance."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>Xã</t></is></c><c r="B1"><v>57</v></c></row>'
CSV, OLD = "text with separators (.csv)", "an old Excel file (.xls)"

DAMAGED = "The workbook is damaged or incomplete"
STRANGE = "The workbook was not made by a spreadsheet program: it holds {what}"
OTHER = "The file is not an Excel workbook (.xlsx) but {kind}"
NONE = "The file is not an Excel workbook (.xlsx)"
MACROS = "The workbook holds macros"
PASSWORD = "The file is protected by a password"
UNPACKED = "The workbook unpacks to more than {number} MB"
RATIO = "The workbook unpacks to more than {number} times its size"
MUCH = "The workbook holds more than a plan's annexes do"
STRICT_XML = "The workbook is saved as “Strict Open XML”, which is not read"
SHEETS = "The workbook holds more than {number} sheets"


def page(rows: str = ROW, before: str = "", after: str = "", namespace: str = MAIN) -> str:
    """Return the XML of a sheet."""
    return f'{HEAD}<worksheet xmlns="{namespace}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def parts(
    *, count: int = 1, target: str = "worksheets/sheet{n}.xml", sheet: str = "", strings: str = "", styles: str = ""
) -> dict[str, str | bytes]:
    """Return the parts of a workbook with ``count`` sheets; the last three are the XML of parts."""
    numbers = range(1, count + 1)
    listed = "".join(f'<sheet name="Tờ {n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    linked = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="{target.format(n=n)}"/>' for n in numbers
    )
    linked += f'<Relationship Id="strings" Type="{OFFICE}/sharedStrings" Target="strings.xml"/>' if strings else ""
    linked += f'<Relationship Id="styles" Type="{OFFICE}/styles" Target="styles.xml"/>' if styles else ""
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": f"{HEAD}<Types/>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{LINKS}"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{LINKS}">{linked}</Relationships>',
    }
    made |= {f"xl/worksheets/sheet{n}.xml": sheet or page() for n in numbers}
    return made | {f"xl/{name}.xml": part for name, part in (("strings", strings), ("styles", styles)) if part}


def packed(
    made: Mapping[str, str | bytes], *more: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Return parts as a zip archive, ``more`` after them even where a name stands twice."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, part in (*made.items(), *more):
            entry = zipfile.ZipInfo(name.replace("\0", "?"))
            entry.compress_type = method
            archive.writestr(entry, part)
    return content.getvalue()


def workbook(sheet: str = "", *, target: str = "worksheets/sheet{n}.xml", strings: str = "", styles: str = "") -> bytes:
    """Return a small workbook, with parts changed."""
    return packed(parts(target=target, sheet=sheet, strings=strings, styles=styles))


def cells(*written: str) -> bytes:
    """Return a workbook with these cells, as XML, in its first row."""
    return workbook(sheet=page(f'<row r="1">{"".join(written)}</row>'))


def compound(*streams: str, embedded: tuple[str, ...] = (), sectors_before: int = 0) -> bytes:
    """Return an OLE compound file's header, table and directory (MS-CFB 2.2, 2.3, 2.6); the streams are empty.

    ``embedded`` are in a storage of their own, as an object in a sheet is; ``sectors_before`` are free ones that the
    chain of the directory goes past.
    """
    none, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def entry(name: str, kind: int, after: int = none, child: int = none) -> bytes:
        named = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBB", 2 * len(name) + 2, kind, 1)
        return (named + struct.pack("<III", none, after, child)).ljust(128, b"\0")

    listed = [*streams, *(["MBD00123456"] if embedded else [])]
    made = [entry("Root Entry", 5, child=1)]
    for number, name in enumerate(listed, 1):
        after = number + 1 if number < len(listed) else none
        inner = len(listed) + 1 if name == "MBD00123456" else none
        made.append(entry(name, 1 if inner != none else 2, after, inner))
    for number, name in enumerate(embedded, len(listed) + 1):
        made.append(entry(name, 2, number + 1 if number < len(listed) + len(embedded) else none))
    directory = b"".join(made)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    first = 1 + sectors_before
    chain = [*range(first + 1, first + len(directory) // 512), end]
    sectors = [table, *[none] * sectors_before, *chain]
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\xff"))
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, first)
    struct.pack_into("<I", header, 76, 0)
    return (
        bytes(header)
        + b"".join(struct.pack("<I", one) for one in sectors).ljust(512, b"\xff")
        + b"\0" * 512 * sectors_before
        + directory
    )


def lying(part: bytes, stated: int) -> bytes:
    """Return a workbook whose sheet is stated to be smaller than it is, in both headers."""
    content = packed(parts() | {"xl/worksheets/sheet1.xml": part})
    true, false = struct.pack("<I", len(part)), struct.pack("<I", stated)
    size = struct.pack("<I", zlib.crc32(part))
    assert content.count(size) == 2
    return content.replace(true, false)


def hostile() -> Iterator[tuple[str, bytes, str]]:
    """Yield the name of a case, the content, and the message's template or the kind that it names."""
    good = workbook()
    yield from _other_kinds(good)
    yield from _broken(good)
    yield from _dangerous()
    yield from _greedy()


def _other_kinds(good: bytes) -> Iterator[tuple[str, bytes, str]]:
    yield "empty.xlsx", b"", "The file is empty"
    yield "text.xlsx", "Xã\t57\n".encode(), CSV
    yield "utf16.csv", "Xã\t57\n".encode("utf-16"), CSV
    yield "one word.csv", b"57", CSV
    yield "bytes.xlsx", bytes(range(256)), NONE
    yield "page.xls", b" <HTML><table><tr><td>57</table>", "a web page (.html)"
    yield "xml2003.xls", b'<?xml version="1.0"?><Workbook/>', "an XML file (.xml)"
    yield "annex.pdf", b"%PDF-1.7\n", "a PDF file"
    yield "photo.xlsx", b"\x89PNG\r\n\x1a\n", "a picture"
    yield "packed.xlsx", b"Rar!\x1a\x07\x01\x00", "an archive"
    yield "nothing.zip", packed({}), "an archive"
    yield "photos.zip", packed({"photo.png": b"\x89PNG"}), "an archive"
    yield (
        "letter.docx",
        packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}),
        "a Word document (.docx)",
    )
    yield "slides.pptx", packed({"ppt/presentation.xml": "<p/>"}), "a PowerPoint file (.pptx)"
    yield "binary.xlsb", packed(parts() | {"xl/workbook.bin": b"\0"}), "an Excel binary workbook (.xlsb)"
    yield (
        "sheet.ods",
        packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        "an OpenDocument file (.ods)",
    )
    yield "old.xls", compound("\x05SummaryInformation", "Workbook"), OLD
    yield "old.doc", compound("1Table", "WordDocument"), "an old Word document (.doc)"
    yield "password.xlsx", compound("EncryptionInfo", "EncryptedPackage"), PASSWORD
    word = "WordDocument".encode("utf-16-le")
    yield "the word in a cell.xls", compound("Workbook") + word, OLD
    yield "a Word document in a sheet.xls", compound("Workbook", embedded=("1Table", "WordDocument")), OLD
    yield "1995.xls", compound("Book", sectors_before=3), OLD
    yield "many streams.xls", compound(*(f"s{n}" for n in range(20)), "Workbook", sectors_before=1), OLD
    yield "a sheet in a letter.doc", compound("WordDocument", embedded=("Workbook",)), "an old Word document (.doc)"
    yield "talk.ppt", compound("PowerPoint Document"), "an old PowerPoint file (.ppt)"
    yield "mail.msg", compound("__properties_version1.0") + "Workbook".encode("utf-16-le"), NONE
    yield "half.xls", compound("Workbook")[:300], NONE
    yield "1993.xls", b"\x09\x04\x06\x00\x00\x04\x10\x00\x00\x00", OLD
    yield (
        "web archive.xls",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n",
        "a web page (.html)",
    )
    yield (
        "flat.fods",
        b'<?xml version="1.0"?>\n<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
        "an OpenDocument file (.ods)",
    )
    yield (
        "letter.odt",
        packed({"mimetype": "application/vnd.oasis.opendocument.text"}),
        "an OpenDocument file that is no spreadsheet",
    )
    yield "book.epub", packed({"mimetype": "application/epub+zip"}), "an archive"
    yield (
        "~$annex.xlsx",
        b"\x07Nguyen".ljust(55, b" ") + "\x06Nguyen".encode("utf-16-le").ljust(110, b" "),
        "a lock file, which Excel keeps while a workbook is open",
    )
    locked = bytearray(good)
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(header) + flags] |= 1
    yield "zip password.xlsx", bytes(locked), PASSWORD
    yield "macros.xlsm", packed(parts() | {"xl/vbaProject.bin": b"\0"}), MACROS
    yield "macros of 1992.xlsx", packed(parts() | {"xl/macrosheets/sheet1.xml": page()}), MACROS
    of_macros = 'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"'
    for_all = f'{HEAD}<Types><Default Extension="xml" {of_macros}/></Types>'
    yield "macro type of all.xlsx", packed(parts() | {"[Content_Types].xml": for_all}), MACROS
    types = f"{HEAD}<Types><Override {of_macros}/></Types>"
    yield "macro type.xlsx", packed(parts() | {"[Content_Types].xml": types}), MACROS
    yield (
        "macro type utf16.xlsx",
        packed(parts() | {"[Content_Types].xml": types[len(HEAD) :].encode("utf-16")}),
        MACROS,
    )


def _broken(good: bytes) -> Iterator[tuple[str, bytes, str]]:
    strict = {name: str(part).replace(MAIN, STRICT).replace(OFFICE, STRICT_OFFICE) for name, part in parts().items()}
    yield "strict.xlsx", packed(strict), STRICT_XML
    yield "half.xlsx", good[: len(good) // 2], DAMAGED
    yield "last byte gone.xlsx", good[:-1], DAMAGED
    yield "only a header.xlsx", b"PK\x03\x04", DAMAGED
    yield "flipped.xlsx", _flipped(good), DAMAGED
    yield "bzip2.xlsx", packed(parts(), method=zipfile.ZIP_BZIP2), DAMAGED
    yield "lying size.xlsx", lying(b"<a>" + b" " * 9_000_000 + b"</a>", 77), DAMAGED
    for gone in ("_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"):
        yield f"no {gone.rpartition('/')[2]}.xlsx", packed({k: v for k, v in parts().items() if k != gone}), DAMAGED
    yield "not well formed.xlsx", workbook(sheet=page()[:-3]), DAMAGED
    yield "unknown encoding.xlsx", workbook(sheet=page().replace("UTF-8", "UTF-77")), DAMAGED
    yield "wrong encoding.xlsx", packed(parts() | {"xl/worksheets/sheet1.xml": page().encode("utf-16-le")}), DAMAGED
    yield "another namespace.xlsx", workbook(sheet=page(namespace="urn:x")), DAMAGED
    yield "outside target.xlsx", workbook(target="../../../../etc/passwd"), DAMAGED
    yield "external sheet.xlsx", workbook_linked('TargetMode="External" Target="http://192.0.2.1/x"'), DAMAGED
    yield "same sheet twice.xlsx", packed(parts(count=2, target="worksheets/sheet1.xml")), DAMAGED
    yield "no number.xlsx", cells('<c r="A1"><v>12x</v></c>'), DAMAGED
    yield "not a number.xlsx", cells('<c r="A1"><v>NaN</v></c>'), DAMAGED
    yield "underscore.xlsx", cells('<c r="A1"><v>1_000</v></c>'), DAMAGED
    yield "arabic digits.xlsx", cells('<c r="A1"><v>٥٧</v></c>'), DAMAGED
    yield "long number.xlsx", cells(f'<c r="A1"><v>{"9" * 5000}</v></c>'), DAMAGED
    yield "endless number.xlsx", cells('<c r="A1"><v>1E400</v></c>'), DAMAGED
    yield "unknown type.xlsx", cells('<c r="A1" t="q"><v>1</v></c>'), DAMAGED
    yield "no such string.xlsx", cells('<c r="A1" t="s"><v>7</v></c>'), DAMAGED
    yield "string -1.xlsx", cells('<c r="A1" t="s"><v>-1</v></c>'), DAMAGED
    yield "no boolean.xlsx", cells('<c r="A1" t="b"><v>2</v></c>'), DAMAGED
    yield "no date.xlsx", cells('<c r="A1" t="d"><v>hôm qua</v></c>'), DAMAGED
    yield "cell twice.xlsx", cells('<c r="A1"><v>1</v></c>', '<c r="A1"><v>2</v></c>'), DAMAGED
    yield "row twice.xlsx", workbook(sheet=page(ROW * 2)), DAMAGED
    yield "cell of another row.xlsx", cells('<c r="A2"><v>1</v></c>'), DAMAGED
    yield "no reference.xlsx", cells('<c r="1A"><v>1</v></c>'), DAMAGED
    yield "row 0.xlsx", workbook(sheet=page('<row r="0"/>')), DAMAGED
    yield "column XFE.xlsx", cells('<c r="XFE1"><v>1</v></c>'), DAMAGED
    yield "columns backwards.xlsx", workbook(sheet=page(before='<cols><col min="5" max="2"/></cols>')), DAMAGED
    yield (
        "merged backwards.xlsx",
        workbook(sheet=page(after='<mergeCells><mergeCell ref="C3:A1"/></mergeCells>')),
        DAMAGED,
    )
    yield "shared formula of none.xlsx", cells('<c r="A1"><f t="shared" si="1"/><v>1</v></c>'), DAMAGED
    formula = '<c r="A1"><f t="shared" si="1">{}</f></c><c r="B1"><f t="shared" si="1"/></c>'
    yield "shared nonsense.xlsx", cells(formula.format("&quot;")), DAMAGED


def workbook_linked(link: str) -> bytes:
    """Return a workbook whose sheet is elsewhere."""
    made = parts()
    relations = (
        f'<Relationships xmlns="{LINKS}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" {link}/></Relationships>'
    )
    return packed(made | {"xl/_rels/workbook.xml.rels": relations})


def _flipped(good: bytes) -> bytes:
    at = good.find(b"xl/worksheets/sheet1.xml") + 40
    return good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]


def _dangerous() -> Iterator[tuple[str, bytes, str]]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    inner = page(ROW.replace("Xã", "&l9;"))[len(HEAD) :]
    yield "billion laughs.xlsx", workbook(sheet=f'{HEAD}<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]>{inner}'), STRANGE
    outside = '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>'
    yield "outside entity.xlsx", workbook(sheet=HEAD + outside + inner), STRANGE
    yield "outside dtd.xlsx", workbook(sheet=f'{HEAD}<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">{inner}'), STRANGE
    for encoding in ("utf-16", "utf-16-be", "latin-1"):
        mark = "\ufeff" if encoding == "utf-16-be" else ""
        head = f'{mark}<?xml version="1.0" encoding="{encoding[:6] if mark else encoding}"?>'
        coded = (head + outside + inner).replace("ờ", "o").replace("ã", "a").encode(encoding)
        yield f"entity {encoding}.xlsx", packed(parts() | {"xl/worksheets/sheet1.xml": coded}), STRANGE
    for part in ("docProps/core.xml", "xl/strings.xml", "xl/_rels/workbook.xml.rels", "customXml/item1.xml"):
        yield f"doctype in {part.replace('/', ' ')}.xlsx", packed(parts() | {part: f"{outside}<x/>"}), STRANGE
    for path in ("../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "xl\\..\\..\\evil.xml", "xl/a\nb.xml"):
        yield f"path {path!r}".replace("/", "|") + ".xlsx", packed(parts(), (path, "<x/>")), STRANGE
    yield "nul in a name.xlsx", packed(parts(), ("xl/a?b.xml", "<x/>")).replace(b"xl/a?b", b"xl/a\0b"), STRANGE
    yield "sheet twice.xlsx", packed(parts(), ("xl/worksheets/Sheet1.xml", page())), STRANGE
    yield "many parts.xlsx", packed(parts() | {f"xl/media/{n}": b"" for n in range(3000)}), STRANGE


def _greedy() -> Iterator[tuple[str, bytes, str]]:
    yield "eleven megabytes.xlsx", b"PK\x03\x04".ljust(11_000_000), "The file is larger than {number} MB"
    yield "bomb.xlsx", packed(parts() | {"xl/media/a.png": bytes(70_000_000)}), UNPACKED
    yield "bombs.xlsx", packed(parts() | {f"xl/media/{n}.png": bytes(20_000_000) for n in range(4)}), UNPACKED
    yield "small bomb.xlsx", workbook(sheet=page(ROW + " " * 30_000_000)), RATIO
    yield "million empty cells.xlsx", workbook(sheet=page('<row r="1">' + "<c/>" * 1_300_000 + "</row>")), MUCH
    yield "many sheets.xlsx", packed(parts(count=51)), SHEETS
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'
    shown = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 400))
    yield "long text often.xlsx", workbook(sheet=page(shown), strings=strings), MUCH
    runs = f'<sst xmlns="{MAIN}"><si>{"<r><t>x</t></r>" * 400_000}</si></sst>'
    yield "rich text.xlsx", workbook(strings=runs), MUCH
    formula = "+".join(["A1"] * 2000)
    dependents = "".join(f'<row r="{n}"><c r="B{n}"><f t="shared" si="0"/></c></row>' for n in range(2, 4000))
    master = f'<row r="1"><c r="B1"><f t="shared" si="0">{formula}</f></c></row>'
    yield "shared formulas.xlsx", workbook(sheet=page(master + dependents)), MUCH
    yield "a little of all.xlsx", _all_that_is_allowed(), DAMAGED
    merged = '<mergeCell ref="A1:ZZ5000"/>' * 50_000
    yield "merged.xlsx", workbook(sheet=page(after=f"<mergeCells>{merged}</mergeCells>")), MUCH
    xfs = f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 1_300_000}</cellXfs></styleSheet>'
    yield "styles.xlsx", workbook(styles=xfs), MUCH
    attributes = " ".join(f'a{n}=""' for n in range(1_000_000))
    yield "attributes.xlsx", workbook(sheet=f"<x {attributes}/>"), MUCH
    one_tag = " ".join(f'a{n}=""' for n in range(100_000))
    yield "attributes of one.xlsx", workbook(sheet=f"<x {one_tag}/>"), MUCH
    unique = "".join("<x " + " ".join(f'a{n}_{m}=""' for n in range(5000)) + "/>" for m in range(90))
    yield "attributes of many.xlsx", workbook(sheet=f'<worksheet xmlns="urn:x">{unique}</worksheet>'), DAMAGED
    deep = "<g>" * 250_000 + "</g>" * 250_000
    yield "deep.xlsx", workbook(sheet=page() + deep), DAMAGED


def _all_that_is_allowed() -> bytes:
    """Return a workbook that stays just below each bound, with a fault in the very last place."""
    rows = [f'<row r="{n}">{"<c><v>1.5</v></c>" * 450}</row>' for n in range(2, 86)]
    formula = "+".join(["A1"] * 30)
    rows += [f'<row r="{n}"><c><f t="shared" si="0"/><v>1</v></c></row>' for n in range(200, 2000)]
    master = f'<row r="1"><c><f t="shared" si="0">{formula}</f></c></row>'
    unique = "".join("<x " + " ".join(f'a{n}_{m}=""' for n in range(5000)) + "/>" for m in range(70))
    merged = '<mergeCells><mergeCell ref="A1:SF1990"/><mergeCell ref="C1:A1"/></mergeCells>'
    strings = f'<sst xmlns="{MAIN}">{"<si><r><t>x</t></r></si>" * 35_000}</sst>'
    content = page(master + "".join(rows), before=unique, after=" " * 20_000_000 + merged)
    filler = b"".join(i.to_bytes(4) for i in range(200_000))  # packs badly, so that the ratio stays ordinary
    return packed(parts(sheet=content, strings=strings) | {"xl/media/a.png": filler})

"""Rules of reading: files (Y) and the shape of their data (M)."""

from d8plan.findings import Rule
from d8plan.message import M

UNREADABLE = Rule("Y001", "unreadable-file", M("file that cannot be read"))
SYNTAX = Rule("Y002", "yaml-syntax", M("not YAML"))
DUPLICATE = Rule("Y003", "duplicate-key", M("key given twice"))
CONSTRUCT = Rule("Y004", "yaml-construct", M("YAML beyond plain data"))
DOUBTFUL = Rule("Y005", "doubtful-value", M("value with more than one reading"))
CHARACTER = Rule("Y006", "forbidden-character", M("character that must not be used"))
MISSING_FILE = Rule("Y007", "missing-file", M("file that is missing"))
UNKNOWN_FILE = Rule("Y008", "unknown-file", M("file that d8plan does not know"))
SEAL = Rule("Y009", "seal-unreadable", M("seal that cannot be used"))
UNKNOWN_KEY = Rule("M001", "unknown-key", M("unknown key"))
MISSING_KEY = Rule("M002", "missing-key", M("key that is missing"))
WRONG_VALUE = Rule("M003", "wrong-value", M("value of the wrong kind"))

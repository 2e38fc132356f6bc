"""Rules of reading: files (Y) and the shape of their data (M)."""

from d8plan.models.findings import Rule, Severity
from d8plan.text.message import M

UNREADABLE = Rule("Y001", "unreadable-file", M("file that cannot be read"))
"""Every file of the data folder can be opened, is text in UTF-8, and is not larger than 2 MB.

Why: Text in TCVN3, VNI or a code page of Windows has other letters on another machine. A name or a note would be
read wrongly and nobody would notice.

Mend: Save the file in UTF-8; text typed with TCVN3 or VNI fonts must be converted to Unicode first. Where the file
cannot be opened, check that it is a file and that you may read it.
"""

SYNTAX = Rule("Y002", "yaml-syntax", M("not YAML"))
"""Every file is YAML: a colon and a space after each key, entries of one kind indented alike, quotes and brackets
closed.

Why: Nothing in a file that cannot be followed can be proven. The first place that is wrong is told, since what
follows may be only its consequence.

Mend: Compare the line shown with the lines around it: indentation, colons, quotes, brackets.
"""

DUPLICATE = Rule("Y003", "duplicate-key", M("key given twice"))
"""No key stands twice in the same place.

Why: Programs that read YAML keep one of the two and say nothing, so a second line of a unit would replace its
figures unnoticed.

Mend: Compare both lines with the signed text and keep the right one.
"""

CONSTRUCT = Rule("Y004", "yaml-construct", M("YAML beyond plain data"))
"""Files hold plain data: keys, values and lists, without anchors, aliases, tags, merge keys, directives or a second
document.

Why: With these a value stands in one place and counts in another. A finding could then not show the line to mend,
nor git who changed it.

Mend: Write the value out wherever it counts.
"""

DOUBTFUL = Rule("Y005", "doubtful-value", M("value with more than one reading"))
"""Every value can be read in one way only: whole numbers are digits alone, figures may have decimals after a point,
text that looks like something else stands in quotes, and where nothing is allotted stands null.

Why: One program takes 16.035.756.260 for text, another 1,5 for a list. What a plan says must not depend on the program
that reads it.

Mend: Write numbers with digits alone, as 16035756260, decimals as 112.6, and put text into quotes. Write null for an
empty cell of the annex, 0 for a printed 0.
"""

CHARACTER = Rule("Y006", "forbidden-character", M("character that must not be used"))
"""No file holds tabs, characters that cannot be seen, or characters that turn the direction of text.

Why: With them two names that look alike differ, and a line can look other than it is. No reader can find that by
eye.

Mend: Delete the character at the place shown and type the text anew; indent with spaces.
"""

MISSING_FILE = Rule("Y007", "missing-file", M("file that is missing"))
"""The data folder has units.yaml, documents.yaml, indicators.yaml and a plan, and each plan has plan.yaml and
allocations.yaml.

Why: A plan must not seem to be in order only because its figures are gone.

Mend: Restore the file from git. For a new plan, begin with the file of another one.
"""

UNKNOWN_FILE = Rule("Y008", "unknown-file", M("file that d8plan does not know"))
"""Every YAML file of the data folder has a name that d8plan reads.

Why: A file under a misspelt name is passed over, and its figures are left out of every total.

Mend: Give it the name that the arrow suggests, or move it out of the data folder. Files that are not YAML do no
harm.
"""

SEAL = Rule("Y009", "seal-unreadable", M("seal that cannot be used"))
"""Every seal.json is as “d8plan seal” writes it: JSON with exactly the keys and values of a seal.

Why: A seal holds what the plan said when it was signed. One that was changed by hand proves nothing.

Mend: Restore the file from git; only “d8plan seal” writes it.
"""

INTERRUPTED = Rule("Y010", "interrupted-change", M("change that was interrupted"))
"""No change of several files is half made: the data folder holds no file .d8plan.journal, which lists one.

Why: Some of the files may be as before the change and some as after it, and together they are no plan that anybody
wrote. The list may also have come with the data, made up by somebody else.

Mend: “d8plan recover” shows each file that the change replaces, and finishes it, or with --discard deletes the
list. A command that writes finishes a change by itself only where the same user began it in the same folder.
"""

CONFLICT = Rule("Y011", "unresolved-merge", M("merge that is not finished"))
"""No file holds lines that git writes around a conflict: <<<<<<<, |||||||, ======= and >>>>>>>.

Why: Between them stand two readings of the same lines. Which one holds, git could not tell, and no program can.

Mend: In a YAML file keep what is right of both sides, delete the lines of git, and run `d8plan validate` again. A
seal is never settled by hand: settle the data first, take the seal of one side whole (`git checkout --ours` or
`--theirs` with the file's name), and let `d8plan seal` make it anew where the data is not what it holds.
"""

LEFT_OVER = Rule("Y012", "left-over-file", M("file that a change left over"), Severity.WARNING)
"""Beside the data files lie none that were prepared to replace them: .d8plan.….tmp.

Why: A change that was cut short leaves such files. They count nowhere, but hold figures that somebody wanted to
write.

Mend: The next command that writes deletes those of the same user. Others came with the data: delete them.
"""

UNKNOWN_KEY = Rule("M001", "unknown-key", M("unknown key"))
"""Every key is one that its place has.

Why: What stands under a misspelt key would be passed over, and count nowhere.

Mend: Write the key that the arrow suggests. An editor that uses the schema named in the file's first line offers
the keys as you type.
"""

MISSING_KEY = Rule("M002", "missing-key", M("key that is missing"))
"""Every entry has the keys that it needs, as an allocation its target and its units.

Why: A number that is not there cannot be compared, and its absence must not pass for agreement.

Mend: Add the key that the arrow shows, with the value that the signed text gives.
"""

WRONG_VALUE = Rule("M003", "wrong-value", M("value of the wrong kind"))
"""Every value is of the kind that its place has, and within its bounds: a figure is a number from 0 up without its unit
of measure, whole unless its indicator or zone figure declares `decimals`, and has no more places than these; a date is
written YYYY-MM-DD, an id is lower-case words joined by hyphens.

Why: “5 tổ” cannot be added up, and what cannot be added up cannot be proven. 16.035 is sixteen to one reader and
sixteen thousand to another: only who declares that hectares have decimals, and teams do not, can tell.

Mend: Write the value in the form that the arrow shows. Units of measure and decimals stand once, in indicators.yaml.
"""

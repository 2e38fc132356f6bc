"""``d8plan export-data --format parquet``: one dataset of many data folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from d8plan.app import streams
from d8plan.app.data import Options, chosen_folders, find_folder, open_folder, prove
from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.extras import require_extra
from d8plan.app.progress_line import Progress
from d8plan.models.findings import Severity
from d8plan.models.places import Place
from d8plan.storage.data.loader import Loaded
from d8plan.text.language import Language
from d8plan.text.message import M
from d8plan.views.dataset_rows import partitions, roots, sources

if TYPE_CHECKING:
    from d8plan.storage.parquet.writing import DatasetWriter


def export_dataset(options: Options, output: Path | None, *, force: bool, spoken: Language) -> None:
    """Read data folders one after the other, each let go before the next, and write them as one dataset.

    Raises CommandError, and leaves what was there, where anything is not as it must be.
    """
    if output is None:
        raise CommandError(M("A dataset is a folder of many files"), USAGE, M("Name a folder with --output"))
    require_extra("Parquet", "pyarrow", "parquet")
    from d8plan.storage.parquet.place import replacing
    from d8plan.storage.parquet.writing import DatasetWriter

    folders = chosen_folders(options)
    try:
        _require_free(output, force=force)
        with replacing(output) as folder:
            writer = DatasetWriter(folder)
            _write_all(folders, writer, spoken)
            writer.finish()
    except OSError as error:
        raise CommandError(
            M("{path} cannot be written: {reason}", path=str(output), reason=error.strerror or str(error)),
            UNUSABLE,
            M("Name another place with {option}", option="--output"),
        ) from error
    streams.people(spoken.say(M("Written: {path}", path=str(output))) + "\n")


def _require_free(output: Path, *, force: bool) -> None:
    """Raise where a dataset may not take the place of what is there."""
    from d8plan.storage.parquet.place import Held, held

    match held(output):
        case Held.OTHER:
            raise CommandError(
                M("{path} is there, and no dataset of d8plan", path=str(output)),
                UNUSABLE,
                M("Name an empty or a new folder with {option}", option="--output"),
            )
        case Held.CURRENT:
            raise CommandError(
                M("{path} is the folder you are in, or one above it", path=str(output)),
                UNUSABLE,
                M("Name an empty or a new folder with {option}", option="--output"),
            )
        case Held.DATASET if not force:
            raise CommandError(
                M("{path} exists", path=str(output)),
                UNUSABLE,
                M("Replace it with --force, or name another with {option}", option="--output"),
            )


def _write_all(folders: list[Path], writer: DatasetWriter, spoken: Language) -> None:
    written: dict[str, Path] = {}
    progress = Progress(len(folders))
    try:
        for number, folder in enumerate(folders, 1):
            progress.show(number, folder)
            loaded = _read(folder)
            province = _province(loaded)
            if province in written:
                raise CommandError(
                    M(
                        "{one} and {other} are both of the province {province}",
                        one=str(written[province]),
                        other=str(folder),
                        province=province,
                    ),
                    UNUSABLE,
                    M("Leave one out, or correct the id of the province in units.yaml"),
                )
            written[province] = folder
            found = _write(loaded, province, writer)
            progress.erase()
            if found:
                command = f"d8plan --data {folder} validate"
                streams.error(
                    spoken.say(M("{path} has findings: “{command}” shows them", path=str(folder), command=command))
                )
    finally:
        progress.erase()


def _read(folder: Path) -> Loaded:
    """Return a data folder; raise CommandError where it cannot be read wholly."""
    try:
        loaded = open_folder(find_folder((folder,)))
    except OSError as error:
        raise CommandError(
            M("{path} cannot be read: {reason}", path=str(folder), reason=error.strerror or str(error)), UNUSABLE
        ) from error
    if loaded.dataset.broken:
        raise CommandError(
            M("Some data of {path} cannot be read, so the dataset would not be whole", path=str(folder)),
            UNUSABLE,
            M("“{command}” tells why", command=f"d8plan --data {folder} validate"),
        )
    if not loaded.dataset.plans:
        raise CommandError(
            M("No plan of {path} can be used", path=str(folder)),
            UNUSABLE,
            M("“{command}” tells why", command=f"d8plan --data {folder} validate"),
        )
    return loaded


def _province(loaded: Loaded) -> str:
    """Return the id of the province that a data folder is of."""
    found = roots(loaded.dataset)
    if len(found) != 1:
        raise CommandError(
            M(
                "{path} is not of one province: units.yaml has {count} units with others under them and none above",
                path=str(loaded.folder),
                count=len(found),
            ),
            UNUSABLE,
            M("Give each unit but the province its parent in units.yaml"),
        )
    return found[0]


def _write(loaded: Loaded, province: str, writer: DatasetWriter) -> bool:
    """Write a province; tell whether its data has errors."""

    def where(place: Place) -> tuple[str, int]:
        return place.file, loaded.mark(place).line

    report = prove(loaded)
    writer.add(province, partitions(loaded.dataset, report.ledger, province, where), sources(loaded.dataset, province))
    return bool(loaded.findings) or any(finding.severity is Severity.ERROR for finding in report.findings)

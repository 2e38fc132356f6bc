"""One dataset of many data folders, as ``d8plan export-data --format parquet`` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from d8plan.app.errors import UNUSABLE, USAGE, CommandError
from d8plan.app.extras import require_extra
from d8plan.app.folders import chosen_folders
from d8plan.app.voice import Voice
from d8plan.app.workspace import Workspace, has_errors
from d8plan.text.message import M, Message
from d8plan.views.dataset_rows import partitions, roots, sources


def export_dataset(named: Sequence[Path], output: Path | None, voice: Voice, *, force: bool) -> None:
    """Read data folders one after the other, each let go before the next, and write them as one dataset.

    Raises CommandError, and leaves what was there, where anything is not as it must be.
    """
    if output is None:
        raise CommandError(M("A dataset is a folder of many files"), USAGE, M("Name a folder with --output"))
    require_extra("Parquet", "pyarrow", "parquet")
    from d8plan.storage.parquet.output_folder import replacing
    from d8plan.storage.parquet.writing import DatasetWriter

    folders = chosen_folders(named)
    try:
        if refused := _refused(output, force=force):
            raise CommandError(refused[0], UNUSABLE, refused[1])
        with replacing(output) as folder:
            writer = DatasetWriter(folder)
            written: dict[str, Path] = {}
            for path in voice.steps(folders):
                workspace = _read(path, voice)
                province = _province(workspace, written)
                written[province] = path
                rows = partitions(workspace.dataset, workspace.report.ledger, province, workspace.where)
                writer.add(province, rows, sources(workspace.dataset, province))
                if has_errors(workspace.loaded, workspace.report):
                    command = f"d8plan --data {path} validate"
                    voice.warn(M("{path} has findings: “{command}” shows them", path=str(path), command=command))
            writer.finish()
    except OSError as error:
        raise CommandError(
            M("{path} cannot be written: {reason}", path=str(output), reason=error.strerror or str(error)),
            UNUSABLE,
            M("Name another place with {option}", option="--output"),
        ) from error
    voice.say(M("Written: {path}", path=str(output)))


def _refused(output: Path, *, force: bool) -> tuple[Message, Message] | None:
    """Return why a dataset may not take the place of what is there, and what to do; None where it may."""
    from d8plan.storage.parquet.output_folder import FolderContents, held

    path, another = str(output), M("Name an empty or a new folder with {option}", option="--output")
    match held(output):
        case FolderContents.OTHER:
            return M("{path} is there, and no dataset of d8plan", path=path), another
        case FolderContents.CURRENT:
            return M("{path} is the folder you are in, or one above it", path=path), another
        case FolderContents.DATASET if not force:
            replace = M("Replace it with --force, or name another with {option}", option="--output")
            return M("{path} exists", path=path), replace
    return None


def _read(folder: Path, voice: Voice) -> Workspace:
    """Return a data folder; raise CommandError where it cannot be read wholly."""
    try:
        workspace = Workspace.open([folder], voice, whole=False)
    except OSError as error:
        raise CommandError(
            M("{path} cannot be read: {reason}", path=str(folder), reason=error.strerror or str(error)), UNUSABLE
        ) from error
    if workspace.dataset.broken:
        refused = M("Some data of {path} cannot be read, so the dataset would not be whole", path=str(folder))
    elif not workspace.dataset.plans:
        refused = M("No plan of {path} can be used", path=str(folder))
    else:
        return workspace
    raise CommandError(refused, UNUSABLE, M("“{command}” tells why", command=f"d8plan --data {folder} validate"))


def _province(workspace: Workspace, written: dict[str, Path]) -> str:
    """Return the id of the province that a data folder is of, which none of those ``written`` is of."""
    path, provinces = workspace.loaded.folder, roots(workspace.dataset)
    if len(provinces) != 1:
        raise CommandError(
            M(
                "{path} is not of one province: units.yaml has {count} units with others under them and none above",
                path=str(path),
                count=len(provinces),
            ),
            UNUSABLE,
            M("Give each unit but the province its parent in units.yaml"),
        )
    province = provinces[0]
    if province in written:
        folders = {"one": str(written[province]), "other": str(path)}
        raise CommandError(
            M("{one} and {other} are both of the province {province}", **folders, province=province),
            UNUSABLE,
            M("Leave one out, or correct the id of the province in units.yaml"),
        )
    return province

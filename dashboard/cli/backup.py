"""``umimori backup`` and ``umimori restore``: a whole data folder in one file and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit


def backup(
    out: Annotated[Path, typer.Argument(help="File to write, e.g. umimori-backup.tar.")],
    with_key: Annotated[
        bool,
        typer.Option(
            "--with-key",
            help="Put the evidence key into the backup too; without it, keep a copy elsewhere.",
        ),
    ] = False,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Write records, evidence, heads, blobs, settings and coast into one file, while others work.

    Example: umimori backup umimori-backup.tar --data /srv/umimori
    """
    from dataclasses import asdict

    from umimori.settings import data_dir
    from umimori.store.archive import write_backup

    made = write_backup(data_dir(data), out, with_key=with_key)
    text = f"{made.file}: {made.files} files, {made.size_bytes / 1e6:.1f} MB"
    if not made.with_key:
        text += "; the evidence key is not in it (--with-key)."
    emit(asdict(made) | {"file": str(made.file)}, json_output, text)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that umimori backup wrote.")],
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Unpack a backup into an empty data folder and verify it.

    Example: umimori restore umimori-backup.tar --data /srv/umimori
    """
    from umimori.settings import data_dir
    from umimori.store import open_store
    from umimori.store.archive import read_backup

    folder = data_dir(data)
    files, with_key = read_backup(file, folder)
    if not with_key:
        emit(
            {"folder": str(folder), "files": files, "verified": False},
            json_output,
            f"{folder}: {files} files restored. The evidence key is not in this backup: put your "
            "copy into its keys folder before any work, then run: umimori verify",
        )
        return
    with open_store(folder, create=False) as store:
        report = store.verify()
    document = {
        "folder": str(folder),
        "files": files,
        "verified": True,
        "ok": report.ok,
        "entries": report.entries,
        "problems": list(report.problems),
    }
    lines = [f"PROBLEM {problem}" for problem in report.problems]
    lines.append(f"{folder}: {files} files restored, {report.entries} evidence entries verified.")
    emit(document, json_output, "\n".join(lines))
    if not report.ok:
        raise typer.Exit(3)

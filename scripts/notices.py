"""Write the notices file: every library that Umimori installs or ships, with its licence.

Usage: notices.py REQUIREMENTS_LOCK NODE_MODULES OUT_FILE

Python packages are read from the lock and from the metadata of what is installed, web packages
from their package.json. Licence files that a package ships are quoted in full once each.
"""

import json
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\;]+)", re.MULTILINE)
LICENCE_NAMES = re.compile(r"(^|/)(licen[cs]e|copying|notice|mit-licen[cs]e)[^/]*$", re.IGNORECASE)
CLASSIFIER = "License :: "
UNSTATED = "not stated in the package's metadata"

DATA_CREDITS = """\
Data shipped with Umimori
-------------------------
Default coast: land polygons of the package @geo-maps/earth-lands-10m (MIT), derived from
OpenStreetMap data of 2017: (c) OpenStreetMap contributors, Open Database Licence (ODbL) 1.0.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One packaged library."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]


def licence_of(meta: metadata.PackageMetadata) -> str:
    """The licence in a few words: expression, else classifiers, else a short licence field."""
    expression = meta.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [
        line.removeprefix(CLASSIFIER).removeprefix("OSI Approved :: ")
        for line in meta.get_all("Classifier") or []
        if line.startswith(CLASSIFIER) and line != CLASSIFIER + "OSI Approved"
    ]
    if classifiers:
        return ", ".join(classifiers)
    field = str(meta.get("License") or "").strip()
    return field.splitlines()[0][:100] if field else UNSTATED


def python_libraries(lock: Path) -> list[Library]:
    """Every locked package that is installed here (markers leave some out)."""
    found: list[Library] = []
    names = sorted({match[0].lower() for match in PINNED.findall(lock.read_text(encoding="utf-8"))})
    for name in names:
        try:
            dist = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        texts = [
            file.read_text(encoding="utf-8", errors="replace")
            for file in (Path(str(dist.locate_file(entry))) for entry in dist.files or [])
            if "dist-info" in file.as_posix() and LICENCE_NAMES.search(file.as_posix())
            if file.is_file()
        ]
        found.append(
            Library(
                name=dist.metadata["Name"],
                version=dist.version,
                licence=licence_of(dist.metadata),
                texts=tuple(texts),
            )
        )
    return found


def web_libraries(node_modules: Path) -> list[Library]:
    """Every package below node_modules."""
    found: list[Library] = []
    manifests = [*node_modules.glob("*/package.json"), *node_modules.glob("@*/*/package.json")]
    for manifest in sorted(manifests):
        about = json.loads(manifest.read_text(encoding="utf-8"))
        texts = [
            path.read_text(encoding="utf-8", errors="replace")
            for path in sorted(manifest.parent.iterdir())
            if path.is_file() and LICENCE_NAMES.search(path.name)
        ]
        licence = about.get("license") or UNSTATED
        found.append(
            Library(
                name=about["name"],
                version=about["version"],
                licence=str(licence),
                texts=tuple(texts),
            )
        )
    return found


def notices(python: list[Library], web: list[Library]) -> str:
    """The whole file as text."""
    lines = [
        "Umimori: notices",
        "================",
        "Umimori itself is licensed under the Apache License 2.0. It uses the libraries below.",
        "",
        DATA_CREDITS,
    ]
    texts: dict[str, list[str]] = {}
    for title, libraries in (("Python packages", python), ("Web packages", web)):
        lines += [title, "-" * len(title)]
        for library in libraries:
            lines.append(f"{library.name} {library.version}: {library.licence}")
            for text in library.texts:
                texts.setdefault(text.strip(), []).append(library.name)
        lines.append("")
    for text, names in texts.items():
        lines += ["=" * 80, ", ".join(dict.fromkeys(names)), "-" * 80, text, ""]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read both worlds, write one file."""
    lock, node_modules, out = (Path(argument) for argument in sys.argv[1:4])
    python, web = python_libraries(lock), web_libraries(node_modules)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(notices(python, web), encoding="utf-8")
    print(f"notices: {len(python)} Python packages, {len(web)} web packages")


if __name__ == "__main__":
    main()

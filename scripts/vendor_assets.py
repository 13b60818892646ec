"""Copy what the pages load from node_modules into the package.

Usage: vendor_assets.py NODE_MODULES TARGET

Everything a style sheet points to (images, fonts) keeps its place beside it. References to source
maps are cut, because the maps are not shipped and a browser would ask for them.
"""

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One npm package: which of its files go to which folder under the target."""

    package: str
    root: str
    patterns: tuple[str, ...]
    folder: str


ASSETS = (
    Asset(
        package="leaflet",
        root="dist",
        patterns=("leaflet.js", "leaflet.css", "images/*.png"),
        folder="leaflet",
    ),
)

SOURCE_MAP = re.compile(r"(//[#@] ?sourceMappingURL=\S+|/\*# ?sourceMappingURL=.*?\*/)")
STYLE_URL = re.compile(r"url\(\s*['\"]?(?!data:|#)([^'\")?#]+)")


def copy_asset(asset: Asset, node_modules: Path, target: Path) -> int:
    """Copy one package's files and return how many; a missing file is an error."""
    source = node_modules / asset.package / asset.root
    count = 0
    for pattern in asset.patterns:
        files = sorted(path for path in source.glob(pattern) if path.is_file())
        if not files:
            raise SystemExit(f"error: {asset.package} has no {pattern}; remedy: npm ci")
        for path in files:
            place = target / asset.folder / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix in {".js", ".css"}:
                text = SOURCE_MAP.sub("", path.read_text(encoding="utf-8"))
                place.write_text(text, encoding="utf-8")
            else:
                shutil.copyfile(path, place)
            count += 1
    return count


def missing_style_targets(target: Path) -> list[str]:
    """Every url() of a copied style sheet whose file was not copied."""
    return [
        f"{sheet.relative_to(target)}: {reference}"
        for sheet in sorted(target.rglob("*.css"))
        for reference in STYLE_URL.findall(sheet.read_text(encoding="utf-8"))
        if not (sheet.parent / reference.strip()).exists()
    ]


def main() -> None:
    """Fill TARGET anew, so that nothing of an older version stays."""
    node_modules, target = Path(sys.argv[1]), Path(sys.argv[2])
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    count = sum(copy_asset(asset, node_modules, fresh) for asset in ASSETS)
    if missing := missing_style_targets(fresh):
        raise SystemExit("error: style sheets name files that are not there: " + "; ".join(missing))
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    print(f"web assets: {count} files")


if __name__ == "__main__":
    main()

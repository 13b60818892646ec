"""What this machine has, what is missing, and the remedy for each."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dashboard.web.assets import VENDORED, static_folder
from dashboard.web.i18n import DOMAIN, LANGUAGES, locale_folder
from flight.adapters.dronekit_shim import import_dronekit
from sitl.adapters.ardupilot import FOLDER_VARIABLE, find_binary
from umimori.coast import load_coast
from umimori.errors import UmimoriError
from umimori.records import VehicleKind
from umimori.settings import load_settings
from umimori.store import open_store
from umimori.store.opening import check_writable

MIN_FREE_GIB = 2.0
GIB = 1024**3
SETUP_REMEDY = "Run make setup (or install the wheel again)."
CORE_MODULES = (
    "numpy",
    "scipy",
    "numba",
    "shapely",
    "pyproj",
    "rasterio",
    "geopandas",
    "pymavlink",
    "pyais",
    "fastapi",
    "folium",
    "titiler.core",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor. An optional thing that is missing is no fault."""

    name: str
    ok: bool
    optional: bool
    detail: str
    remedy: str = ""


def examine(data_dir: Path) -> list[Finding]:
    """Look at everything; never raises."""
    checks: tuple[Callable[[], Finding], ...] = (
        _python,
        _modules,
        lambda: _data_folder(data_dir),
        lambda: _disk(data_dir),
        lambda: _store(data_dir),
        lambda: _coast(data_dir),
        _assets,
        _catalogues,
        _dronekit,
        _sentinelsat,
        lambda: _ardupilot(VehicleKind.PLANE, data_dir),
        lambda: _ardupilot(VehicleKind.SUB, data_dir),
    )
    return [_safe(check) for check in checks]


def _safe(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except UmimoriError as error:
        return Finding(
            name=_name_of(check),
            ok=False,
            optional=False,
            detail=error.message,
            remedy=error.remedy,
        )


def _name_of(check: Callable[[], Finding]) -> str:
    names = [name for name in check.__code__.co_names if name.startswith("_")]
    return (names[0] if names else check.__name__).strip("_")


def _python() -> Finding:
    ok = sys.version_info >= (3, 11)
    detail = f"{platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    return Finding(
        name="python", ok=ok, optional=False, detail=detail, remedy="Use Python 3.11 or newer."
    )


def _modules() -> Finding:
    missing = []
    for module in CORE_MODULES:
        try:
            importlib.import_module(module)
        except ImportError:
            missing.append(module)
    detail = f"missing: {', '.join(missing)}" if missing else f"{len(CORE_MODULES)} present"
    return Finding(
        name="libraries", ok=not missing, optional=False, detail=detail, remedy=SETUP_REMEDY
    )


def _data_folder(data_dir: Path) -> Finding:
    try:
        check_writable(data_dir if data_dir.exists() else _nearest_existing(data_dir))
    except UmimoriError as error:
        return Finding(
            name="data folder", ok=False, optional=False, detail=error.message, remedy=error.remedy
        )
    return Finding(name="data folder", ok=True, optional=False, detail=str(data_dir))


def _disk(data_dir: Path) -> Finding:
    free_gib = shutil.disk_usage(_nearest_existing(data_dir)).free / GIB
    return Finding(
        name="disk",
        ok=free_gib >= MIN_FREE_GIB,
        optional=False,
        detail=f"{free_gib:.1f} GiB free",
        remedy=f"Free at least {MIN_FREE_GIB:g} GiB for scenes and logs.",
    )


def _store(data_dir: Path) -> Finding:
    if not data_dir.exists():
        return Finding(
            name="store", ok=True, optional=False, detail="none yet; the first command makes it"
        )
    with open_store(data_dir) as store:
        head = store.evidence.head()
    return Finding(
        name="store", ok=True, optional=False, detail=f"{head.count} entries in the evidence log"
    )


def _coast(data_dir: Path) -> Finding:
    coast = load_coast(folder=data_dir)
    detail = f"{coast.name}, placed within {coast.coast_error_m:g} m, {coast.credit}"
    return Finding(name="coast", ok=True, optional=False, detail=detail)


def _assets() -> Finding:
    vendor = static_folder() / "vendor"
    files = [file for file in VENDORED.values() if file]
    missing = [file for file in files if not (vendor / file).is_file()]
    detail = f"missing: {', '.join(missing)}" if missing else f"{len(files)} present"
    return Finding(
        name="web assets", ok=not missing, optional=False, detail=detail, remedy=SETUP_REMEDY
    )


def _catalogues() -> Finding:
    missing = [
        language
        for language in LANGUAGES
        if not (locale_folder() / language / "LC_MESSAGES" / f"{DOMAIN}.mo").is_file()
    ]
    detail = f"missing: {', '.join(missing)}" if missing else ", ".join(LANGUAGES)
    return Finding(
        name="languages", ok=not missing, optional=False, detail=detail, remedy=SETUP_REMEDY
    )


def _dronekit() -> Finding:
    try:
        import_dronekit()
        ok, detail = True, f"importable ({importlib.metadata.version('dronekit')})"
    except UmimoriError as error:
        ok, detail = False, error.message
    return Finding(
        name="dronekit link",
        ok=ok,
        optional=True,
        detail=detail,
        remedy="The pymavlink link does everything; nothing needs to be done.",
    )


def _sentinelsat() -> Finding:
    present = importlib.util.find_spec("sentinelsat") is not None
    return Finding(
        name="sentinelsat",
        ok=present,
        optional=True,
        detail="present" if present else "not installed",
        remedy="Only for DHuS mirrors: install the extra umimori[dhus].",
    )


def _ardupilot(kind: VehicleKind, data_dir: Path) -> Finding:
    binary = find_binary(kind, data_dir, load_settings(data_dir).ardupilot_sitl_dir)
    return Finding(
        name=f"ArduPilot SITL {kind.value}",
        ok=binary is not None,
        optional=True,
        detail=str(binary) if binary else "not found; the embedded simulator is used",
        remedy=f"Name the folder of your own build with {FOLDER_VARIABLE}.",
    )


def _nearest_existing(folder: Path) -> Path:
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    return place

"""Write one folder from which Umimori is installed without any network.

Usage: bundle.py [OUT_FOLDER]      (default: dist)

The folder holds every wheel of requirements.lock for this platform and Python, our own wheel (web
assets, catalogues and coast inside), requirements with hashes of exactly these files, and
install.sh.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUST_BE_IN_OUR_WHEEL = (
    "dashboard/web/static/vendor/leaflet/leaflet.js",
    "dashboard/web/static/notices.txt",
    "dashboard/locale/ja/LC_MESSAGES/messages.mo",
    "umimori/coast/data/",
)

INSTALLER = """\
#!/bin/sh
# Installs Umimori from this folder alone: no network, no administrator.
# Usage: ./install.sh [FOLDER]        (default: ~/umimori); PYTHON=... chooses the Python
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-"$HOME/umimori"}
python=
for candidate in ${PYTHON:-} python@PYTHON@ python3 python; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "@PYTHON@" ] &&
        "$candidate" -c 'import ensurepip, sqlite3, ssl, venv' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "error: this bundle needs Python @PYTHON@ with venv, ssl and sqlite3." >&2
    echo "remedy: install it and run: PYTHON=/path/to/python@PYTHON@ $0" >&2
    exit 4
fi
"$python" -m venv "$target"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-cache-dir \\
    --find-links "$here/wheels" --require-hashes --requirement "$here/requirements.txt"
"$target/bin/python" -P -m imagery.warm
echo "Umimori @VERSION@ is installed."
echo "  $target/bin/umimori doctor"
echo "  $target/bin/umimori demo"
"""

README = """\
Umimori @VERSION@ for a closed network
======================================

Platform @PLATFORM@, Python @PYTHON@.

    ./install.sh            installs into ~/umimori (or: ./install.sh FOLDER)
    ~/umimori/bin/umimori doctor
    ~/umimori/bin/umimori demo

Nothing is fetched from any network. SHA256SUMS holds the checksum of every file:

    sha256sum --check SHA256SUMS

Licences of everything inside: NOTICES.txt.
"""


def run(*command: str | Path) -> None:
    """Run a command here; its failure ends the bundle with its own words."""
    result = subprocess.run([str(word) for word in command], cwd=ROOT, check=False)
    if result.returncode:
        sys.exit(f"error: this step failed: {' '.join(str(word) for word in command)}")


def build_own_wheel(wheels: Path) -> Path:
    """Build our wheel and refuse one that lacks what set-up makes."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels)
    (wheel,) = wheels.glob("umimori-*.whl")
    listing = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", str(wheel)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    missing = [name for name in MUST_BE_IN_OUR_WHEEL if name not in listing]
    if missing:
        sys.exit(f"error: the wheel lacks {', '.join(missing)}; remedy: make setup")
    return wheel


def sha256(path: Path) -> str:
    """Checksum of one file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def requirement(wheel: Path) -> str:
    """One line that names exactly this file."""
    name, version = wheel.name.split("-")[:2]
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version} --hash=sha256:{sha256(wheel)}"


def filled(text: str, values: dict[str, str]) -> str:
    """Put the values in place of their @NAMES@."""
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def main() -> None:
    """Collect, build, describe."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist").resolve()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    platform = re.sub(r"[^A-Za-z0-9_]+", "_", sysconfig.get_platform())
    values = {"VERSION": project["version"], "PYTHON": python, "PLATFORM": platform}
    folder = out / f"umimori-bundle-{project['version']}-{platform}-py{python}"
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)

    build_own_wheel(wheels)
    # pip wheel downloads wheels and builds one from the few sources that ship none.
    run(
        sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--require-hashes", "--requirement", "requirements.lock", "--wheel-dir", wheels,
    )  # fmt: skip

    lines = [requirement(wheel) for wheel in sorted(wheels.glob("*.whl"))]
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    installer = folder / "install.sh"
    installer.write_text(filled(INSTALLER, values), encoding="utf-8")
    installer.chmod(0o755)
    (folder / "README.txt").write_text(filled(README, values), encoding="utf-8")
    shutil.copyfile(ROOT / "dashboard/web/static/notices.txt", folder / "NOTICES.txt")
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    sums = [
        f"{sha256(path)}  {path.relative_to(folder).as_posix()}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")
    megabytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    print(f"bundle: {folder} ({len(lines)} wheels, {megabytes:.0f} MB)")


if __name__ == "__main__":
    main()

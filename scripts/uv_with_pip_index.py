"""Run uv with the package indexes that pip is configured for.

uv does not read pip's configuration; on a machine with a mirror, pip would work and uv would not.
Every UV_* variable that the user has set wins. No host is named here.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path


def pip_settings() -> dict[str, str]:
    """Option -> value as pip sees it, the environment last because it wins."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    found: dict[str, str] = {}
    for line in listing.splitlines():
        name, separator, value = line.partition("=")
        if separator:
            section, _, option = name.rpartition(".")
            if section in {"global", "install", ":env:"}:
                found[option] = str(ast.literal_eval(value))
    return found


def uv_environment(settings: dict[str, str]) -> dict[str, str]:
    """The variables uv needs to look where pip looks."""
    wanted: dict[str, str] = {}
    if "index-url" in settings:
        wanted["UV_DEFAULT_INDEX"] = settings["index-url"]
    if "extra-index-url" in settings:
        wanted["UV_INDEX"] = " ".join(settings["extra-index-url"].split())
        # The locks carry hashes, so the best match of any index is as safe as the first one.
        wanted["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if "find-links" in settings:
        wanted["UV_FIND_LINKS"] = ",".join(settings["find-links"].split())
    if "cert" in settings:
        wanted["SSL_CERT_FILE"] = settings["cert"]
    if "trusted-host" in settings:
        wanted["UV_INSECURE_HOST"] = " ".join(settings["trusted-host"].split())
    if settings.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        wanted["UV_NO_INDEX"] = "1"
    return {name: value for name, value in wanted.items() if name not in os.environ}


def main() -> None:
    """Replace this process by uv."""
    uv = Path(sys.executable).parent / "uv"
    os.environ.update(uv_environment(pip_settings()))
    os.execv(uv, [str(uv), *sys.argv[1:]])


if __name__ == "__main__":
    main()

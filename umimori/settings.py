"""Settings: ``umimori.toml`` in the data folder, then ``UMIMORI_*`` variables, which win.

``data_dir`` alone decides which folder is read, so it cannot stand in the file.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from umimori.errors import BadInputError

SETTINGS_NAME = "umimori.toml"
DATA_VARIABLE = "UMIMORI_DATA"
APPLICATION = "umimori"


def data_dir(option: Path | None = None) -> Path:
    """Return the data folder: the option, else UMIMORI_DATA, else the platform's own place."""
    if option is not None:
        return Path(option).expanduser()
    named = os.environ.get(DATA_VARIABLE)
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path(APPLICATION, appauthor=False)


class Settings(BaseSettings):
    """What an administrator may set; every field has a working default."""

    model_config = SettingsConfigDict(env_prefix="UMIMORI_", extra="ignore", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address that the dashboard listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the dashboard; 0: any.")
    secure_cookies: bool = Field(
        default=False, description="Send session cookies over HTTPS only (behind a TLS proxy)."
    )
    keys_dir: Path | None = Field(
        default=None,
        description="Folder of the key that signs the evidence log; default: keys in the data "
        "folder. Keep it where those who can write the store cannot.",
    )
    heads_file: Path | None = Field(
        default=None,
        description="File that signed heads of the evidence log are appended to; default: "
        "heads.jsonl in the data folder.",
    )
    coast_file: Path | None = Field(
        default=None,
        description="Indexed coast to use; default: the imported one of the data folder, else the "
        "one made at set-up.",
    )
    ardupilot_sitl_dir: Path | None = Field(
        default=None, description="Folder with the arduplane and ardusub SITL programs."
    )
    log_level: str = Field(
        default="WARNING",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="Least severe log lines to write.",
    )
    log_json: bool = Field(default=False, description="Write log lines as JSON documents.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over what the file says (passed as arguments)."""
        return (env_settings, init_settings)


def load_settings(folder: Path | None = None) -> Settings:
    """Return the settings of a data folder.

    Raises:
        BadInputError: the file is no TOML, names an unknown setting, or a value does not fit.
    """
    file = data_dir(folder) / SETTINGS_NAME
    values = _read(file)
    unknown = sorted(set(values) - set(Settings.model_fields))
    if unknown:
        raise BadInputError(
            f"{file} names settings that do not exist: {', '.join(unknown)}.",
            remedy="Use: " + ", ".join(sorted(Settings.model_fields)) + ".",
        )
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadInputError(
            f"the setting {name} does not fit: {first['msg']}.",
            remedy=f"Correct it in {file} or in UMIMORI_{name.upper()}.",
        ) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file} is not TOML: {error}.", remedy="Correct the file.") from error
    except OSError as error:
        raise BadInputError(
            f"{file} cannot be read: {error.strerror}.", remedy="Make it a readable file."
        ) from error

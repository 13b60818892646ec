"""The ``umimori`` command: assembles the stages' commands and maps errors to exit codes.

Only light imports here: ``umimori --help`` must not load numpy or the web stack.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import typer
from typer.exceptions import TyperException

from dashboard.cli.backup import backup, restore
from dashboard.cli.coast import coast_app
from dashboard.cli.demo import demo
from dashboard.cli.doctor import doctor
from dashboard.cli.serve import serve
from dashboard.cli.user import user_app
from dashboard.cli.verify import verify
from flight.cli import fly
from geoanalysis.cli import ais_app, analyse, ports_app, zones_app
from imagery.cli import app as imagery_app
from mission_planner.cli import app as plan_app
from sitl.cli import app as sitl_app
from umimori import __version__
from umimori.errors import EXIT_BUG, EXIT_OK, EnvironmentMissingError, UmimoriError, outcome_of
from umimori.logs import configure_logs

NO_SETTINGS = frozenset({"--version", "doctor"})
"""What must work whatever the settings say."""
EXIT_INTERRUPTED = 130
"""128 + SIGINT, the convention of shells."""

app = typer.Typer(
    name="umimori",
    help="Umimori (海守): satellite scene -> vessels -> anomalies -> patrols -> findings.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"umimori {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Umimori (海守): satellite scene -> vessels -> anomalies -> patrols -> findings.

    Every command takes --json, --data DIR and --help after its name; --debug shows the traceback
    of an error. Example: umimori demo --no-serve --json
    """


app.command("demo")(demo)
app.command("serve")(serve)
app.command("doctor")(doctor)
app.add_typer(imagery_app, name="imagery", help="Satellite scenes to vessel detections.")
app.add_typer(ais_app, name="ais", help="AIS reports to tracks.")
app.add_typer(coast_app, name="coast", help="The coast used by masks and standoffs.")
app.add_typer(zones_app, name="zones", help="Zones that the rules know.")
app.add_typer(ports_app, name="ports", help="Ports that the rules know.")
app.command("analyse")(analyse)
app.add_typer(plan_app, name="plan", help="Tasks to missions that a vehicle can fly.")
app.command("fly")(fly)
app.add_typer(sitl_app, name="sitl", help="Simulated vehicles to fly on.")
app.add_typer(user_app, name="user", help="Accounts of the dashboard.")
app.command("backup")(backup)
app.command("restore")(restore)
app.command("verify")(verify)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing but a bug shows a traceback."""
    debug = "--debug" in arguments or bool(os.environ.get("UMIMORI_DEBUG"))
    rest = [argument for argument in arguments if argument != "--debug"]
    try:
        _configure_logs(rest, debug=debug)
        code = app(args=rest, prog_name="umimori", standalone_mode=False)
    except typer.Exit as error:
        return error.exit_code
    except TyperException as error:
        return _fail(f"Error: {' '.join(error.format_message().split())}", error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return _fail("Interrupted.", EXIT_INTERRUPTED)
    except BrokenPipeError:
        return EXIT_OK
    except Exception as error:
        if debug:
            traceback.print_exc()
        return _fail_with(error)
    return int(code) if isinstance(code, int) else EXIT_OK


def _configure_logs(arguments: Sequence[str], *, debug: bool) -> None:
    """Send log lines to stderr as the settings of the data folder say; help needs no settings."""
    if debug or not arguments or arguments[0] in NO_SETTINGS or "--help" in arguments:
        configure_logs("DEBUG" if debug else "WARNING")
        return
    from umimori.settings import load_settings

    settings = load_settings(_data_option(arguments))
    configure_logs(settings.log_level, as_json=settings.log_json)


def _data_option(arguments: Sequence[str]) -> Path | None:
    for number, argument in enumerate(arguments):
        if argument.startswith("--data="):
            return Path(argument.removeprefix("--data="))
        if argument == "--data" and number + 1 < len(arguments):
            return Path(arguments[number + 1])
    return None


def _fail_with(error: Exception) -> int:
    known = error if isinstance(error, UmimoriError) else _from_system(error)
    if known is not None:
        return _fail(f"Error: {known.one_line()}", outcome_of(known).exit_code)
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return _fail(f"Bug: {text}. Run again with --debug and report what it prints.", EXIT_BUG)


def _from_system(error: Exception) -> UmimoriError | None:
    """Return our error for what the operating system refused."""
    if not isinstance(error, OSError):
        return None
    name = error.filename or "a file"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        # A write that fails does not say which file it was, an open that fails does.
        full = f"the disk that holds {error.filename}" if error.filename else "a disk"
        return EnvironmentMissingError(
            f"{full} is full.",
            remedy="Free some room where the data folder, the output and TMPDIR lie; run it again.",
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return EnvironmentMissingError(
            f"{name} cannot be accessed.",
            remedy="Check its permissions, or name another with --data.",
        )
    return None


def _fail(message: str, code: int) -> int:
    typer.echo(message, err=True)
    return code


def main() -> None:
    """Entry point of the ``umimori`` command."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

"""Imports dronekit 2.9.2 on a Python that it no longer fits.

dronekit (last release 2019) needs ``collections.MutableMapping`` (gone since Python 3.10) and
``past.builtins.basestring`` (once pulled in by pymavlink). Both are lent to it for the time of its
import and taken away again, so that no other library sees them. See docs/decisions.
"""

from __future__ import annotations

import collections
import collections.abc
import importlib
import os
import sys
import threading
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from umimori.errors import EnvironmentMissingError

_LOCK = threading.Lock()
_PAST = "past"


def import_dronekit() -> Any:
    """Return the dronekit module (2.9.2, or the fork dronekit2 under the same name).

    Raises:
        EnvironmentMissingError: it is not installed or does not import.
    """
    with _LOCK, _lent_names(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ.setdefault("MAVLINK20", "1")
        try:
            return importlib.import_module("dronekit")
        except (ImportError, AttributeError) as error:
            raise EnvironmentMissingError(
                f"dronekit cannot be used: {error}.",
                remedy="Install dronekit, or use the pymavlink link, which does everything.",
            ) from error


@contextmanager
def _lent_names() -> Iterator[None]:
    lent_mapping = not hasattr(collections, "MutableMapping")
    if lent_mapping:
        collections.MutableMapping = collections.abc.MutableMapping  # type: ignore[attr-defined]
    fakes = _fake_past()
    try:
        yield
    finally:
        if lent_mapping:
            del collections.MutableMapping  # type: ignore[attr-defined]
        for name in fakes:
            sys.modules.pop(name, None)


def _fake_past() -> tuple[str, ...]:
    """Put a stand-in for the package ``past`` in place where it is missing."""
    try:
        importlib.import_module("past.builtins")
    except ImportError:
        package, builtins = types.ModuleType(_PAST), types.ModuleType("past.builtins")
        builtins.basestring = str  # type: ignore[attr-defined]
        package.builtins = builtins  # type: ignore[attr-defined]
        sys.modules[_PAST], sys.modules["past.builtins"] = package, builtins
        return (_PAST, "past.builtins")
    return ()

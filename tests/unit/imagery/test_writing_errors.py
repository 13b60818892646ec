"""What the disk or GDAL refuse becomes one line of ours."""

import errno
import logging

import pytest
from pyogrio.errors import DataSourceError

from imagery.adapters import vector_files
from umimori.errors import NotPermittedError
from umimori.gdal_messages import LOGGERS, silence_gdal


@pytest.mark.parametrize(
    "error",
    [
        DataSourceError("sqlite3_exec(CREATE TABLE ...) failed: database or disk is full"),
        OSError(errno.ENOSPC, "Error writing bytes to file. Detail: [errno 28]"),
    ],
)
def test_a_full_disk_is_said_in_the_systems_words(tmp_path, monkeypatch, error):
    def full(_path, _detections):
        raise error

    monkeypatch.setitem(vector_files.WRITERS, ".gpkg", full)
    out = tmp_path / "ships.gpkg"
    with pytest.raises(NotPermittedError) as refused:
        vector_files.write_detections(out, [])
    assert refused.value.message == f"{out} cannot be written (No space left on device)."
    assert list(tmp_path.iterdir()) == []


def test_gdal_is_silent_but_for_those_who_debug(monkeypatch):
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        monkeypatch.setattr(logger, "level", logging.NOTSET)
        logger.manager._clear_cache()
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", logging.DEBUG)
    root.manager._clear_cache()
    silence_gdal()
    assert all(logger.isEnabledFor(logging.WARNING) for logger in loggers)
    monkeypatch.setattr(root, "level", logging.WARNING)
    root.manager._clear_cache()
    silence_gdal()
    assert not any(logger.isEnabledFor(logging.CRITICAL) for logger in loggers)

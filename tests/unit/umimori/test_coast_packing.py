"""The indexed file gives back what was written, and refuses what is broken."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from umimori.coast.packing import CoastFile, CoastSource, write_coast
from umimori.errors import CorruptFileError

SOURCE = CoastSource(name="test", credit="© test", coast_error_m=10.0, sha256="0" * 64)


def everything(file: CoastFile) -> list[shapely.Polygon]:
    return [polygon for number in range(file.blocks) for polygon in file.read_block(number)]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-179.0, 178.0), st.floats(-89.0, 88.0), st.integers(3, 40), st.booleans()
        ),
        min_size=1,
        max_size=30,
    )
)
def test_polygons_come_back_within_a_unit(
    tmp_path_factory: pytest.TempPathFactory, islands: list[tuple[float, float, int, bool]]
) -> None:
    polygons = []
    for lon, lat, corners, holed in islands:
        angle = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
        ring = np.column_stack([lon + 0.5 * np.cos(angle), lat + 0.5 * np.sin(angle)])
        hole = [np.array([lon, lat]) + 0.2 * (ring - [lon, lat])] if holed else None
        polygons.append(shapely.Polygon(ring, hole))
    file = tmp_path_factory.mktemp("coast") / "land.bin"
    array = np.array(polygons, dtype=object)
    write_coast(file, array, np.zeros(len(array), np.int32), [SOURCE])
    back = everything(CoastFile(file))
    assert len(back) == len(polygons)
    for polygon in polygons:
        nearest = min(
            back,
            key=lambda other: (
                np.abs(np.subtract(other.bounds, polygon.bounds)).max()
                + abs(other.area - polygon.area)
            ),
        )
        assert np.abs(np.subtract(nearest.bounds, polygon.bounds)).max() <= 1e-6
        assert abs(nearest.area - polygon.area) < 1e-5


def write(folder: Path) -> Path:
    file = folder / "land.bin"
    polygons = np.array([shapely.box(10 * k, 0, 10 * k + 5, 5) for k in range(4)], dtype=object)
    write_coast(file, polygons, np.arange(4, dtype=np.int32) % 2, [SOURCE, SOURCE])
    return file


def test_the_index_has_a_box_and_source_for_each(tmp_path: Path) -> None:
    opened = CoastFile(write(tmp_path))
    assert opened.index.west.tolist() == [0.0, 10.0, 20.0, 30.0]
    assert sorted(opened.index.source.tolist()) == [0, 0, 1, 1]
    assert opened.sources == (SOURCE, SOURCE)


def test_the_same_polygons_have_the_same_hash(tmp_path: Path) -> None:
    first, second = write(tmp_path), write(tmp_path / "again")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("keep", [0, 5, 30, 200, -1])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: int) -> None:
    file = write(tmp_path)
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(CorruptFileError):
        CoastFile(file)


def test_a_changed_block_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path)
    data = bytearray(file.read_bytes())
    data[-20] ^= 0xFF
    file.write_bytes(bytes(data))
    with pytest.raises(CorruptFileError):
        everything(CoastFile(file))

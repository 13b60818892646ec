"""The displacement of moving ships: known cases, round trip, and real matched pairs."""

import csv
import math
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoanalysis.association.azimuth_shift import (
    LookGeometry,
    azimuth_shift_m,
    radial_ground_speed_mps,
)
from umimori.geodesy import MPS_PER_KNOT, LocalFrame, LonLat, bearing_deg

SCENE = "20160131T101646"
FIRST_LINE_S = datetime(2016, 1, 31, 10, 16, 46, 846183, tzinfo=UTC).timestamp()
LAST_LINE_S = datetime(2016, 1, 31, 10, 17, 15, 853746, tzinfo=UTC).timestamp()
LINES = 19441


def look(heading: float = 349.0, incidence: float = 38.0, right: bool = True) -> LookGeometry:
    return LookGeometry(
        incidence_deg=incidence,
        slant_range_m=799_000.0,
        platform_speed_mps=7_598.0,
        platform_heading_deg=heading,
        right_look=right,
    )


def test_ten_knots_range_bound_at_31_degrees() -> None:
    """The note's own number: 277 m at 799 km and 31 degrees."""
    geometry = look(heading=0.0, incidence=31.0)
    speed = 10.0 * MPS_PER_KNOT
    assert abs(azimuth_shift_m(geometry, speed, 0.0)) == pytest.approx(278.0, abs=3.0)


def test_receding_ships_move_against_the_flight() -> None:
    """Flying north and looking right (east), a ship sailing east recedes."""
    assert azimuth_shift_m(look(heading=0.0), 5.0, 0.0) < 0.0
    assert azimuth_shift_m(look(heading=0.0), -5.0, 0.0) > 0.0
    assert azimuth_shift_m(look(heading=0.0, right=False), 5.0, 0.0) > 0.0


def test_sailing_along_the_track_shifts_nothing() -> None:
    assert azimuth_shift_m(look(heading=0.0), 0.0, 8.0) == pytest.approx(0.0, abs=1e-9)


@given(
    heading=st.floats(0.0, 360.0),
    incidence=st.floats(20.0, 50.0),
    speed=st.floats(-20.0, 20.0),
    right=st.booleans(),
)
def test_shift_gives_the_radial_speed_back(
    heading: float, incidence: float, speed: float, right: bool
) -> None:
    geometry = look(heading, incidence, right)
    east, north = (speed * part for part in geometry.look_direction)
    shift = azimuth_shift_m(geometry, east, north)
    assert radial_ground_speed_mps(geometry, shift) == pytest.approx(speed, abs=1e-9)


@pytest.mark.data
def test_real_pairs_confirm_sign_and_slope(shared_data: Path) -> None:
    """51 moving ships of one Sentinel-1 scene, raw AIS dead-reckoned to their own line."""
    folder = next((shared_data / "opensarship").glob(f"*{SCENE}*"))
    text = (folder / "metadata.xml").read_text()
    heading, speed, orbit_m = _orbit(text)
    predicted, measured = [], []
    with (shared_data / "opensarship" / "ships.csv").open() as stream:
        rows = [row for row in csv.DictReader(stream) if SCENE in row["scene"]]
    for row in rows:
        sog, cog = float(row["ais_Sog"]) / 10.0, float(row["ais_Cog"]) / 10.0
        if not 3.0 <= sog < 102.2 or cog >= 360.0:
            continue
        geometry = _look(float(row["sar_Incidence"]), orbit_m, speed, heading)
        line_s = FIRST_LINE_S + float(row["sar_Center_y"]) / (LINES - 1) * (
            LAST_LINE_S - FIRST_LINE_S
        )
        wait_s = line_s - float(row["ais_Time"])
        reported = LonLat(float(row["ais_Longitude"]), float(row["ais_Latitude"]))
        seen = LonLat(float(row["sar_Center_longitude"]), float(row["sar_Center_latitude"]))
        east = sog * MPS_PER_KNOT * math.sin(math.radians(cog))
        north = sog * MPS_PER_KNOT * math.cos(math.radians(cog))
        x, y = LocalFrame(reported).xy(seen)
        flight = geometry.flight_direction
        measured.append((x - east * wait_s) * flight[0] + (y - north * wait_s) * flight[1])
        predicted.append(azimuth_shift_m(geometry, east, north))
    slope, offset = np.polyfit(predicted, measured, 1)
    r2 = np.corrcoef(predicted, measured)[0, 1] ** 2
    assert len(predicted) == 51
    assert 0.85 < slope < 1.15
    assert r2 > 0.9
    assert abs(offset) < 30.0


def _values(text: str, name: str) -> list[float]:
    return [float(v) for v in re.findall(rf'name="{name}" value="([^"]+)"', text)]


def _orbit(text: str) -> tuple[float, float, float]:
    """Return heading over ground, speed and distance from the Earth's centre."""
    corner = {n: _values(text, n)[0] for n in (
        "first_near_long", "first_near_lat", "last_near_long", "last_near_lat")}  # fmt: skip
    heading = bearing_deg(
        LonLat(corner["first_near_long"], corner["first_near_lat"]),
        LonLat(corner["last_near_long"], corner["last_near_lat"]),
    )
    velocity = np.array([_values(text, f"{axis}_vel") for axis in "xyz"])
    place = np.array([_values(text, f"{axis}_pos") for axis in "xyz"])
    return heading, np.linalg.norm(velocity, axis=0).mean(), np.linalg.norm(place, axis=0).mean()


def _look(incidence: float, orbit_m: float, speed: float, heading: float) -> LookGeometry:
    """Slant range from incidence on a sphere of the local Earth radius (22.6 N)."""
    earth_m = 6_375_000.0
    theta = math.radians(incidence)
    slant = -earth_m * math.cos(theta) + math.sqrt(orbit_m**2 - (earth_m * math.sin(theta)) ** 2)
    return LookGeometry(
        incidence_deg=incidence,
        slant_range_m=slant,
        platform_speed_mps=speed,
        platform_heading_deg=heading,
        right_look=True,
    )

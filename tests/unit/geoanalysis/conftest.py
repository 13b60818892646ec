"""A small world at sea: one scene, ships with known motion, what radar and AIS see of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from umimori.geodesy import LocalFrame, LonLat
from umimori.ids import derived_id
from umimori.records import (
    AisMessageKind,
    AisTrack,
    Detection,
    Scene,
    TrackPoint,
    VesselClass,
)

MOMENT = datetime(2024, 5, 1, 8, 42, 3, tzinfo=UTC)
CENTRE = LonLat(139.4, 34.5)
HEADING_DEG = 349.0
INCIDENCE_DEG = 38.0
SLANT_RANGE_M = 870_000.0
PLATFORM_MPS = 7_598.0
HALF_SIZE_M = 20_000.0


@dataclass
class World:
    """Ships are added by metres east and north of the centre at MOMENT."""

    detections: list[Detection] = field(default_factory=list)
    tracks: list[AisTrack] = field(default_factory=list)
    frame: LocalFrame = field(default_factory=lambda: LocalFrame(CENTRE))

    @property
    def scene(self) -> Scene:
        corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        return Scene(
            id="scene-1", name="TEST", platform="S1A", sensor="SAR-C", product_type="GRDH",
            polarisations=("VV", "VH"), start_utc=MOMENT - timedelta(seconds=3),
            stop_utc=MOMENT + timedelta(seconds=3),
            footprint=tuple(self.frame.lonlat(x * HALF_SIZE_M, y * HALF_SIZE_M) for x, y in corners),
            width_px=4000, height_px=4000, range_spacing_m=10.0, azimuth_spacing_m=10.0,
            path="test", content_sha256="0" * 64, simulated=True,
        )  # fmt: skip

    def see(
        self, x_m: float, y_m: float, *, east: float = 0.0, north: float = 0.0,
        length_m: float | None = 80.0, **changes: object,
    ) -> Detection:  # fmt: skip
        """The radar's view of a ship: shifted along the flight by -(R/V) v_r sin(incidence)."""
        heading = math.radians(HEADING_DEG)
        away = east * math.cos(heading) - north * math.sin(heading)  # 90 degrees right of flight
        shift = -SLANT_RANGE_M / PLATFORM_MPS * away * math.sin(math.radians(INCIDENCE_DEG))
        x, y = x_m + shift * math.sin(heading), y_m + shift * math.cos(heading)
        values: dict = {
            "id": derived_id("test", len(self.detections), x_m, y_m), "scene_id": "scene-1",
            "run_id": "run-1", "row_px": 0.0, "col_px": 0.0, "position": self.frame.lonlat(x, y),
            "position_error_m": 20.0, "time_utc": MOMENT, "length_m": length_m, "length_error_m": 15.0,
            "width_m": 14.0, "heading_deg": None, "heading_ambiguous": True, "peak_db": -2.0, "contrast": 60.0,
            "polarisation": "VV", "score": 0.97, "vessel_class": VesselClass.VESSEL, "flags": (),
            "distance_to_shore_m": 9_000.0, "near_infrastructure": False, "incidence_deg": INCIDENCE_DEG,
            "slant_range_m": SLANT_RANGE_M, "platform_speed_mps": PLATFORM_MPS,
            "platform_heading_deg": HEADING_DEG, "range_look": "right", "pixels": 40, "simulated": True,
        }  # fmt: skip
        detection = Detection(**(values | changes))
        self.detections.append(detection)
        return detection

    def report(
        self, mmsi: int, x_m: float, y_m: float, *, east: float = 0.0, north: float = 0.0,
        length_m: float | None = 80.0, times_s: tuple[float, ...] = (-300, -120, 60, 200),
        kind: AisMessageKind = AisMessageKind.CLASS_A, ship_type: int | None = 70,
    ) -> AisTrack:  # fmt: skip
        """AIS reports of a ship at seconds about MOMENT."""
        speed = math.hypot(east, north)
        points = tuple(
            TrackPoint(
                time_utc=MOMENT + timedelta(seconds=t),
                position=self.frame.lonlat(x_m + east * t, y_m + north * t),
                sog_mps=speed,
                cog_deg=math.degrees(math.atan2(east, north)) % 360.0,
            )
            for t in times_s
        )
        track = AisTrack(
            id=f"track-{mmsi}", mmsi=mmsi, name=f"SHIP {mmsi}", ship_type=ship_type,
            length_m=length_m, width_m=14.0, kind=kind, points=points, dropped={}, simulated=True,
        )  # fmt: skip
        self.tracks.append(track)
        return track


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def new_world() -> Callable[[], World]:
    return World


@pytest.fixture
def moment() -> datetime:
    return MOMENT

"""An island that is drawn here, vehicles, and short ways to make plans."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import shapely

from mission_planner.adapters.profiles import load_profiles
from mission_planner.options import PlanOptions
from umimori.geodesy import BBox, LocalFrame, LonLat
from umimori.records.vehicle import VehicleProfile

OSHIMA = LonLat(139.40, 34.735)


@dataclass
class DrawnCoast:
    """A coast of given polygons, as umimori.coast.Coast looks to the planner."""

    polygons: list[Any] = field(default_factory=list)
    coast_error_m: float = 500.0
    name: str = "drawn"

    def coast_error_in(self, bbox: BBox) -> float:
        return self.coast_error_m

    def polygons_in(self, bbox: BBox) -> Sequence[Any]:
        return self.polygons


def blob(centre: LonLat, east_m: float, north_m: float) -> Any:
    """An island with capes and bays."""
    t = np.linspace(0.0, 2.0 * np.pi, 240, endpoint=False)
    r = 1.0 + 0.08 * np.sin(3 * t) + 0.04 * np.sin(9 * t) + 0.02 * np.sin(31 * t)
    lon, lat = LocalFrame(centre).to_lonlat(east_m * r * np.sin(t), north_m * r * np.cos(t))
    return shapely.Polygon(np.column_stack([lon, lat]))


@pytest.fixture(scope="session")
def island_coast() -> DrawnCoast:
    """An island of the size of Izu Oshima with an error of 500 m."""
    return DrawnCoast([blob(OSHIMA, 4200.0, 6800.0)])


@pytest.fixture(scope="session")
def open_sea() -> DrawnCoast:
    """No land anywhere."""
    return DrawnCoast([])


@pytest.fixture(scope="session")
def profiles() -> dict[str, VehicleProfile]:
    return load_profiles()


@pytest.fixture(scope="session")
def plane(profiles: dict[str, VehicleProfile]) -> VehicleProfile:
    return profiles["survey-plane"]


@pytest.fixture(scope="session")
def sub(profiles: dict[str, VehicleProfile]) -> VehicleProfile:
    return profiles["bluerov2"]


@pytest.fixture(scope="session")
def airport() -> LonLat:
    return LonLat(139.360, 34.782)


@pytest.fixture(scope="session")
def plane_options(plane: VehicleProfile, airport: LonLat) -> Callable[..., PlanOptions]:
    """Options of the default plane at the island's airport."""

    def options(**changes: Any) -> PlanOptions:
        return PlanOptions(
            **({"profile": plane, "base": airport, "base_elevation_m": 38.0} | changes)
        )

    return options


@pytest.fixture(scope="session")
def make_coast() -> Callable[..., DrawnCoast]:
    """A coast of one's own polygons."""
    return DrawnCoast


@pytest.fixture(scope="session")
def make_blob() -> Callable[[LonLat, float, float], Any]:
    return blob

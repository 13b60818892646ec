"""What every rule may look at: one matched scene with coast, ports and zones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely

from geoanalysis.anomalies.risk import reason, score
from geoanalysis.association.imaging import Imaging
from geoanalysis.association.match_scene import SceneMatches, ShoreDistance
from geoanalysis.association.motion import MotionModel
from geoanalysis.version import ALGORITHM_VERSION
from umimori.geodesy import LocalFrame, LonLat
from umimori.ids import derived_id
from umimori.records import (
    AisTrack,
    Anomaly,
    AnomalyKind,
    Detection,
    Match,
    Port,
    Reason,
    Scene,
    Zone,
    ZoneKind,
)

NEAR_PORT_M = 5_000.0
"""Anchorages and lighter grounds of small ports lie within some three nautical miles."""
NEAR_COAST_M = 22_224.0
"""12 nautical miles: the territorial sea (UNCLOS, article 3)."""
CLOSE_COAST_M = 3_000.0
LARGE_VESSEL_M = 40.0
"""About 300 gross tons, where SOLAS V/19.2.4 starts to require AIS on foreign voyages."""
SMALL_CRAFT_M = 25.0
NIGHT_HOURS_LOCAL = (18.0, 6.0)
JAPANESE_MIDS = (431, 432)
"""Maritime identification digits of Japan (ITU, table of MIDs)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneContext:
    """One matched scene and its surroundings; ``imaging`` and ``frame`` are never None here."""

    scene: Scene
    run_id: str
    result: SceneMatches
    imaging: Imaging
    frame: LocalFrame
    detections: Mapping[str, Detection]
    vessels: tuple[tuple[AisTrack, ...], ...]
    models: tuple[MotionModel, ...]
    ports: tuple[Port, ...]
    zones: tuple[Zone, ...]
    shore_distance_m: ShoreDistance | None

    def shore_m(self, position: LonLat) -> float | None:
        """Return the distance to the shoreline; None without a coast."""
        if self.shore_distance_m is None:
            return None
        lon, lat = np.array([position.lon_deg]), np.array([position.lat_deg])
        return float(self.shore_distance_m(lon, lat)[0])

    def nearest_port(self, position: LonLat, *, closed: bool) -> tuple[Port, float] | None:
        """Return the nearest closed (or open) port and its distance; None without one."""
        near = LocalFrame(position)
        choices = [
            (math.hypot(*near.xy(port.position)), port)
            for port in self.ports
            if port.open_port is (not closed)
        ]
        if not choices:
            return None
        distance, port = min(choices, key=lambda pair: (pair[0], pair[1].id))
        return port, distance

    def closed_port_near(self, position: LonLat) -> tuple[Port, float] | None:
        """Return a closed port within ``NEAR_PORT_M`` that no open port is nearer than."""
        found = self.nearest_port(position, closed=True)
        if found is None or found[1] > NEAR_PORT_M:
            return None
        rival = self.nearest_port(position, closed=False)
        return None if rival is not None and rival[1] < found[1] else found

    def watch_zones(self, position: LonLat) -> list[Zone]:
        """Return the watched zones that a position lies in."""
        return [
            zone for zone in self.zones if zone.kind is ZoneKind.WATCH and inside(zone, position)
        ]

    def place_reasons(self, position: LonLat, moment: datetime | None) -> list[Reason]:
        """Return what the place and the hour add to any finding."""
        found: list[Reason] = []
        port = self.closed_port_near(position)
        if port is not None:
            share = 1.0 - port[1] / NEAR_PORT_M
            found.append(
                reason(
                    "closed_port_near", 0.5 + 0.5 * share,
                    port=port[0].name, distance_km=round(port[1] / 1000.0, 1),
                )
            )  # fmt: skip
        found += [reason("watch_zone", 1.0, zone=z.name) for z in self.watch_zones(position)[:1]]
        shore = self.shore_m(position)
        if shore is not None and shore <= NEAR_COAST_M:
            share = 1.0 if shore <= CLOSE_COAST_M else 1.0 - shore / NEAR_COAST_M
            found.append(reason("coast_near", share, distance_km=round(shore / 1000.0, 1)))
        if moment is not None and is_night(moment, position):
            found.append(reason("night", 1.0, hour_local=round(local_hour(moment, position), 1)))
        return found

    def anomaly(
        self,
        kind: AnomalyKind,
        reasons: Sequence[Reason],
        *,
        position: LonLat,
        moment: datetime,
        error_m: float | None = None,
        detections: Sequence[Detection] = (),
        tracks: Sequence[AisTrack] = (),
        key: tuple[object, ...] = (),
    ) -> Anomaly:
        """Return an anomaly of this scene with its derived id and its score."""
        ids = tuple(d.id for d in detections)
        mmsis = tuple(sorted({t.mmsi for t in tracks}))
        return Anomaly(
            id=derived_id("anomaly", kind.value, self.run_id, ids, mmsis, key, ALGORITHM_VERSION),
            kind=kind,
            scene_id=self.scene.id,
            time_utc=moment,
            position=position,
            position_error_m=error_m,
            risk=score(reasons),
            reasons=tuple(sorted(reasons, key=lambda r: (-r.points, r.code))),
            detection_ids=ids,
            mmsis=mmsis,
            algorithm_version=ALGORITHM_VERSION,
            simulated=self.scene.simulated
            or any(d.simulated for d in detections)
            or any(t.simulated for t in tracks),
        )

    def moment_of(self, match: Match) -> datetime:
        """Return when the radar looked there."""
        if match.time_utc is not None:
            return match.time_utc
        if match.position is None:
            return self.imaging.time_utc(0.0, 0.0)
        return self.imaging.time_utc(*self.frame.xy(match.position))


def inside(zone: Zone, position: LonLat) -> bool:
    """Return whether a position lies in a zone (circle or polygon)."""
    if not zone.ring:
        return False
    near = LocalFrame(position)
    if zone.radius_m is not None:
        return math.hypot(*near.xy(zone.ring[0])) <= zone.radius_m
    if len(zone.ring) < 3:
        return False
    x, y = near.to_xy([c.lon_deg for c in zone.ring], [c.lat_deg for c in zone.ring])
    return bool(shapely.contains_xy(shapely.Polygon(np.column_stack([x, y])), 0.0, 0.0))


def local_hour(moment: datetime, position: LonLat) -> float:
    """Return the mean solar hour at a place: UTC plus four minutes per degree of longitude."""
    hours = moment.hour + moment.minute / 60.0 + position.lon_deg / 15.0
    return hours % 24.0


def is_night(moment: datetime, position: LonLat) -> bool:
    """Return whether the mean solar hour is between 18 and 6."""
    hour = local_hour(moment, position)
    return hour >= NIGHT_HOURS_LOCAL[0] or hour < NIGHT_HOURS_LOCAL[1]


def is_foreign(mmsi: int) -> bool:
    """Return whether a ship station number carries other than Japan's digits."""
    first = int(f"{mmsi:09d}"[:3])
    return 201 <= first <= 775 and first not in JAPANESE_MIDS

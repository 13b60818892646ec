"""Seven islets that the default land polygons lack, as small polygons from checked sources.

Positions were compared with a second source each; where two differ the official one is used.
Their extent is that of the rocks as published, drawn as an ellipse of twelve corners.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely

from umimori.geodesy import LocalFrame, LonLat

CORNERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Islet:
    """One rock or reef.

    Args:
        east_west_m: extent from west to east.
        north_south_m: extent from south to north.
        source: where position and extent come from.
    """

    name: str
    name_ja: str
    position: LonLat
    east_west_m: float
    north_south_m: float
    source: str

    def polygon(self) -> shapely.Polygon:
        """Return the outline in lon/lat degrees."""
        angles = [2.0 * math.pi * k / CORNERS for k in range(CORNERS)]
        x_m = [self.east_west_m / 2.0 * math.cos(a) for a in angles]
        y_m = [self.north_south_m / 2.0 * math.sin(a) for a in angles]
        lon_deg, lat_deg = LocalFrame(self.position).to_lonlat(x_m, y_m)
        return shapely.Polygon(list(zip(lon_deg, lat_deg, strict=True)))


ISLETS: tuple[Islet, ...] = (
    Islet(
        name="Bayonnaise Rocks",
        name_ja="ベヨネース列岩",
        position=LonLat(139.91750, 31.88722),
        east_west_m=300.0,
        north_south_m=300.0,
        source="31°53'14\"N 139°55'03\"E, three large rocks and several small ones, 0.01 km2 in "
        "all: Japanese Wikipedia after the GSI map; 31.8877, 139.9173 in a second listing",
    ),
    Islet(
        name="Sumisu-jima",
        name_ja="須美寿島",
        position=LonLat(140.05056, 31.43972),
        east_west_m=150.0,
        north_south_m=300.0,
        source="31°26'23\"N 140°03'02\"E, elongated north to south: Japan Meteorological Agency, "
        "active volcano 324 (own measurement); 31°26.4'N 140°03.0'E, Japan Coast Guard 2024. The "
        "Coast Guard's older list (31°26'13\"N 140°02'49\"E) lies 0.5 km off. Area 0.03 km2",
    ),
    Islet(
        name="Sofu-gan",
        name_ja="孀婦岩",
        position=LonLat(140.34194, 29.79417),
        east_west_m=84.0,
        north_south_m=56.0,
        source="29°47'39\"N 140°20'31\"E, 84 m by 56 m: Spanish and English Wikipedia after the "
        "Japan Meteorological Agency",
    ),
    Islet(
        name="Okinotorishima",
        name_ja="沖ノ鳥島",
        position=LonLat(136.0850, 20.4230),
        east_west_m=4500.0,
        north_south_m=1700.0,
        source="table reef of 4.5 km by 1.7 km that dries at low water: Tokyo Metropolitan "
        "Government (20°25'N 136°04'E); islet at 20°25'31.98\"N 136°04'52.14\"E: Geospatial "
        "Information Authority of Japan; centre of the reef between it and 20°25'21\"N 136°05'24\"E",
    ),
    Islet(
        name="Kusagaki Islands, Kaminoshima",
        name_ja="草垣群島 上ノ島",
        position=LonLat(129.46535, 30.86115),
        east_west_m=480.0,
        north_south_m=420.0,
        source="MLIT N03 (2021), Minamisatsuma; light of 1932 on the island",
    ),
    Islet(
        name="Kusagaki Islands, Shimonoshima",
        name_ja="草垣群島 下ノ島",
        position=LonLat(129.43213, 30.84580),
        east_west_m=600.0,
        north_south_m=750.0,
        source="MLIT N03 (2021), Minamisatsuma; 30.845647, 129.441776 on nihonshima.net lies "
        "among the rocks between the two",
    ),
    Islet(
        name="Taisho-to",
        name_ja="大正島",
        position=LonLat(124.56000, 25.92250),
        east_west_m=350.0,
        north_south_m=200.0,
        source="25°55'21\"N 124°33'36\"E, 0.041 km2: Japanese Wikipedia after the land register "
        "of Ishigaki; 350 m from east to west: Kadokawa Nihon Chimei Daijiten",
    ),
    Islet(
        name="Takeshima, east islet",
        name_ja="竹島 東島(女島)",
        position=LonLat(131.869556, 37.240778),
        east_west_m=300.0,
        north_south_m=310.0,
        source="37°14'26.8\"N 131°52'10.4\"E, 0.073 km2: National Geographic Information "
        "Institute of Korea",
    ),
    Islet(
        name="Takeshima, west islet",
        name_ja="竹島 西島(男島)",
        position=LonLat(131.865167, 37.241833),
        east_west_m=320.0,
        north_south_m=350.0,
        source="37°14'30.6\"N 131°51'54.6\"E, 0.089 km2: National Geographic Information "
        "Institute of Korea",
    ),
)

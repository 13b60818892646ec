"""Plain rasters: sigma nought GeoTIFF, linear or in decibels, and amplitude images."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

from imagery.adapters.raster_bands import open_raster, read_window, reading
from imagery.cfar import BandTile
from imagery.parameters import DetectorParameters, Units
from imagery.product import Product
from imagery.radiometry import Window
from umimori.errors import CorruptFileError, UsageError
from umimori.geodesy import WGS84, LonLat
from umimori.ids import derived_id
from umimori.records.scene import Scene

FloatArray = NDArray[np.float64]

POLARISATIONS = ("VV", "HH", "VH", "HV")
UNKNOWN = "unknown"
MIN_EDGE_PX = 16
AMPLITUDE_FULL_SCALE = {"uint8": 255.0, "uint16": 65535.0}
SPECKLE_BLUR_PX = 2.0
"""Resolution assumed for plain images, in pixels: detected images are sampled twice per cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AffineGeometry:
    """Geometry of a map-projected image: transform (a, b, c, d, e, f) of pixel corners, and CRS."""

    transform: tuple[float, float, float, float, float, float]
    crs: str

    def lonlat(self, rows: ArrayLike, cols: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return longitudes in [-180, 180) and latitudes at pixel centres."""
        a, b, c, d, e, f = self.transform
        col, row = np.asarray(cols, float) + 0.5, np.asarray(rows, float) + 0.5
        lon, lat = _transformer(self.crs).transform(a * col + b * row + c, d * col + e * row + f)
        return (np.asarray(lon, float) + 180.0) % 360.0 - 180.0, np.asarray(lat, float)

    def unwrapped_lonlat(self, rows: ArrayLike, cols: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return longitudes without a step at the antimeridian, and latitudes."""
        lon, lat = self.lonlat(rows, cols)
        first = float(np.ravel(self.lonlat(0.0, 0.0)[0])[0])
        return first + (lon - first + 180.0) % 360.0 - 180.0, lat

    def pixel(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return line and sample of positions."""
        a, b, c, d, e, f = self.transform
        x, y = _transformer(self.crs).transform(
            np.asarray(lon_deg, float), np.asarray(lat_deg, float), direction="INVERSE"
        )
        det = a * e - b * d
        dx, dy = np.asarray(x, float) - c, np.asarray(y, float) - f
        return (a * dy - d * dx) / det - 0.5, (e * dx - b * dy) / det - 0.5


def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(CRS.from_user_input(crs), CRS.from_epsg(4326), always_xy=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTileReader:
    """Windows of a plain raster as linear power."""

    path: str
    bands: tuple[int, ...]
    names: tuple[str, ...]
    units: Units
    full_scale: float
    nodata: float | None

    def read(self, window: Window) -> tuple[BandTile, ...]:
        """Return the bands of a window."""
        return tuple(
            self._band(name, read_window(self.path, window, index))
            for name, index in zip(self.names, self.bands, strict=True)
        )

    def _band(self, name: str, raw: NDArray[Any]) -> BandTile:
        values = raw.astype(np.float32)
        gap = ~np.isfinite(values)
        if self.nodata is not None:
            gap |= values == np.float32(self.nodata)
        if self.units is Units.AMPLITUDE:
            power = np.square((values + np.float32(0.5)) / np.float32(self.full_scale))
        elif self.units is Units.DB:
            power = np.power(np.float32(10.0), np.clip(values, -90.0, 60.0) / np.float32(10.0))
        else:
            gap |= values <= 0
            power = values
        power = np.where(gap, np.float32(np.nan), power).astype(np.float32)
        return BandTile(polarisation=name, power=power, noise=np.zeros_like(power))


def open_image(path: Path, parameters: DetectorParameters) -> Product:
    """Return a plain raster as a product.

    Raises:
        CorruptFileError: unreadable, or with too few pixels.
        UsageError: when the numbers cannot mean what --units says.
    """
    with reading(str(path)), open_raster(str(path)) as dataset:
        height, width, kind = dataset.height, dataset.width, dataset.dtypes[0]
        names = _band_names(dataset.descriptions, dataset.count)
        crs, transform = dataset.crs, tuple(dataset.transform)[:6]
        nodata = None if dataset.nodata is None else float(dataset.nodata)
        simulated = dataset.tags().get("UMIMORI_SIMULATED", "no") == "yes"
    if min(height, width) < MIN_EDGE_PX:
        raise CorruptFileError(
            f"{path.name} has only {width} x {height} pixels.",
            remedy=f"Give an image of at least {MIN_EDGE_PX} x {MIN_EDGE_PX} pixels.",
        )
    units = _units(path, kind, parameters.units, Window(row=0, col=0, height=height, width=width))
    geometry = None if crs is None else AffineGeometry(transform=transform, crs=crs.to_wkt())
    spacing = _spacing(geometry, height, width, parameters.pixel_spacing_m)
    content = _digest(path)
    scene = Scene(
        id=derived_id("scene", path.stem, content),
        name=path.stem,
        platform=UNKNOWN,
        sensor="image",
        product_type=f"image {units.value}",
        polarisations=tuple(names),
        start_utc=None,
        stop_utc=None,
        footprint=_footprint(geometry, height, width),
        width_px=width,
        height_px=height,
        range_spacing_m=spacing,
        azimuth_spacing_m=spacing,
        path=str(path),
        content_sha256=content,
        simulated=simulated,
        credit="",
    )
    reader = ImageTileReader(
        path=str(path),
        bands=tuple(names.values()),
        names=tuple(names),
        units=units,
        full_scale=AMPLITUDE_FULL_SCALE.get(kind, 1.0),
        nodata=nodata,
    )
    blur = SPECKLE_BLUR_PX * spacing if spacing else None
    return Product(
        scene=scene,
        reader=reader,
        geometry=geometry,
        radar=None,
        calibrated=units in {Units.LINEAR, Units.DB},
        resolution_m=(blur, blur) if blur else None,
    )


def _band_names(descriptions: tuple[str | None, ...], count: int) -> dict[str, int]:
    """Return band index by polarisation; without descriptions the first band alone."""
    named = {
        (text or "").upper(): index
        for index, text in enumerate(descriptions[:count], start=1)
        if (text or "").upper() in POLARISATIONS
    }
    return {pol: named[pol] for pol in POLARISATIONS if pol in named} or {UNKNOWN: 1}


def _units(path: Path, kind: str, asked: Units, whole: Window) -> Units:
    if asked is not Units.AUTO:
        return asked
    if kind in AMPLITUDE_FULL_SCALE:
        return Units.AMPLITUDE
    size = min(whole.height, whole.width, 512)
    middle = Window(
        row=(whole.height - size) // 2, col=(whole.width - size) // 2, height=size, width=size
    )
    sample = read_window(str(path), middle)
    sample = sample[np.isfinite(sample)]
    if sample.size == 0:
        raise UsageError(
            f"{path.name}: cannot tell decibels from linear numbers.",
            remedy="Say it with --units db or --units linear.",
        )
    return Units.DB if float(np.median(sample)) < 0 else Units.LINEAR


def _spacing(
    geometry: AffineGeometry | None, height: int, width: int, asked: float | None
) -> float | None:
    if geometry is None:
        return asked
    row, col = height / 2.0, width / 2.0
    lon, lat = geometry.lonlat(np.array([row, row + 1.0]), np.array([col, col]))
    return float(WGS84.inv(lon[0], lat[0], lon[1], lat[1])[2])


def _footprint(geometry: AffineGeometry | None, height: int, width: int) -> tuple[LonLat, ...]:
    if geometry is None:
        return ()
    rows = np.array([0.0, 0.0, height - 1.0, height - 1.0])
    lon, lat = geometry.lonlat(rows, np.array([0.0, width - 1.0, width - 1.0, 0.0]))
    return tuple(LonLat(float(x), float(y)) for x, y in zip(lon, lat, strict=True))


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

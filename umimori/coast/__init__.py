"""Where land is: polygons, masks and distances, with the error that they are known to have."""

from umimori.coast.coast import Coast
from umimori.coast.loading import load_coast
from umimori.coast.raster import MaskGrid, SceneCoast

__all__ = ["Coast", "MaskGrid", "SceneCoast", "load_coast"]

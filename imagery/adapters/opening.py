"""Which reader a path needs."""

from __future__ import annotations

from pathlib import Path

from imagery.adapters.plain_image import open_image
from imagery.adapters.safe_product import open_safe
from imagery.parameters import DetectorParameters
from imagery.product import Product
from umimori.errors import NotAProductError

IMAGE_SUFFIXES = {".tif", ".tiff", ".jpg", ".jpeg", ".png", ".jp2"}


def open_product(path: Path, parameters: DetectorParameters) -> Product:
    """Return a scene from a SAFE folder, its zip, or a plain image.

    Raises:
        NotAProductError: when the path is none of these.
    """
    if not path.exists():
        raise NotAProductError(
            f"{path} does not exist.", remedy="Give a .SAFE folder, its zip, or an image file."
        )
    if path.is_dir() or path.suffix.lower() == ".zip":
        return open_safe(path)
    if path.name == "manifest.safe":
        return open_safe(path.parent)
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return open_image(path, parameters)
    raise NotAProductError(
        f"{path.name} is no product that can be read.",
        remedy="Give a Sentinel-1 .SAFE folder, its zip, or a TIFF, JPEG or PNG image.",
    )

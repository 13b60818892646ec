"""Calibration and noise tables of a Sentinel-1 product, old and new processors."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np

from imagery.adapters.xml_tree import XmlTree
from imagery.radiometry import AzimuthNoise, Lut, LutLine, NoiseModel


def read_calibration(tree: XmlTree) -> Lut:
    """Return the sigma nought table."""
    vectors = tree.all("calibrationVectorList/calibrationVector")
    lut = Lut(lines=_sorted(tuple(_vector(tree, item, "sigmaNought") for item in vectors)))
    if min(float(line.values.min()) for line in lut.lines) <= 0:
        raise tree.bad("<sigmaNought> holds a value that is not above zero")
    return lut


def read_noise(tree: XmlTree) -> NoiseModel:
    """Return the noise model: range x azimuth blocks (IPF >= 2.9), else the single old table."""
    ranges = tree.root.findall("noiseRangeVectorList/noiseRangeVector")
    tag = "noiseRangeLut"
    if not ranges:
        ranges, tag = tree.all("noiseVectorList/noiseVector"), "noiseLut"
    lut = Lut(lines=_sorted(tuple(_vector(tree, item, tag) for item in ranges)))
    if min(float(line.values.min()) for line in lut.lines) < 0:
        raise tree.bad(f"<{tag}> holds a negative value")
    blocks = tree.root.findall("noiseAzimuthVectorList/noiseAzimuthVector")
    return NoiseModel(range_lut=lut, azimuth=tuple(_azimuth(tree, item) for item in blocks))


def _vector(tree: XmlTree, item: Element, tag: str) -> LutLine:
    samples, values = tree.numbers("pixel", item), tree.numbers(tag, item)
    if samples.size != values.size or samples.size < 2 or (np.diff(samples) <= 0).any():
        raise tree.bad(f"<pixel> and <{tag}> do not belong together")
    # Vectors may begin before the first line of a slice, hence no lower limit of 0.
    return LutLine(line=int(tree.number("line", item)), samples=samples, values=values)


def _azimuth(tree: XmlTree, item: Element) -> AzimuthNoise:
    lines, values = tree.numbers("line", item), tree.numbers("noiseAzimuthLut", item)
    if lines.size != values.size or (np.diff(lines) <= 0).any() or (values < 0).any():
        raise tree.bad("<line> and <noiseAzimuthLut> do not belong together")
    return AzimuthNoise(
        first_line=int(tree.number("firstAzimuthLine", item)),
        last_line=int(tree.number("lastAzimuthLine", item)),
        first_sample=int(tree.number("firstRangeSample", item)),
        last_sample=int(tree.number("lastRangeSample", item)),
        lines=lines,
        values=values,
    )


def _sorted(lines: tuple[LutLine, ...]) -> tuple[LutLine, ...]:
    """Return one vector per line in rising order (slices repeat a line at a seam)."""
    by_line = {entry.line: entry for entry in lines}
    return tuple(by_line[line] for line in sorted(by_line))

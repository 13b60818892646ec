"""Edges of angles, boxes and ids."""

from datetime import UTC, datetime

import pytest

from umimori.geodesy import BBox, LonLat, wrap_course
from umimori.ids import derived_id


@pytest.mark.parametrize("box", [BBox(170, 30, -180, 40), BBox(180, 30, -170, 40)])
def test_a_box_that_ends_at_the_antimeridian_has_one_part(box: BBox) -> None:
    (part,) = box.parts()
    assert not part.crosses_antimeridian
    assert part.east_deg - part.west_deg == 10


def test_a_box_across_has_two_parts() -> None:
    assert [p.east_deg - p.west_deg for p in BBox(179, 30, -178, 31).parts()] == [1, 2]


@pytest.mark.parametrize("course", [-1e-15, 360.0, -360.0, 720.0, 359.999])
def test_courses_stay_below_a_full_turn(course: float) -> None:
    assert 0.0 <= wrap_course(course) < 360.0


def test_ids_come_from_what_lasts() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert derived_id("x", moment, LonLat(1, 2)) == derived_id("x", moment, LonLat(1, 2))
    assert derived_id("x", LonLat(1, 2)) != derived_id("x", LonLat(2, 1))
    with pytest.raises(TypeError, match="object"):
        derived_id("x", object())
    with pytest.raises(ValueError, match="JSON"):
        derived_id("x", float("nan"))

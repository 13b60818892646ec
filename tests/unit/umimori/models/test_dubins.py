"""Dubins paths end where they should, never turn tighter, and are never shorter than straight."""

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from umimori.models.dubins import Pose, paths_by_length, shortest_path

poses = st.builds(
    Pose,
    st.floats(-2000, 2000),
    st.floats(-2000, 2000),
    st.floats(0, 2 * math.pi),
)
radii = st.floats(20, 300)


@given(poses, poses, radii)
def test_every_word_ends_in_the_wanted_pose(a: Pose, b: Pose, radius: float) -> None:
    for path in paths_by_length(a, b, radius):
        end = path.sample(10.0)[-1]
        assert math.hypot(end.x_m - b.x_m, end.y_m - b.y_m) < 1e-4 * radius
        assert abs(math.sin((end.angle_rad - b.angle_rad) / 2.0)) < 1e-5


@given(poses, poses, radii)
def test_the_sampled_length_is_the_stated_length_and_at_least_the_straight_one(
    a: Pose, b: Pose, radius: float
) -> None:
    path = shortest_path(a, b, radius)
    samples = path.sample(1.0)
    chords = sum(math.hypot(q.x_m - p.x_m, q.y_m - p.y_m) for p, q in itertools.pairwise(samples))
    assert chords <= path.length_m + 1e-6
    assert chords >= path.length_m * 0.999 - 1.0
    assert path.length_m >= math.hypot(b.x_m - a.x_m, b.y_m - a.y_m) - 1e-6


@given(poses, poses, radii)
def test_the_heading_never_turns_faster_than_the_radius_allows(
    a: Pose, b: Pose, radius: float
) -> None:
    samples = shortest_path(a, b, radius).sample(5.0)
    for p, q in itertools.pairwise(samples):
        step = math.hypot(q.x_m - p.x_m, q.y_m - p.y_m)
        turn = abs(
            math.atan2(math.sin(q.angle_rad - p.angle_rad), math.cos(q.angle_rad - p.angle_rad))
        )
        # a chord of a circle: 2 r sin(turn / 2)
        assert 2.0 * radius * math.sin(turn / 2.0) <= step + 1e-6


def test_a_half_circle_to_the_left_is_exact() -> None:
    path = shortest_path(Pose(0, 0, 0), Pose(0, 200, math.pi), 100.0)
    assert abs(path.length_m - math.pi * 100.0) < 1e-6
    corners = path.corners()
    assert [(round(x), round(y)) for x, y in corners] == [(100, 0), (100, 200)]

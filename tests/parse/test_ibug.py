"""iBUG's landmarks as points of the face mesh: which they are, and which are each other's mirror image."""

import numpy as np

from scoreface.parse.ibug import POINTS, as_ibug

# iBUG's own pairs, right and left; the other landmarks lie on the middle line.
_MIDDLE = {8, 27, 28, 29, 30, 33, 51, 57, 62, 66}
_PAIRS = [
    *((right, 16 - right) for right in range(8)),
    *((right, 43 - right) for right in range(17, 22)),
    *((31, 35), (32, 34)),
    *((36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)),
    *((48, 54), (49, 53), (50, 52), (58, 56), (59, 55)),
    *((60, 64), (61, 63), (67, 65)),
]
# The mesh's points that lie at each other's mirror image, as its drawing shows them; those on the middle line.
_MESH_PAIRS = """
127:356 234:454 93:323 132:361 58:288 172:397 136:365 150:379 149:378 148:377
46:276 70:300 53:283 63:293 52:282 105:334 65:295 66:296 55:285 107:336
75:305 97:326 33:263 160:387 158:385 133:362 153:380 144:373
61:291 39:269 37:267 91:321 84:314 78:308 82:312 87:317
"""
_MESH_MIDDLE = {152, 168, 197, 195, 5, 4, 2, 0, 17, 13, 14}


def test_each_landmark_is_one_of_the_meshs_points_or_between_two() -> None:
    assert len(POINTS) == 68
    assert {len(which) for which in POINTS} == {1, 2}
    numbers = [number for which in POINTS for number in which]
    assert min(numbers) >= 0
    assert max(numbers) < 468
    assert len(set(numbers)) == len(numbers)


def test_the_mirror_image_of_a_landmark_is_its_partner() -> None:
    pairs = dict(tuple(map(int, pair.split(":"))) for pair in _MESH_PAIRS.split())
    mirrored = {**pairs, **{left: right for right, left in pairs.items()}}
    mirrored |= {point: point for point in _MESH_MIDDLE}
    partner = {**dict(_PAIRS), **{left: right for right, left in _PAIRS}}
    partner |= {landmark: landmark for landmark in _MIDDLE}
    assert sorted(partner) == list(range(68))
    for landmark, which in enumerate(POINTS):
        assert {mirrored[point] for point in which} == set(POINTS[partner[landmark]]), landmark


def test_a_landmark_between_two_points_is_their_middle() -> None:
    numbers = np.arange(468.0)
    landmarks = as_ibug(np.stack([numbers, -numbers, 2 * numbers], 1))
    assert landmarks.shape == (68, 3)
    # Chin, tip of the nose, outer corners of the eyes and corners of the mouth.
    assert landmarks[[8, 30, 36, 45, 48, 54], 0].tolist() == [152, 4, 33, 263, 61, 291]
    assert landmarks[17].tolist() == [58, -58, 116]

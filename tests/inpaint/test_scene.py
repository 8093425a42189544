"""What a scene refuses."""

from dataclasses import replace

import pytest

from scoreface.base.errors import InputError
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.views import View


@pytest.mark.parametrize("distance", [1000.0, float("inf")])
def test_a_view_that_does_not_show_the_head_is_refused(scene, distance):
    away = replace(scene, camera=PerspectiveCamera(distance, 60.0))
    with pytest.raises(InputError, match=r"camera\.distance: at .* no pixel shows the head"):
        away.maps(View(0, 40), 16)

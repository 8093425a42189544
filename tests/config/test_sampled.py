"""Faces that are drawn in place of photos, as the configuration has them."""

from pathlib import Path

import pytest

from scoreface import stages
from scoreface.base.settings import read
from scoreface.config.ids import is_fit_id
from scoreface.config.sampled import SampledSettings
from scoreface.config.schema import checked_config, load_schema, schema_problems
from scoreface.score.sampler import SAMPLERS


def settings(**changes: object) -> SampledSettings:
    return read(SampledSettings, checked_config([], {"sampled": changes}))


@pytest.mark.parametrize(
    ("number", "spare", "pictures"), [(4, 0.5, 6), (1, 0.5, 2), (3, 0, 3), (5, 2, 15)]
)
def test_spare_pictures_are_a_share_of_the_faces(number: int, spare: float, pictures: int) -> None:
    drawn = settings(number=number, spare=spare, noise_levels=10, sampler="pc")
    assert drawn.pictures == pictures
    assert drawn.evaluations == pictures * 20


def test_the_list_is_of_ids_that_stay_when_there_are_more() -> None:
    few, more = (settings(number=number).faces(Path("out")) for number in (2, 5))
    assert [face.id for face in few] == ["sample_0000", "sample_0001"]
    assert few[1].image == "out/sampled/photos/sample_0001.png"
    assert more[:2] == few


def test_no_photo_of_ones_own_has_the_name_of_their_folder() -> None:
    assert not is_fit_id("sampled")


def test_the_schema_has_the_samplers() -> None:
    sampler = load_schema()["properties"]["sampled"]["properties"]["sampler"]
    assert set(sampler["enum"]) == set(SAMPLERS)


def test_images_is_a_path_or_the_word() -> None:
    for value, right in (("sampled", True), ("sampled/{id}.png", True), ("sample", False)):
        config = {**checked_config([]), "images": value}
        assert (schema_problems(config) == []) is right, value


def test_heads_of_another_fitter_have_no_drawn_photos() -> None:
    config = checked_config([], {"images": "sampled"})
    assert stages.settings_problems(config) == []
    config["fit"]["engine"] = "external"
    (problem,) = stages.settings_problems(config)
    assert problem.startswith("images: sampled draws photos of which fit.engine: external")

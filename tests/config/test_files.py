"""Configuration files, laid one over the other."""

from pathlib import Path

import pytest
import yaml

from scoreface.base.errors import InputError
from scoreface.config.files import DEFAULTS, read_config, with_defaults


def write(folder: Path, *texts: str) -> list[Path]:
    paths = [folder / f"{number}.yaml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths


def test_without_files_the_configuration_is_config_yaml(repository: Path) -> None:
    assert repository / "config.yaml" == DEFAULTS.resolve()
    assert read_config([]) == yaml.safe_load(DEFAULTS.read_text())


def test_later_files_go_over_earlier_ones_key_by_key(tmp_path: Path) -> None:
    plain = read_config([])
    config = read_config(
        write(
            tmp_path,
            "inpaint: {face_size: 8, image: {predictor: false}}\nviews: {azimuths: [1]}",
            "inpaint: {precision: fp32, face_size: 16}\nseed: 7",
        )
    )
    expected = {
        **plain,
        "seed": 7,
        "inpaint": {
            **plain["inpaint"],
            "face_size": 16,
            "precision": "fp32",
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


def bomb(levels: int) -> str:
    """YAML of a few lines whose aliases stand for 9 ** levels values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (bomb(9), "more than 10000 values"),
        ("fit: &a\n  weights: *a", "more than 10000 values or 20 levels"),
        ("a: " + "[" * 50 + "]" * 50, "more than 10000 values or 20 levels"),
        ("a: " + "[" * 30_000, "no readable configuration"),
        ("seed: " + "9" * 5000, "no readable configuration"),
        ("# " + "x" * 1_000_000, "larger than a megabyte"),
    ],
)
def test_a_file_without_end_is_named_at_once(tmp_path: Path, text: str, says: str) -> None:
    (path,) = write(tmp_path, text)
    with pytest.raises(InputError, match=says) as caught:
        read_config([path])
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("path", ["/dev/zero", "a\0b", "z" * 5000])
def test_what_is_no_file_is_no_configuration(path: str) -> None:
    with pytest.raises(InputError, match=r"no configuration|no readable configuration"):
        read_config([Path(path)])


def test_what_snakemake_has_read_goes_over_the_defaults() -> None:
    own = {"seed": 5, "inpaint": {"snr": 0.2}}
    config = with_defaults(own)
    assert config["seed"] == 5
    assert config["inpaint"] == {**read_config([])["inpaint"], "snr": 0.2}
    shared: list = []
    shared.append(shared)
    with pytest.raises(InputError, match="config: more than 10000 values"):
        with_defaults({"a": shared})

"""The chain of stages: what is taken from an earlier run, and what is not."""

from scoreface.benchmark.chain import chain_keys
from scoreface.config.schema import checked_config


def test_settings_of_a_stage_touch_it_and_those_behind_it_only():
    config = checked_config([])
    keys = chain_keys(config)
    config["project"]["min_cosine"] = 0.3
    lifted = chain_keys(config)
    assert _differ(lifted, keys) == {"project"}
    config["fit"]["max_error"] = 0.2
    assert _differ(chain_keys(config), lifted) == {"fit", "project"}
    config["fit"]["second_tries"] = False
    assert _differ(chain_keys(config), lifted) == {"detect", "parse", "fit", "project"}


def test_another_parser_finds_the_same_face(tmp_path):
    config = checked_config([])
    keys = chain_keys(config)
    config["parse"]["engine"] = "none"
    without = chain_keys(config)
    assert _differ(without, keys) == {"parse", "fit", "project"}
    # What the engine does not read is no matter.
    config["parse"]["onnx"]["model"] = "other.onnx"
    assert chain_keys(config) == without
    # Of a model its content counts.
    config["parse"] |= {"engine": "onnx", "onnx": {"model": str(tmp_path / "a.onnx")}}
    (tmp_path / "a.onnx").write_bytes(b"one")
    (tmp_path / "b.onnx").write_bytes(b"two")
    one = chain_keys(config)
    config["parse"]["onnx"]["model"] = str(tmp_path / "b.onnx")
    assert _differ(chain_keys(config), one) == {"parse", "fit", "project"}


def test_another_photo_or_label_picture_is_not_taken_for_the_one_before(tmp_path):
    config = checked_config([])
    photo, picture = tmp_path / "photo.png", tmp_path / "labels.png"
    files = {"detect": [photo], "parse": [picture]}
    photo.write_bytes(b"a")
    picture.write_bytes(b"b")
    keys = chain_keys(config, files)
    picture.write_bytes(b"c")
    assert _differ(chain_keys(config, files), keys) == {"parse", "fit", "project"}
    photo.write_bytes(b"d")
    assert _differ(chain_keys(config, files), keys) == set(keys)


def _differ(some, others):
    """The stages whose keys are not the same."""
    return {name for name in some if some[name] != others[name]}

"""Folders of diffusers, here and on the hub: where the network is, its noise levels, what is not all there."""

import json
import re
import shutil

import huggingface_hub
import pytest
import torch
from diffusers import EDMEulerScheduler
from safetensors.torch import load_file, save_file

from scoreface.base.errors import InputError
from scoreface.score.architectures import FFHQ_256, FFHQ_1024
from scoreface.score.folder import cached_hub_folder, commit_of, hub_folder, read_folder
from scoreface.score.model import load_score_model

CPU = torch.device("cpu")
WEIGHTS = "diffusion_pytorch_model.safetensors"
PICKLED = "diffusion_pytorch_model.bin"
NAME = "google/ncsnpp-ffhq-256"


def scheduler(folder):
    return folder / "scheduler" / "scheduler_config.json"


def test_a_network_is_found_in_the_folder_or_in_unet(small_folder, as_pipeline):
    for place in (small_folder, small_folder / "unet"):
        found = read_folder(small_folder)
        assert (found.place, found.weights) == (place, place / WEIGHTS)
        assert (found.image_size, found.sigma_min, found.sigma_max) == (32, 0.01, 348.0)
        assert found.sigma_data is None
        if place == small_folder:
            as_pipeline(small_folder)


def test_noise_levels_come_from_the_scheduler(small_folder, edit_config):
    edit_config(scheduler(small_folder), sigma_max=50, sigma_min=0.02)
    model = load_score_model(small_folder, CPU)
    assert (model.sigma_min, model.sigma_max) == (0.02, 50.0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "sigma_max nan"),
        ("[]", "no scheduler configuration"),
        ('{"sigma_max": "high"}', "no scheduler configuration"),
        ('{"sigma_max": 0.001}', "no range of noise levels"),
        ('{"sigma_max": Infinity}', "no range of noise levels"),
        ('{"sigma_max": 9, "_class_name": "EDM"}', "no scheduler configuration"),
        ('{"sigma_max": 9, "_class_name": "EDM", "sigma_data": 0}', "no root mean square"),
    ],
)
def test_noise_levels_that_make_no_sense_are_refused(content, message, small_folder):
    if content is None:
        scheduler(small_folder).unlink()
    else:
        scheduler(small_folder).write_text(content)
    with pytest.raises(InputError, match=rf"scheduler_config\.json: .*{message}"):
        read_folder(small_folder)


@pytest.mark.parametrize(("network", "sigma_max"), [(FFHQ_256, 348.0), (FFHQ_1024, 1348.0)])
def test_noise_levels_of_the_published_networks_are_known(network, sigma_max, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(network.arguments()))
    save_file({"conv_in.bias": torch.zeros(4)}, tmp_path / WEIGHTS)
    found = read_folder(tmp_path)
    assert (found.sigma_min, found.sigma_max, found.sigma_data) == (0.01, sigma_max, None)


def test_plain_blocks_need_what_the_training_knew(demo_folder):
    written = json.loads(scheduler(demo_folder).read_text())
    assert read_folder(demo_folder).sigma_data == written["sigma_data"]
    # diffusers' own reading is the oracle of the file's meaning.
    levels = EDMEulerScheduler.from_pretrained(demo_folder, subfolder="scheduler").config
    assert read_folder(demo_folder).sigma_max == levels["sigma_max"]
    scheduler(demo_folder).write_text(json.dumps({**written, "_class_name": "ScoreSdeVeScheduler"}))
    with pytest.raises(
        InputError, match=r"demo: a network of plain blocks .*json names no sigma_data;"
    ):
        read_folder(demo_folder)


@pytest.mark.parametrize("change", [-5, 5])
def test_the_length_of_the_weights_is_that_of_their_header(change, small_folder):
    content = (small_folder / WEIGHTS).read_bytes()
    (small_folder / WEIGHTS).write_bytes(content[:change] if change < 0 else content + bytes(5))
    says = f"{len(content) + change} bytes instead of {len(content)}: cut short or damaged"
    with pytest.raises(InputError, match=rf"{WEIGHTS}: {says}"):
        read_folder(small_folder)


@pytest.mark.parametrize("kind", ["safetensors", "bin"])
def test_a_hub_name_is_fetched_in_the_format_that_it_has(
    kind, small_folder, small_unet, as_pipeline, monkeypatch
):
    as_pipeline(small_folder)
    place, asked = small_folder / "unet", []
    state = load_file(place / WEIGHTS)
    (place / WEIGHTS).unlink()

    def download(name, revision, allow_patterns, local_files_only):
        assert not local_files_only
        asked.append((name, revision, tuple(allow_patterns)))
        if f"*.{kind}" in allow_patterns and kind == "bin":
            torch.save(state, place / PICKLED)
        elif f"*.{kind}" in allow_patterns:
            save_file(state, place / WEIGHTS)
        return str(small_folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    model = load_score_model(NAME, CPU)
    formats = ["safetensors"] if kind == "safetensors" else ["safetensors", "bin"]
    assert asked == [(NAME, None, ("*.json", f"*.{ending}")) for ending in formats]
    x, sigma = torch.rand(2, 3, 32, 32), torch.tensor([0.2, 30.0])
    assert torch.equal(model.score(x, sigma), small_unet(x, sigma).sample)


@pytest.mark.parametrize("revision", ["v1.0", "refs/pr/3", "0123abc"])
def test_a_revision_is_asked_for(revision, small_folder, monkeypatch):
    asked = []

    def download(name, revision, allow_patterns, local_files_only):
        asked.append((name, revision))
        return str(small_folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    load_score_model(f"{NAME}@{revision}", CPU)
    assert asked == [(NAME, revision)]


def test_both_formats_are_looked_for_in_one_commit(small_folder, monkeypatch, tmp_path):
    """The branch moves between the two questions."""
    copy, asked = tmp_path / "snapshots" / ("a" * 40), []
    (small_folder / WEIGHTS).unlink()
    shutil.copytree(small_folder, copy)

    def download(name, revision, allow_patterns, local_files_only):
        asked.append(revision)
        return str(copy)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    hub_folder(NAME, "main")
    assert asked == ["main", "a" * 40]


def test_without_network_the_cache_will_do(small_folder, on_hub):
    copy = on_hub(NAME, small_folder)
    commit = "0" * 40
    for revision in (None, "main", commit):
        assert hub_folder(NAME, revision) == cached_hub_folder(NAME, revision) == copy
        assert commit_of(copy) == commit
    assert cached_hub_folder(NAME, "v2") is None
    assert commit_of(small_folder) == ""


def test_without_network_the_message_says_what_to_do(on_hub):
    with pytest.raises(InputError, match=rf"^{NAME}: no such folder here.*hf download {NAME} --lo"):
        load_score_model(NAME, CPU)
    advice = rf"^{NAME}@v2: no such folder here.*hf download {NAME} --revision v2 --local-dir"
    with pytest.raises(InputError, match=advice):
        load_score_model(f"{NAME}@v2", CPU)


@pytest.mark.parametrize("missing", ["config.json", WEIGHTS, "scheduler/scheduler_config.json"])
def test_what_is_not_all_in_the_cache_has_yet_to_be_fetched(missing, small_folder, on_hub):
    (small_folder / missing).unlink()
    on_hub(NAME, small_folder)
    assert cached_hub_folder(NAME) is None


@pytest.mark.parametrize("read", [hub_folder, cached_hub_folder])
def test_a_name_that_no_repository_can_have_is_refused(read, on_hub):
    with pytest.raises(InputError, match=re.escape("a--b/c: no such folder here, and no repo")):
        read("a--b/c")

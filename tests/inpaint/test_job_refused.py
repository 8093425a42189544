"""What a view job cannot work with, by its command as a rule calls it: the key is named, and nothing written."""

import json

import numpy as np
import pytest
import torch

from scoreface import cli
from scoreface.score import gpu, model
from scoreface.score.gaussian import GaussianScore

from .jobs import FACE, LEVELS, SETTINGS, command, content, outputs


def test_a_gpu_that_is_claimed_and_missing_is_named(inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(
        SystemExit, match=r"error: inpaint\.gpu: 1 claims a GPU, but torch sees none"
    ):
        cli.main(command(inputs, tmp_path, gpu=1))
    assert not outputs(tmp_path)[0].exists()
    cli.main(command(inputs, tmp_path, gpu=0))


@pytest.mark.parametrize("key", ["snr", "correction_threshold"])
def test_a_setting_that_is_no_number_is_named(key, inputs, tmp_path):
    settings = {**SETTINGS, "inpaint": {**SETTINGS["inpaint"], key: float("nan")}}
    with pytest.raises(SystemExit, match=rf"error: inpaint\.{key}: nan is no number"):
        cli.main(command(inputs, tmp_path, settings=json.dumps(settings)))
    assert not (tmp_path / "inpaint").exists()


def test_a_small_texture_that_views_cannot_fill_is_named(inputs, tmp_path):
    settings = {**SETTINGS, "texture": {**SETTINGS["texture"], "small": 2 * FACE}}
    with pytest.raises(
        SystemExit, match=r"error: texture\.small: 32 is more than inpaint\.face_size"
    ):
        cli.main(command(inputs, tmp_path, settings=json.dumps(settings)))


def test_several_completions_take_the_joint_pipeline(inputs, tmp_path):
    settings = {**SETTINGS, "inpaint": {**SETTINGS["inpaint"], "samples": 2}}
    with pytest.raises(
        SystemExit, match=r"error: inpaint\.samples: 2, but only the joint pipeline"
    ):
        cli.main(command(inputs, tmp_path, settings=json.dumps(settings)))
    assert not (tmp_path / "inpaint").exists()


def on_gpu():
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nMore of it.")


def in_cublas():
    raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`")


@pytest.mark.parametrize(
    ("device", "exhaust", "advice"),
    [
        (
            "cuda",
            on_gpu,
            "lower inpaint.batch, set inpaint.gpu: 1 so that jobs take turns, or inpaint.gpu: 0",
        ),
        ("cuda", in_cublas, "set inpaint.gpu: 1"),
        ("cpu", lambda: torch.empty(1 << 55), "or run fewer jobs at once (snakemake -j1)"),
        ("cpu", lambda: np.empty(1 << 60, np.uint8), "or run fewer jobs at once"),
    ],
)
def test_too_little_memory_names_the_key_to_lower(
    inputs, undisturbed, tmp_path, monkeypatch, device, exhaust, advice
):
    class Greedy(GaussianScore):
        calls = 0

        def score(self, x, sigma):
            Greedy.calls += 1
            if (
                Greedy.calls == 3 * LEVELS
            ):  # two evaluations a level: in the middle of the second view
                exhaust()
            return super().score(x, sigma)

    load = model.load_score_model
    with monkeypatch.context() as patch:
        patch.setattr(gpu, "claimed_device", lambda claim: torch.device(device))
        patch.setattr(
            model,
            "load_score_model",
            lambda path, _: Greedy(**vars(load(path, torch.device("cpu")))),
        )
        with pytest.raises(SystemExit) as caught:
            cli.main(command(inputs, tmp_path))
    message = str(caught.value.code)
    assert message.startswith(f"error: inpaint.face_size: {device} has too little memory for views")
    assert f"of {FACE} pixels (" in message
    assert "lower inpaint.face_size" in message
    assert advice in message
    assert "\n" not in message
    # With memory enough it takes up where it was.
    cli.main(command(inputs, tmp_path))
    assert content(tmp_path) == undisturbed


def test_another_error_is_not_taken_for_one_of_memory(inputs, tmp_path, monkeypatch):
    def broken(path, device):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(model, "load_score_model", broken)
    with pytest.raises(RuntimeError, match="mat1"):
        cli.main(command(inputs, tmp_path))

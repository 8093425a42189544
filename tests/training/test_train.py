"""Training: what it learns, against exact scores, and that a cut changes nothing."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.score.model import load_score_model
from scoreface.training.data import Draw, FolderImages
from scoreface.training.settings import Settings
from scoreface.training.statistics import largest_distance
from scoreface.training.train import Rhythm, train

SETTINGS = Settings("tests", 8, 0, (32, 32), 1, 0.05, 0.0, 16, 2e-3, 10, "float32", 0)


class TwoPictures:
    """Data of two pictures, whose noised density is a mixture of two Gaussians.

    Each is its own mirror image, because the training mirrors half of what it draws.
    """

    contents = "two"

    def __init__(self):
        half = np.random.default_rng(0).integers(256, size=(2, 3, 8, 4)).astype(np.uint8)
        self.images = np.concatenate([half, half[..., ::-1]], -1)

    def sample(self):
        return self.images

    def batch(self, step):
        draw = Draw.of(SETTINGS, step, len(self.images))
        return draw.batch(self.images[draw.chosen])

    def score(self, x, sigma):
        """The exact score at x (B, 3, 8, 8): the mean over the pictures, weighted by how likely each is."""
        pictures = torch.from_numpy(self.images / np.float32(255))
        away = pictures[None] - x[:, None]
        weights = (-away.square().sum((2, 3, 4)) / (2 * sigma**2)).softmax(1)
        return (weights[:, :, None, None, None] * away).sum(1) / sigma**2


def run(folder, steps, settings=SETTINGS, data=None):
    rhythm = Rhythm(steps, 3, steps + 1, False)
    train(settings, data or TwoPictures(), folder, rhythm, torch.device("cpu"))
    return torch.load(folder / "checkpoint.pt", weights_only=True)


@pytest.fixture
def pictures(tmp_path):
    """A folder of pictures, and the settings of a run on them."""
    folder = tmp_path / "pictures"
    rng = np.random.default_rng(0)
    for name in "abcde":
        write_image(folder / f"{name}.png", rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
    return folder, replace(SETTINGS, data=str(folder), batch=2)


def test_a_cut_run_ends_with_the_same_weights(tmp_path):
    torch.set_num_threads(1)
    whole = run(tmp_path / "whole", 7)
    run(tmp_path / "cut", 3)
    assert_same(run(tmp_path / "cut", 7), whole)


def test_a_cut_run_on_a_folder_ends_with_the_same_weights(tmp_path, pictures, capsys):
    torch.set_num_threads(1)
    _, settings = pictures
    with FolderImages(settings, 1) as data:
        whole = run(tmp_path / "whole", 7, settings, data)
    for steps in (3, 7):
        with FolderImages(settings, 3) as data:
            cut = run(tmp_path / "cut", steps, settings, data)
    assert_same(cut, whole)
    assert "images were others" not in capsys.readouterr().err


def test_other_pictures_than_before_are_said(tmp_path, pictures, capsys):
    folder, settings = pictures
    with FolderImages(settings, 1) as data:
        run(tmp_path / "run", 1, settings, data)
    (folder / "c.png").unlink()
    with FolderImages(settings, 1) as data:
        run(tmp_path / "run", 2, settings, data)
    said = capsys.readouterr().err
    assert "checkpoint.pt: its images were others (5 pictures, " in said
    assert "now 4 pictures, " in said


def test_pictures_that_are_all_the_same_are_named(tmp_path):
    for name in "ab":
        write_image(tmp_path / f"{name}.png", np.full((8, 8, 3), 90, np.uint8))
    settings = replace(SETTINGS, data=str(tmp_path))
    with FolderImages(settings, 1) as data, pytest.raises(InputError, match="are all the same"):
        run(tmp_path / "run", 1, settings, data)


def test_black_pictures_are_named(tmp_path):
    write_image(tmp_path / "a.png", np.zeros((8, 8, 3), np.uint8))
    settings = replace(SETTINGS, data=str(tmp_path), sigma_max=9.0)
    with FolderImages(settings, 1) as data, pytest.raises(InputError, match="are black"):
        run(tmp_path / "run", 1, settings, data)


def test_a_model_that_got_lost_in_a_kill_is_written_again(tmp_path):
    run(tmp_path, 3)
    weights = tmp_path / "model" / "diffusion_pytorch_model.safetensors"
    content = weights.read_bytes()
    # What a kill leaves between the two renames: both folders under a hidden name.
    (tmp_path / "model").rename(tmp_path / ".model.killed")
    run(tmp_path, 3)
    assert weights.read_bytes() == content


def assert_same(cut, whole):
    assert cut["step"] == whole["step"] == 7
    for name, weight in whole["network"].items():
        assert torch.equal(weight, cut["network"][name]), name
    for one, other in zip(whole["average"], cut["average"], strict=True):
        assert torch.equal(one, other)


@pytest.mark.heavy
def test_the_score_learnt_comes_near_the_exact_one(tmp_path):
    run(tmp_path, 250)
    model = load_score_model(tmp_path / "model", torch.device("cpu"))
    data = TwoPictures()
    clean = torch.from_numpy(data.images / np.float32(255)).repeat(16, 1, 1, 1)
    for sigma in (0.1, 0.5, 2.0):
        x = clean + sigma * torch.randn(clean.shape, generator=torch.Generator().manual_seed(1))
        exact = data.score(x, sigma)
        error = (model.score(x, torch.full((len(x),), sigma)) - exact).square().mean()
        # A network that knows nothing has 1 here.
        assert error / exact.square().mean() < 0.1, sigma


def test_what_is_written_is_a_score_model_of_the_averaged_weights(tmp_path):
    content = run(tmp_path, 3)
    model = load_score_model(tmp_path / "model", torch.device("cpu"))
    assert model.image_size == 8
    pictures = TwoPictures().images
    assert (model.sigma_min, model.sigma_max) == (0.05, largest_distance(pictures))
    assert model.sigma_data == pytest.approx(((pictures / 255) ** 2).mean() ** 0.5, abs=1e-3)
    for loaded, average in zip(model.unet.parameters(), content["average"], strict=True):
        assert loaded.dtype == torch.float32
        assert torch.equal(loaded, average.half().float())


def test_a_run_begins_with_the_weights_of_another(tmp_path):
    run(tmp_path / "first", 5)
    first = load_score_model(tmp_path / "first" / "model", torch.device("cpu"))
    # A learning rate of nearly nothing leaves them as they were.
    still = replace(SETTINGS, learning_rate=1e-12, initial_model=str(tmp_path / "first" / "model"))
    content = run(tmp_path / "second", 1, still)
    assert content["sigma_data"] == first.sigma_data
    for weight, given in zip(content["average"], first.unet.parameters(), strict=True):
        torch.testing.assert_close(weight, given, rtol=0, atol=1e-9)
    # To go on it needs its checkpoint alone.
    shutil.rmtree(tmp_path / "first")
    assert run(tmp_path / "second", 2, still)["sigma_data"] == first.sigma_data


@pytest.fixture
def first(tmp_path):
    """The model of a run at 4 pixels, to grow."""
    run(tmp_path / "first", 5, replace(SETTINGS, size=4), FourPixels())
    return tmp_path / "first" / "model"


class FourPixels(TwoPictures):
    """The same pictures at half the side."""

    def __init__(self):
        super().__init__()
        means = self.images.reshape(2, 3, 4, 2, 4, 2).mean((3, 5))
        self.images = means.round().astype(np.uint8)


def test_a_network_grows_from_one_of_half_the_size(tmp_path, first):
    small = load_score_model(first, torch.device("cpu"))
    still = replace(SETTINGS, outer=(16,), learning_rate=1e-12, initial_model=str(first))
    run(tmp_path / "grown", 1, still)
    grown = load_score_model(tmp_path / "grown" / "model", torch.device("cpu"))
    assert (grown.image_size, grown.sigma_data) == (8, small.sigma_data)
    for weight, given in zip(grown.unet.inner.parameters(), small.unet.parameters(), strict=True):
        assert torch.equal(weight, given)


def test_a_cut_in_a_growing_run_changes_nothing(tmp_path, first):
    torch.set_num_threads(1)
    growing = replace(SETTINGS, outer=(16,), freeze_inner=4, initial_model=str(first))
    whole = run(tmp_path / "whole", 7, growing)
    for steps in (3, 5, 7):
        cut = run(tmp_path / "cut", steps, growing)
        begun = load_score_model(first, torch.device("cpu")).unet.state_dict()
        same = [
            torch.equal(cut["network"][f"inner.{name}"], weight) for name, weight in begun.items()
        ]
        # The inner levels stand still for four steps; the Fourier frequencies and the like do for ever.
        assert all(same) == (steps <= 4)
    assert_same(cut, whole)


def test_an_inner_network_of_another_shape_is_named(tmp_path, first):
    other = replace(SETTINGS, outer=(16,), channels=(32, 64), initial_model=str(first))
    with pytest.raises(InputError, match=r"first/model: its block_out_channels is .*twice the"):
        run(tmp_path / "second", 1, other)


def test_the_log_has_the_loss_by_bands_of_noise_levels(tmp_path):
    run(tmp_path, 50)
    head, row = ((tmp_path / "log.tsv").read_text()).splitlines()
    assert head.split("\t")[:3] == ["step", "loss", "loss 0..0.1"]
    step, *losses = map(float, row.split("\t"))
    assert step == 50
    assert len(losses) == len(head.split("\t")) - 1
    # The mean over all lies between those of the bands.
    assert np.nanmin(losses[1:]) < losses[0] < np.nanmax(losses[1:])


def test_a_checkpoint_of_before_goes_on(tmp_path):
    run(tmp_path, 1)
    path = tmp_path / "checkpoint.pt"
    content = torch.load(path, weights_only=True)
    for name in ("outer", "freeze_inner", "background"):
        del content["settings"][name]
    content["log"] = [(1, 0.5)]
    torch.save(content, path)
    assert run(tmp_path, 2)["step"] == 2


def test_an_initial_model_of_another_shape_is_named(tmp_path):
    run(tmp_path / "first", 1)
    other = replace(SETTINGS, channels=(32, 64), initial_model=str(tmp_path / "first" / "model"))
    with pytest.raises(InputError, match=r"first/model: its block_out_channels is .*32, 32"):
        run(tmp_path / "second", 1, other)


@pytest.mark.parametrize("changed", [{"seed": 1}, {"batch": 8}, {"sigma_max": 3.0}])
def test_other_settings_do_not_go_on_from_a_checkpoint(tmp_path, changed):
    run(tmp_path, 1)
    with pytest.raises(InputError, match=rf"checkpoint\.pt: made with {next(iter(changed))}"):
        run(tmp_path, 2, replace(SETTINGS, **changed))


def test_a_damaged_checkpoint_is_named(tmp_path):
    run(tmp_path, 1)
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(InputError, match=r"checkpoint\.pt: no readable checkpoint"):
        run(tmp_path, 2)


def test_a_network_without_its_preconditioning_is_refused(tmp_path):
    run(tmp_path, 1)
    scheduler = tmp_path / "model" / "scheduler" / "scheduler_config.json"
    scheduler.write_text('{"sigma_min": 0.01, "sigma_max": 50.0}')
    with pytest.raises(InputError, match=r"model: a network of plain blocks is preconditioned"):
        load_score_model(tmp_path / "model", torch.device("cpu"))

"""The cost of a view: what is counted where, by a clock that only the fakes move."""

from dataclasses import dataclass, replace

import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.benchmark import cost
from scoreface.cli import main
from scoreface.inpaint.image_space import ImageSpace
from scoreface.score.gaussian import GaussianScore


@dataclass
class FakeClock:
    """A clock that stands still unless it is moved."""

    time: float = 0.0

    def now(self) -> float:
        return self.time

    def seconds(self, start: float, end: float) -> float:
        return end - start


@pytest.fixture(scope="module")
def model() -> GaussianScore:
    basis = torch.linalg.qr(torch.randn(768, 4, generator=torch.Generator().manual_seed(0)))[0]
    return GaussianScore(torch.full((768,), 0.6), basis, torch.full((4,), 2.0), 0.001, 16)


def test_each_second_is_counted_where_it_belongs(model):
    clock = FakeClock()

    class Slow(GaussianScore):
        def score(self, x, sigma):
            clock.time += 8.0
            return super().score(x, sigma)

    @dataclass(frozen=True)
    class Stepping(ImageSpace):
        """A pipeline whose noise levels take a second each beside the network, and its view 70 + 30."""

        def sample(self, model, before, maps, sigmas, generator, progress, checkpoint):
            clock.time += 70.0

            def slow_progress(done, total):
                clock.time += 1.0
                progress(done, total)

            face = super().sample(model, before, maps, sigmas, generator, slow_progress, checkpoint)
            clock.time += 30.0
            return face

    slow = Slow(**{name: getattr(model, name) for name in model.__dataclass_fields__})
    settings = cost.pipelines(16, 5)["image"].settings
    pipeline = Stepping(replace(settings, corrector_steps=2))
    found = cost.measure("image", pipeline, slow, cost.make_scene(16), clock)
    # The first of the five levels is the warm-up; each has three evaluations.
    assert found == cost.Cost("image", 16, 128, 16, 1, 12, 4 * 25.0, 4.0, 0.04, 100.0)


def test_all_pipelines_stand_in_the_table_with_their_evaluations(model, tmp_path, capsys):
    model.save(tmp_path / "prior.npz")
    out, rates = tmp_path / "cost.tsv", tmp_path / "rates.tsv"
    arguments = f"--score-model {tmp_path}/prior.npz --noise-levels 2 --device cpu --out {out}"
    arguments += f" --batches 1 3 --precision fp32 --rates {rates}"
    main(["benchmark", "cost", *arguments.split()])
    names, *rows = [line.split("\t") for line in out.read_text().splitlines()]
    evaluations = {row[0]: row[names.index("evaluations")] for row in rows}
    # Two levels: one for each of two views; predictor and corrector; six corrector steps; the same for two views.
    expected = {
        "joint": "4",
        "image": "4",
        "texture-two": "12",
        "texture-one": "12",
        "multiview": "24",
    }
    assert evaluations == expected
    assert capsys.readouterr().out == rates.read_text() + out.read_text()
    names, *rows = [line.split("\t") for line in rates.read_text().splitlines()]
    assert names == ["precision", "batch", "milliseconds", "per_second"]
    assert [row[:2] for row in rows] == [["fp32", "1"], ["fp32", "3"]]


def test_a_rate_is_that_of_the_best_batch_but_the_first(model):
    clock = FakeClock()
    seconds = iter([90.0, 5.0, 4.0, 2.0, 3.0, 6.0])

    class Unsteady(GaussianScore):
        def score(self, x, sigma):
            assert x.shape == (5, 3, 16, 16)
            clock.time += next(seconds)
            return super().score(x, sigma)

    unsteady = Unsteady(**{name: getattr(model, name) for name in model.__dataclass_fields__})
    assert cost.measure_rates(unsteady, "fp32", [5], clock) == [cost.Rate("fp32", 5, 400.0, 2.5)]


def test_the_papers_sizes():
    assert cost.texture_sizes(1024) == (512, 512)
    assert cost.texture_sizes(256) == (2048, 256)


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("name", "size", "parameters"),
    [("ncsnpp-ffhq-256", 256, 65_574_549), ("ncsnpp-ffhq-1024", 1024, 105_785_896)],
)
def test_a_name_stands_for_a_network_of_the_published_architecture(name, size, parameters):
    # On the meta device a network has its shape and no weights.
    network = cost.load_network(name, torch.device("meta"))
    assert network.image_size == size
    assert sum(p.numel() for p in network.unet.parameters()) == parameters


def test_what_cannot_be_measured_is_refused(model):
    with pytest.raises(InputError, match="--noise-levels: 0"):
        cost.measure_all(model, 0)
    with pytest.raises(InputError, match="'texture' is none of joint, image, texture-two"):
        cost.measure_all(model, 1, ["texture"])
    with pytest.raises(InputError, match="--batches: 0, but at least 1"):
        cost.measure_rates(model, "fp32", [1, 0], FakeClock())
    with pytest.raises(InputError, match=r"inpaint\.precision: 'half' is none of auto, fp32"):
        cost.measure_rates(model, "half", [1], FakeClock())

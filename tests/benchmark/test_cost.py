"""The cost of a view: what is counted where, by a clock that only the fakes move."""

from dataclasses import dataclass

import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.benchmark import cost
from scoreface.cli import main
from scoreface.inpaint.image_space import ImageSpace
from scoreface.inpaint.pipelines import ImageSettings
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

        def sample(self, model, before, maps, sigmas, generator, progress):
            clock.time += 70.0

            def slow_progress(done, total):
                clock.time += 1.0
                progress(done, total)

            face = super().sample(model, before, maps, sigmas, generator, slow_progress)
            clock.time += 30.0
            return face

    slow = Slow(**{name: getattr(model, name) for name in model.__dataclass_fields__})
    pipeline = Stepping(ImageSettings(16, 5, 2, 0.15, 0.3, False, predictor=True))
    found = cost.measure("image", pipeline, slow, cost.make_scene(16), clock)
    # The first of the five levels is the warm-up; each has three evaluations.
    assert found == cost.Cost("image", 16, 128, 16, 1, 12, 4 * 25.0, 4.0, 0.04, 100.0)


def test_all_pipelines_stand_in_the_table_with_their_evaluations(model, tmp_path, capsys):
    model.save(tmp_path / "prior.npz")
    out = tmp_path / "cost.tsv"
    arguments = f"--score-model {tmp_path}/prior.npz --noise-levels 2 --device cpu --out {out}"
    main(["benchmark", "cost", *arguments.split()])
    names, *rows = [line.split("\t") for line in out.read_text().splitlines()]
    evaluations = {row[0]: row[names.index("evaluations")] for row in rows}
    # Two levels: predictor and corrector; six corrector steps; the same for each of two views.
    expected = {"image": "4", "texture-two": "12", "texture-one": "12", "multiview": "24"}
    assert evaluations == expected
    assert capsys.readouterr().out == out.read_text()


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
    with pytest.raises(InputError, match="'texture' is none of image, texture-two"):
        cost.measure_all(model, 1, ["texture"])

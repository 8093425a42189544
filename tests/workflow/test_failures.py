"""Bad photos and broken jobs in a run of the whole workflow: each stops its own face and no other."""

import csv
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

pytestmark = pytest.mark.heavy

# Over the settings of the other tests: as little as shows that a face is finished.
TINY = """
fit: {ftol: 1.0e-5}
texture: {large: 64, small: 32}
views: {azimuths: [0]}
inpaint: {noise_levels: 4, rounds: 1, views_per_job: all}
render: {size: 64, azimuths: [30], turntable_frames: 2}
"""

# Faces of each good kind; 4 make a list of 30 with the six bad photos.
EACH = 1


def turned(photo: Image.Image, path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo.rotate(90, expand=True).save(path, exif=exif)


def with_alpha(photo: Image.Image, path: Path) -> None:
    photo.convert("RGBA").save(path)


def grey(photo: Image.Image, path: Path) -> None:
    photo.convert("L").save(path)


def cmyk(photo: Image.Image, path: Path) -> None:
    photo.convert("CMYK").save(path, quality=95)


def of_16_bits(photo: Image.Image, path: Path) -> None:
    tifffile.imwrite(path, np.asarray(photo).astype(np.uint16) * 257, photometric="rgb")


def with_a_second_face(photo: Image.Image, path: Path) -> None:
    both = Image.new("RGB", (2 * photo.width, photo.height))
    both.paste(photo, (0, 0))
    both.paste(photo.resize((photo.width // 2, photo.height // 2)), (photo.width, 0))
    both.save(path)


GOOD: dict[str, Callable[[Image.Image, Path], None]] = {
    "turned.jpg": turned,
    "alpha.png": with_alpha,
    "grey.png": grey,
    "cmyk.jpg": cmyk,
    "deep.tiff": of_16_bits,
    "00042.png": with_a_second_face,
}


def huge(photo: Image.Image, path: Path) -> None:
    """A PNG whose header announces 200 megapixels, with eight bytes of them."""
    header = struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(8))), (b"IEND", b"")):
        file += struct.pack(">I", len(data)) + kind + data
        file += struct.pack(">I", zlib.crc32(kind + data))
    path.write_bytes(file)


def cut_short(photo: Image.Image, path: Path) -> None:
    photo.save(path)
    os.truncate(path, path.stat().st_size // 2)


def without_a_face(photo: Image.Image, path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(path)


def of_floats(photo: Image.Image, path: Path) -> None:
    Image.fromarray(np.asarray(photo.convert("L")) / np.float32(255)).save(path)


# With a part of the reason that each one gets.
BAD: dict[str, tuple[Callable[[Image.Image, Path], None], str]] = {
    "empty.png": (lambda photo, path: path.touch(), "is empty"),
    "text.png": (lambda photo, path: path.write_text("no picture"), "damaged or not a picture"),
    "cut.png": (cut_short, "damaged or not a picture"),
    "huge.png": (huge, "20000 x 10000 pixels, more than the limit"),
    "nobody.png": (without_a_face, "No face was found"),
    "floats.tiff": (of_floats, "floating-point pixels"),
}


def id_of(name: str, number: int = 0) -> str:
    """The id of a good photo."""
    return Path(name).stem + (f"-{number}" if number else "")


def table(path: Path) -> dict[str, dict[str, str]]:
    """A table of the results, by id."""
    with path.open() as handle:
        return {row["id"]: row for row in csv.DictReader(handle, delimiter="\t")}


@pytest.fixture(scope="module")
def run(snakemake, workplace: Path, small: str) -> Callable:
    """Run the workflow over the list of good and bad photos."""
    tiny = workplace / "tiny.yaml"
    tiny.write_text(TINY)
    photos = workplace / "own photos"
    photos.mkdir()
    good = Image.open(workplace / "resources/demo/photos/synthetic_p25.png").convert("RGB")
    rows = ["id\timage"]
    for number in range(EACH):
        for name, save in GOOD.items():
            save(good, photos / f"{number}_{name}")
            rows.append(f"{id_of(name, number)}\town photos/{number}_{name}")
    for name, (save_bad, _) in BAD.items():
        save_bad(good, photos / name)
        # The bad ones come first.
        rows.insert(1, f"{Path(name).stem}\town photos/{name}")
    (workplace / "own.tsv").write_text("\n".join(rows) + "\n")
    settings = ("--configfile", small, str(tiny))
    return lambda: snakemake(workplace, "-j2", *settings, config=["ids=own.tsv", "results=own"])


@pytest.fixture(scope="module")
def own(run, workplace: Path) -> Path:
    """The results of the list."""
    ended = run()
    assert ended.status == 0, ended.text
    return workplace / "own"


def test_bad_photos_are_named_and_stop_nobody(own: Path) -> None:
    screened, summary = table(own / "screen.tsv"), table(own / "summary.tsv")
    report = (own / "report.html").read_text()
    assert len(screened) == len(summary) == EACH * len(GOOD) + len(BAD)
    for name, (_, reason) in BAD.items():
        id = Path(name).stem
        assert screened[id]["status"] == summary[id]["status"] == "rejected"
        assert reason in screened[id]["reason"]
        assert screened[id]["reason"] == summary[id]["reason"]
        assert screened[id]["reason"] in report
        assert not (own / id / "mesh").exists()
    for number in range(EACH):
        for name in GOOD:
            id = id_of(name, number)
            assert screened[id]["status"] == "accepted", screened[id]["reason"]
            assert summary[id]["status"] == "complete", summary[id]["reason"]
            for file in ("texture.png", "provenance.png", "head.glb", "before_after.png"):
                assert (own / id / file).is_file()


def test_kinds_of_photos_that_lose_nothing_give_the_same_fit(own: Path) -> None:
    fits = [np.load(own / name / "fit/fit.npz") for name in ("alpha", "deep")]
    for name in fits[0].files:
        np.testing.assert_array_equal(fits[0][name], fits[1][name])


def test_a_broken_job_fails_the_run_and_keeps_the_other_faces(run, own: Path) -> None:
    broken, other = own / "grey", own / "alpha"
    expected = {face: (face / "texture.png").read_bytes() for face in (broken, other)}
    for face in expected:
        (face / "texture.png").unlink()
        for path in [*(face / "inpaint/round1").iterdir(), *(face / "inpaint/.finished").iterdir()]:
            path.unlink()
    in_the_way = broken / "inpaint/.finished"
    in_the_way.rmdir()
    in_the_way.write_text("a file in the way of a folder")

    ended = run()
    assert ended.status == 1, ended.text
    assert (other / "texture.png").read_bytes() == expected[other]
    assert not (broken / "texture.png").exists()
    log = (broken / "logs/inpaint_round1_view000.log").read_text()
    assert "error: own/grey/inpaint/.finished/round1-view000" in log
    assert "cannot be written" in log

    in_the_way.unlink()
    ended = run()
    assert ended.status == 0, ended.text
    assert (broken / "texture.png").read_bytes() == expected[broken]
    assert {row["status"] for row in table(own / "summary.tsv").values()} == {
        "complete",
        "rejected",
    }

"""The command on files of embeddings and on procedural heads: what it writes, says and refuses."""

import csv

import numpy as np
import pytest
from PIL import Image
from scipy.stats import binomtest

from scoreface.cli import main
from scoreface.demo.people import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.skin.paint import paint_skin

from .lists import write_bin, write_lfw, write_table


def rows_of(path):
    with path.open(newline="") as handle:
        return list(csv.DictReader(handle))


def cells_of(summary, title):
    """The cells of the row of a summary that begins with a title."""
    rows = [line.strip("| ").split(" | ") for line in summary.splitlines() if line[:1] == "|"]
    (row,) = (row for row in rows if row[0] == title)
    return row[1:]


@pytest.fixture
def persons(tmp_path):
    """Forty persons of two pictures each: a list, and their embeddings, which tell them apart but for noise."""
    rng = np.random.default_rng(0)
    names, vectors, rows = [], [], []
    for person in range(40):
        middle = rng.standard_normal(16)
        for k in (0, 1):
            names.append(f"{person}/{k}.png")
            vectors.append(middle + 0.5 * rng.standard_normal(16))
        other = (person + 1) % 40
        rows.append(f"{person}/0.png,{person}/1.png,1,{person},{person}")
        rows.append(f"{person}/0.png,{other}/1.png,0,{person},{other}")
    header = "image_a,image_b,same,person_a,person_b"
    write_table(tmp_path / "pairs.csv", rows, header)
    np.savez(tmp_path / "good.npz", names=names, embeddings=vectors)
    noise = 2.0 * rng.standard_normal((80, 16))
    np.savez(tmp_path / "bad.npz", names=names, embeddings=np.array(vectors) + noise)
    np.savez(tmp_path / "part.npz", names=names[2:], embeddings=vectors[2:])
    return tmp_path


def verify(folder, *arguments):
    main(["verify", str(folder / "pairs.csv"), "--out", str(folder / "out"), *map(str, arguments)])
    return (folder / "out" / "summary.md").read_text()


def test_scores_figures_and_a_picture_of_the_curve(persons, capsys):
    summary = verify(persons, "--embeddings", persons / "good.npz", "--bootstrap", 50)
    assert capsys.readouterr().out == summary
    assert "80 pairs in 10 folds, 40 of one person; 80 pictures of 40 persons" in summary
    assert cells_of(summary, "TAR at FAR 0.001") == [
        "needs 1,000 pairs of two persons, there are 40"
    ]
    rows = rows_of(persons / "out" / "verification.csv")
    saved = np.load(persons / "good.npz")
    vectors = dict(zip(saved["names"], saved["embeddings"], strict=True))
    for row in rows:
        one, other = (vectors[row[name]] for name in ("image_a", "image_b"))
        cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        assert float(row["score"]) == pytest.approx(cosine, abs=1e-5)
    # The table says what the summary says.
    accuracy = np.mean([row["correct"] == "1" for row in rows])
    assert float(cells_of(summary, "accuracy")[0].split()[0]) == pytest.approx(accuracy, abs=1e-4)
    with Image.open(persons / "out" / "roc.png") as picture:
        assert picture.size > (500, 400)
    assert (persons / "out" / "missing.csv").read_text() == "side,picture,place,reason\n"


def test_a_face_that_is_not_found_counts_as_told_to_be_two_persons(persons):
    summary = verify(persons, "--embeddings", persons / "part.npz", "--bootstrap", 0)
    rows = rows_of(persons / "out" / "verification.csv")
    without = [row for row in rows if not row["score"]]
    # Pictures 0/0 and 0/1: one pair of one person, two of two.
    assert [(row["same"], row["correct"]) for row in without] == [
        ("1", "0"),
        ("0", "1"),
        ("0", "1"),
    ]
    assert cells_of(summary, "pictures without a face") == ["2"]
    assert cells_of(summary, "pairs without a score") == ["3"]
    missing = rows_of(persons / "out" / "missing.csv")
    assert [row["picture"] for row in missing] == ["0/0.png", "0/1.png"]
    assert missing[0]["place"].endswith("pairs.csv, line 2")


def test_pairs_with_such_a_face_can_be_left_out(persons):
    options = ["--bootstrap", 0, "--missing", "leave-out"]
    summary = verify(persons, "--embeddings", persons / "part.npz", *options)
    assert "Left out: 3 pairs in which a face was not found" in summary
    assert len(rows_of(persons / "out" / "verification.csv")) == 77
    assert cells_of(summary, "pictures without a face") == ["2"]


def test_before_and_after_are_compared_pair_by_pair(persons):
    places = ["--before", persons / "bad.npz", "--after", persons / "good.npz"]
    summary = verify(persons, *places, "--bootstrap", 200)
    rows = rows_of(persons / "out" / "verification.csv")
    before, after = (
        np.array([row[f"correct_{side}"] == "1" for row in rows]) for side in ("before", "after")
    )
    assert cells_of(summary, "right before") == [
        str((before & after).sum()),
        str((before & ~after).sum()),
    ]
    assert cells_of(summary, "wrong before") == [
        str((~before & after).sum()),
        str((~before & ~after).sum()),
    ]
    difference = cells_of(summary, "accuracy")[2]
    assert float(difference.split()[0]) == pytest.approx(after.mean() - before.mean(), abs=1e-4)
    low = float(difference.split("[")[1].split(",")[0])
    assert 0 < low < after.mean() - before.mean()
    discordant = [int((before & ~after).sum()), int((~before & after).sum())]
    expected = binomtest(discordant[0], sum(discordant)).pvalue
    assert f"two-sided, p = {expected:.3g}." in summary
    assert expected < 0.01


def test_a_side_that_is_compared_with_itself_does_not_differ(persons):
    places = ["--before", persons / "bad.npz", "--after", persons / "bad.npz"]
    summary = verify(persons, *places, "--bootstrap", 20)
    assert cells_of(summary, "accuracy")[2] == "+0.0000 [+0.0000, +0.0000]"
    assert "p = 1." in summary


def test_pairs_are_put_together_by_how_far_their_yaws_lie_apart(persons):
    lines = ["id\tstatus\tyaw", "0\taccepted\t-50.0", "1\taccepted\t10.0"]
    (persons / "screen.tsv").write_text("\n".join(lines) + "\n")
    options = ["--embeddings", persons / "good.npz", "--yaws", persons / "screen.tsv"]
    summary = verify(persons, *options, "--bootstrap", 20)
    rows = rows_of(persons / "out" / "verification.csv")
    # Each person's pictures are 0.png and 1.png.
    cells = cells_of(summary, "60 to 75")
    assert cells[:2] == ["80", "40"]
    right = np.mean([row["correct"] == "1" for row in rows])
    assert float(cells[2].split()[0]) == pytest.approx(right, abs=1e-4)


def test_yaws_by_the_pictures_names_leave_the_others_unknown(persons):
    lines = ["image,yaw", "0/0.png,0", "0/1.png,20", "1/1.png,31"]
    (persons / "yaws.csv").write_text("\n".join(lines) + "\n")
    options = ["--embeddings", persons / "good.npz", "--yaws", persons / "yaws.csv"]
    summary = verify(persons, *options, "--bootstrap", 0)
    assert cells_of(summary, "15 to 30")[:2] == ["1", "1"]
    assert cells_of(summary, "30 to 45")[:2] == ["1", "0"]
    assert cells_of(summary, "not known")[:2] == ["78", "39"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("image,angle\n0/0.png,3\n", r"yaws\.csv: no columns yaw and"),
        ("image,yaw\n0/0.png,left\n", r"yaws\.csv, line 2: .* is not a row with a yaw"),
        ("image,yaw\n0/0.png,nan\n", r"yaws\.csv, line 2: .* is not a row with a finite yaw"),
        ("image,yaw\nx.png,3\n", r"yaws\.csv: no yaws of both pictures of any pair"),
    ],
)
def test_a_wrong_table_of_yaws_is_named(text, sentence, persons):
    (persons / "yaws.csv").write_text(text)
    with pytest.raises(SystemExit, match=sentence):
        verify(persons, "--embeddings", persons / "good.npz", "--yaws", persons / "yaws.csv")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--metric", "angle"], "--metric angle: give auto, cosine or euclidean"),
        (["--missing", "drop"], "--missing drop: give different or leave-out"),
        (["--resample", "fold"], "--resample fold: give identity or pair"),
        (["--folds", "1"], "--folds 1: give 2 or more"),
        (["--bootstrap", "-1"], "--bootstrap -1: give 0 or more"),
        (["--before", "good.npz"], "--before: it is compared with --after"),
        (["--images", "nowhere"], "--images nowhere: no such folder"),
        (
            ["--embeddings", "a.npz", "--before", "b.npz", "--after", "c.npz"],
            "--embeddings and --before: each says where the same pictures are",
        ),
    ],
)
def test_a_wrong_option_is_named(arguments, sentence, persons):
    with pytest.raises(SystemExit, match=f"^error: {sentence}"):
        verify(persons, *arguments)


def test_another_list_of_pairs_is_not_compared(persons):
    other = write_bin(persons / "other.bin", [b"x"] * 4, [True, False])
    with pytest.raises(SystemExit, match=r"other\.bin: its pairs are not those of"):
        verify(persons, "--before", persons / "good.npz", "--after", other)


@pytest.fixture(scope="module")
def heads(tmp_path_factory):
    """Three procedural heads at three yaws in LFW's layout, with a list of three folds and a table of yaws."""
    folder = tmp_path_factory.mktemp("heads")
    names, yaws = ("Ada", "Bo", "Cy"), (0, 20, 40)
    table = ["image,yaw"]
    for number, name in enumerate(names):
        head = sample_head(np.random.default_rng(100 + number))
        skin = paint_skin(head.skin, 512)
        for place, yaw in enumerate(yaws, 1):
            photo = make_photo(head, skin, yaw, 0.0, 0.0, 320, np.random.default_rng(number))
            path = folder / name / f"{name}_{place:04d}.jpg"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(photo.image).save(path, quality=95)
            table.append(f"{name}/{path.name},{yaw}")
    folds = []
    for one, other in (("Ada", "Bo"), ("Bo", "Cy"), ("Cy", "Ada")):
        same = [f"{one} 1 2", f"{one} 1 3"]
        folds.append((same, [f"{one} 1 {other} 2", f"{one} 1 {other} 3"]))
    write_lfw(folder / "pairs.txt", folds)
    (folder / "yaws.csv").write_text("\n".join(table) + "\n")
    return folder


@pytest.mark.heavy
def test_dlibs_network_on_procedural_heads(heads, tmp_path):
    """A real run: scores are minus dlib's distances, and a second run describes nothing again."""
    from scoreface.fitting.identity import describe, distance, load_network
    from scoreface.fitting.landmarks import detect, find_predictor, load_predictor

    command = ["verify", str(heads / "pairs.txt"), "--yaws", str(heads / "yaws.csv"), "--fast"]
    main([*command, "--bootstrap", "100", "--out", str(tmp_path / "out")])
    summary = (tmp_path / "out" / "summary.md").read_text()
    assert "12 pairs in 3 folds, 6 of one person; 9 pictures of 3 persons" in summary
    assert cells_of(summary, "pictures without a face") == ["0"]
    assert cells_of(summary, "30 to 45")[:2] == ["6", "3"]
    row = rows_of(tmp_path / "out" / "verification.csv")[0]
    path = find_predictor()
    predictor, network = load_predictor(path), load_network()
    described = []
    for name in ("image_a", "image_b"):
        with Image.open(heads / row[name]) as picture:
            pixels = np.array(picture)
        described.append(describe(network, pixels, detect(pixels, predictor, path).landmarks))
    assert float(row["score"]) == pytest.approx(-distance(*described), abs=1e-5)

    kept = (tmp_path / "out" / "embeddings.npz").stat().st_mtime_ns
    main([*command, "--bootstrap", "100", "--out", str(tmp_path / "out")])
    assert (tmp_path / "out" / "summary.md").read_text() == summary
    assert (tmp_path / "out" / "embeddings.npz").stat().st_mtime_ns == kept


@pytest.mark.heavy
def test_originals_against_pictures_that_show_nothing(heads, tmp_path):
    """The pictures after are black but for one: each pair counts as of two persons, and half are right."""
    for path in heads.glob("*/*.jpg"):
        black = tmp_path / "black" / path.relative_to(heads).with_suffix(".png")
        black.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (200, 200)).save(black)
    some = tmp_path / "black" / "Ada"
    with Image.open(heads / "Ada" / "Ada_0001.jpg") as picture:
        picture.save(some / "Ada_0001.png")
    command = ["verify", str(heads / "pairs.txt"), "--fast", "--before", str(heads)]
    out = tmp_path / "out"
    main([*command, "--after", str(tmp_path / "black"), "--bootstrap", "0", "--out", str(out)])
    summary = (out / "summary.md").read_text()
    assert cells_of(summary, "pictures without a face") == ["0", "8"]
    assert cells_of(summary, "pairs without a score") == ["0", "12"]
    assert float(cells_of(summary, "accuracy")[1].split(",")[0]) == 0.5
    assert len(rows_of(out / "missing.csv")) == 8

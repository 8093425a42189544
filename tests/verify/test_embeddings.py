"""Embeddings from files and of pictures: what is kept, what is missing, and how pairs are scored by them."""

import numpy as np
import pytest
from PIL import Image

from scoreface.base.errors import InputError, PhotoError
from scoreface.verify import embeddings
from scoreface.verify.embeddings import Described, describe_all, read_embeddings
from scoreface.verify.formats import read_pairs
from scoreface.verify.pairs import Sample
from scoreface.verify.pictures import find_all
from scoreface.verify.recognisers import NO_FACE, Recognition
from scoreface.verify.scores import item_vectors, score_pairs

from .lists import write_bin, write_table

ROWS = ["a.png,b.png,1", "a.png,c.png,0", "d.png,b.png,0"]
VECTORS = np.array([[3.0, 4.0], [4.0, 3.0], [0.0, -2.0]])


@pytest.fixture
def pairs(tmp_path):
    return read_pairs(write_table(tmp_path / "pairs.csv", ROWS))


def colour(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (value, value, value)).save(path)


class Means:
    """Describes a picture by its mean, and finds no face in black ones."""

    metric, source = "euclidean", "means"

    def __init__(self):
        self.seen = 0

    def describe(self, picture):
        self.seen += 1
        return np.array([picture.mean(), 1.0]) if picture.any() else None


@pytest.fixture
def means(monkeypatch):
    recogniser = Means()
    monkeypatch.setattr(embeddings, "make_recogniser", lambda recognition: recogniser)
    return recogniser


# From files


@pytest.mark.parametrize("ending", ["npz", "npy"])
def test_embeddings_are_known_by_their_names(ending, pairs, tmp_path):
    path = tmp_path / f"e.{ending}"
    if ending == "npz":
        np.savez(path, names=["c.png", "b.png", "a.png"], embeddings=VECTORS[::-1])
    else:
        np.save(path, VECTORS[::-1].astype(np.float32))
        path.with_suffix(".txt").write_text("c.png\nb.png\na.png\n")
    described = read_embeddings(path, pairs.samples, "cosine")
    names = {pairs.samples[place].name: vector for place, vector in described.vectors.items()}
    np.testing.assert_allclose([names[f"{letter}.png"] for letter in "abc"], VECTORS)
    assert {pairs.samples[place].name for place in described.reasons} == {"d.png"}


@pytest.mark.parametrize(
    ("names", "vectors", "sentence"),
    [
        (["a.png", "a.png"], VECTORS[:2], "the name a.png stands there more than once"),
        (["x.png"], VECTORS[:1], "has no picture of the list, such as a.png"),
        (["a.png"], VECTORS, "no readable file of embeddings"),
        (["a.png"], VECTORS[:1] * np.nan, "values that are not finite"),
        (["a.png"], VECTORS[0], "no readable file of embeddings"),
    ],
)
def test_a_wrong_file_of_embeddings_is_named(names, vectors, sentence, pairs, tmp_path):
    np.savez(tmp_path / "e.npz", names=names, embeddings=vectors)
    with pytest.raises(InputError, match=sentence) as caught:
        read_embeddings(tmp_path / "e.npz", pairs.samples, "cosine")
    assert str(caught.value).startswith(str(tmp_path / "e.npz"))


def test_as_many_names_as_embeddings_are_asked_for(pairs, tmp_path):
    np.save(tmp_path / "e.npy", VECTORS)
    with pytest.raises(InputError, match=r"e\.txt: cannot be read"):
        read_embeddings(tmp_path / "e.npy", pairs.samples, "cosine")
    (tmp_path / "e.txt").write_text("a.png\n")
    with pytest.raises(InputError, match=r"e\.txt: 1 names for the 3 embeddings"):
        read_embeddings(tmp_path / "e.npy", pairs.samples, "cosine")


# Scores


def described(metric, *vectors):
    return Described(metric, "test", {n: v for n, v in enumerate(vectors) if v is not None})


def test_scores_are_cosines_or_distances_with_a_minus(pairs):
    a, b, c, d = (*VECTORS, np.array([1.0, 0.0]))
    cosines = [24 / 25, -4 / 5, 4 / 5]
    np.testing.assert_allclose(score_pairs(pairs, described("cosine", a, b, c, d)), cosines)
    distances = [-np.sqrt(2), -np.sqrt(9 + 36), -np.sqrt(9 + 9)]
    np.testing.assert_allclose(score_pairs(pairs, described("euclidean", a, b, c, d)), distances)


def test_a_pair_without_a_face_is_less_alike_than_any_other(pairs):
    scores = score_pairs(pairs, described("euclidean", *VECTORS))
    assert np.isneginf(scores).tolist() == [False, False, True]
    with pytest.raises(InputError, match="no face was found in any"):
        score_pairs(pairs, described("cosine", None))


def test_an_embedding_of_zeros_is_refused(pairs):
    with pytest.raises(InputError, match=r"the embedding of b\.png is zero"):
        score_pairs(pairs, described("cosine", VECTORS[0], np.zeros(2)))


@pytest.fixture
def templates(tmp_path):
    (tmp_path / "t.txt").write_text("1.jpg 10 7\n2.jpg 10 7\n3.jpg 10 8\n4.jpg 11 9\n5.jpg 12 9\n")
    (tmp_path / "p.txt").write_text("10 11 1\n10 12 0\n")
    return read_pairs(tmp_path / "p.txt", [tmp_path / "t.txt"])


def test_a_template_is_the_mean_of_its_media_each_the_mean_of_its_frames(templates):
    vectors = [np.array(v, float) for v in ([1, 0], [3, 0], [0, 4], [5, 5], [1, 1])]
    means = item_vectors(templates, described("euclidean", *vectors))
    # Frames 1 and 2 are of one medium: (2, 0); with (0, 4) that makes (1, 2).
    np.testing.assert_allclose(means[0], [1, 2])
    # Of unit length before they are averaged: (1, 0) and (0, 1).
    means = item_vectors(templates, described("cosine", *vectors))
    np.testing.assert_allclose(means[0], np.array([1, 1]) / np.sqrt(2))


def test_frames_without_a_face_are_left_out_of_their_template(templates):
    vectors = [np.array([1.0, 0]), None, np.array([0, 4.0]), None, np.array([1.0, 1])]
    means = item_vectors(templates, described("euclidean", *vectors))
    np.testing.assert_allclose(means[0], [0.5, 2])
    assert np.isnan(means[1]).all()
    assert np.isneginf(score_pairs(templates, described("euclidean", *vectors))).tolist() == [1, 0]


# Of pictures


def test_pictures_are_described_once(pairs, tmp_path, means):
    for name, value in (("a", 10), ("b", 20), ("c", 0), ("d", 40)):
        colour(tmp_path / f"{name}.png", value)
    (tmp_path / "b.png").write_bytes((tmp_path / "b.png").read_bytes()[:40])
    kept = tmp_path / "out" / "embeddings.npz"

    def run(recognition=Recognition()):  # noqa: B008
        return describe_all(find_all(pairs.samples, tmp_path), recognition, kept, 1)

    first = run()
    assert {pairs.samples[n].name: v[0] for n, v in first.vectors.items()} == {
        "a.png": 10,
        "d.png": 40,
    }
    reasons = {pairs.samples[n].name: reason for n, reason in first.reasons.items()}
    assert reasons["c.png"] == NO_FACE
    assert "b.png cannot be read" in reasons["b.png"]
    assert means.seen == 3
    again = run()
    assert means.seen == 3
    assert again.reasons == first.reasons
    np.testing.assert_array_equal(again.vectors[0], first.vectors[0])
    # A picture that has changed, and then another way to describe them.
    colour(tmp_path / "b.png", 200)
    assert 200 in [vector[0] for vector in run().vectors.values()]
    assert means.seen == 4
    run(Recognition(fast=True))
    assert means.seen == 8


def test_what_was_kept_takes_the_place_of_the_network(pairs, tmp_path, means):
    for name, value in (("a", 10), ("b", 20), ("c", 0), ("d", 40)):
        colour(tmp_path / f"{name}.png", value)
    kept = tmp_path / "embeddings.npz"
    first = describe_all(find_all(pairs.samples, tmp_path), Recognition(), kept, 1)
    read = read_embeddings(kept, pairs.samples, "euclidean")
    np.testing.assert_array_equal(score_pairs(pairs, read), score_pairs(pairs, first))


def test_a_run_that_was_ended_goes_on(pairs, tmp_path, means, monkeypatch):
    for name in "abcd":
        colour(tmp_path / f"{name}.png", ord(name))
    monkeypatch.setattr(embeddings, "_INTERVAL", 0.0)
    monkeypatch.setattr(embeddings, "_TIMES", 0.0)
    pictures = find_all(pairs.samples, tmp_path)
    original, means.describe = means.describe, None

    def until_the_third(picture):
        if means.seen == 2:
            raise KeyboardInterrupt
        return original(picture)

    means.describe = until_the_third
    with pytest.raises(KeyboardInterrupt):
        describe_all(pictures, Recognition(), tmp_path / "kept.npz", 1)
    means.describe = original
    found = describe_all(pictures, Recognition(), tmp_path / "kept.npz", 1)
    assert len(found.vectors) == 4
    assert means.seen == 4


# Where pictures lie


def test_pictures_may_have_another_ending_or_be_results_of_a_run(pairs, tmp_path):
    folder = tmp_path / "results"
    colour(folder / "a.jpg", 1)
    colour(folder / "b.png", 2)
    colour(folder / "c" / "frontal.png", 3)
    (folder / "d").mkdir()
    found = {one.sample.name: one for one in find_all(pairs.samples, folder)}
    assert found["a.png"].path == folder / "a.jpg"
    assert found["c.png"].path == folder / "c" / "frontal.png"
    assert found["d.png"].path is None
    assert "rejected" in found["d.png"].reason


def test_a_missing_picture_is_named_with_its_line(pairs, tmp_path):
    for name in "abc":
        colour(tmp_path / f"{name}.png", 1)
    with pytest.raises(InputError, match=r"pairs\.csv, line 4: no picture .*d\.png"):
        find_all(pairs.samples, tmp_path)


def test_one_picture_does_not_stand_for_two(tmp_path):
    colour(tmp_path / "01" / "frontal.png", 1)
    samples = [Sample("x/01.jpg", "line 1"), Sample("y/01.jpg", "line 2")]
    with pytest.raises(InputError, match=r"would stand for x/01\.jpg and y/01\.jpg"):
        find_all(samples, tmp_path)


def test_a_face_is_cut_out_by_its_box_with_its_surroundings(tmp_path):
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[..., 0], pixels[..., 1] = np.arange(200), np.arange(100)[:, None]
    Image.fromarray(pixels).save(tmp_path / "a.png")
    name = "a.png@100,40,20,10"
    (found,) = find_all([Sample(name, "", (100.0, 40.0, 20.0, 10.0))], tmp_path)
    part = found.pixels()
    assert part.shape == (20, 40, 3)
    assert part[0, 0].tolist() == [90, 35, 0]
    (beyond,) = find_all([Sample("a.png@300,0,9,9", "", (300.0, 0.0, 9.0, 9.0))], tmp_path)
    with pytest.raises(PhotoError, match="box lies outside its picture of 200 x 100"):
        beyond.pixels()


def test_pictures_within_a_bin_are_decoded(tmp_path):
    for value in (1, 2):
        colour(tmp_path / f"{value}.png", value)
    encoded = [(tmp_path / f"{value}.png").read_bytes() for value in (1, 2)]
    path = write_bin(tmp_path / "a.bin", [*encoded, encoded[0], b"damaged"], [True, False])
    found = find_all(read_pairs(path).samples, tmp_path)
    assert [one.pixels()[0, 0, 0] for one in found[:3]] == [1, 2, 1]
    with pytest.raises(PhotoError, match=r"a\.bin, picture 3 cannot be read"):
        found[3].pixels()
    assert found[0].stamp() == found[2].stamp() != found[1].stamp()

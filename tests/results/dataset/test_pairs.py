"""Pairs of pictures: the file as insightface's own code reads it, and who is paired with whom."""

import io
import pickle
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.results.dataset.pairs import draw_pairs, read_pairs, write_bin, write_list


def test_the_bin_is_read_back(make_faces, tmp_path):
    faces = make_faces("a", "b", "c", views=4)
    pairs = list(draw_pairs(faces, 4, 0))
    write_bin(tmp_path / "pairs.bin", pairs)
    with (tmp_path / "pairs.bin").open("rb") as handle:
        # As insightface's verification.py has it.
        bins, issame_list = pickle.load(handle, encoding="bytes")
    assert issame_list == [pair.same for pair in pairs]
    assert all(type(same) is bool for same in issame_list)
    assert len(bins) == 2 * len(pairs)
    for content, picture in zip(bins, (p for pair in pairs for p in pair[:2]), strict=True):
        read = np.asarray(Image.open(io.BytesIO(content)))
        assert (read == np.asarray(Image.open(picture.path))).all()


def test_long_lists_come_back_whole(make_faces, tmp_path):
    (face,) = make_faces("a", views=2)
    (pair,) = draw_pairs([face], 2, 0)
    pairs = [pair._replace(same=n % 3 == 0) for n in range(1050)]
    write_bin(tmp_path / "pairs.bin", pairs)
    bins, same = pickle.loads((tmp_path / "pairs.bin").read_bytes())
    assert len(bins) == 2100
    assert same == [n % 3 == 0 for n in range(1050)]


def test_pictures_are_not_gathered_in_memory(make_faces, tmp_path):
    (face,) = make_faces("a", views=2)
    big = np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    Image.fromarray(big).save(face.folder / "000.png")
    Image.fromarray(big).save(face.folder / "001.png")
    (pair,) = draw_pairs([face], 2, 0)
    tracemalloc.start()
    write_bin(tmp_path / "pairs.bin", (pair for _ in range(200)))
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "pairs.bin").stat().st_size > 40_000_000
    assert highest < 3_000_000


def test_drawn_pairs_are_of_one_person_or_of_two(make_faces):
    faces = make_faces("a", "b:anna", "c:anna", "d", views=3)
    pairs = [pair for seed in range(200) for pair in draw_pairs(faces, 3, seed)]
    for first, second, same in pairs:
        assert same == (first.face.identity == second.face.identity)
        assert (first.face.id, first.number) != (second.face.id, second.number)
    assert Counter(pair.same for pair in pairs) == {True: 800, False: 800}
    # Of the five other pictures of the person, each as often as another.
    partners = Counter(
        (second.face.id, second.number)
        for first, second, same in pairs
        if same and (first.face.id, first.number) == ("b", 0)
    )
    assert set(partners) == {("b", 1), ("b", 2), ("c", 0), ("c", 1), ("c", 2)}
    others = Counter(p.second.face.id for p in pairs if p.first.face.id == "b" and not p.same)
    assert set(others) == {"a", "d"}
    assert abs(others["a"] - 100) < 35
    assert list(draw_pairs(faces, 3, 5)) == list(draw_pairs(faces, 3, 5))


def test_what_cannot_be_paired_is_left_out(make_faces):
    # One picture of one person each: no pair of the same.
    faces = make_faces("a", "b", views=1)
    assert [pair.same for pair in draw_pairs(faces, 1, 0)] == [False, False]
    assert list(draw_pairs(faces[:1], 1, 0)) == []


def test_a_list_is_read_and_written(make_faces, tmp_path):
    faces = make_faces("a", "b", views=3)
    path = tmp_path / "pairs.tsv"
    path.write_text("# a comment\na\tb/2\t0\na/0\ta/1\t1\na\tgone\t0\n\n")
    pairs = list(read_pairs(path, faces, 3))
    shown = [
        (p.first.face.id, p.first.number, p.second.face.id, p.second.number, p.same) for p in pairs
    ]
    # The pair with a face that was rejected is left out.
    assert shown == [("a", 0, "b", 2, False), ("a", 0, "a", 1, True)]
    write_list(tmp_path / "again.tsv", pairs)
    assert list(read_pairs(tmp_path / "again.tsv", faces, 3)) == pairs


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a\tb", r"line 1: \['a', 'b'\]"),
        ("a\tb\t2", "a pair is two ids and 1 or 0"),
        ("a\tb/3\t0", "'b/3': a face has the pictures 0 to 2"),
        ("a\tb/x\t0", "'b/x'"),
    ],
)
def test_a_line_that_is_no_pair_is_named(make_faces, tmp_path, line, problem):
    path = tmp_path / "pairs.tsv"
    path.write_text(line + "\n")
    with pytest.raises(InputError, match=problem):
        list(read_pairs(path, make_faces("a", "b"), 3))


def test_no_pairs_are_an_error(make_faces, tmp_path):
    with pytest.raises(InputError, match="not one pair"):
        write_bin(tmp_path / "pairs.bin", [])
    assert not (tmp_path / "pairs.bin").exists()
    with pytest.raises(InputError, match="no readable list of pairs"):
        list(read_pairs(tmp_path / "none.tsv", [], 1))

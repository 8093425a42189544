"""Lists of pairs of each format, and the sentence for each that is wrong."""

import os
import pickle

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.verify.formats import read_pairs
from scoreface.verify.pairs import folded

from .lists import write_bin, write_cfp, write_lfw, write_table

FOLDS = [
    (["Ann 1 2", "Ben 1 12"], ["Ann 1 Ben 2", "Cy 3 Ann 2"]),
    (["Dee 1 2", "Eve 1 2"], ["Dee 1 Eve 1", "Dee 2 Eve 2"]),
]


def asked(pairs):
    """Each pair as the names of its two items, whether they are one person, and the fold."""
    names = [item.name for item in pairs.items]
    parts = zip(pairs.first, pairs.second, pairs.same, pairs.fold, strict=True)
    return [(names[a], names[b], bool(same), int(fold)) for a, b, same, fold in parts]


def refused(path, *templates):
    with pytest.raises(InputError) as caught:
        read_pairs(path, templates)
    return str(caught.value)


# LFW


def test_lfw_has_folds_of_both_kinds_and_a_folder_a_person(tmp_path):
    pairs = read_pairs(write_lfw(tmp_path / "pairs.txt", FOLDS))
    assert asked(pairs) == [
        ("Ann/Ann_0001.jpg", "Ann/Ann_0002.jpg", True, 0),
        ("Ben/Ben_0001.jpg", "Ben/Ben_0012.jpg", True, 0),
        ("Ann/Ann_0001.jpg", "Ben/Ben_0002.jpg", False, 0),
        ("Cy/Cy_0003.jpg", "Ann/Ann_0002.jpg", False, 0),
        ("Dee/Dee_0001.jpg", "Dee/Dee_0002.jpg", True, 1),
        ("Eve/Eve_0001.jpg", "Eve/Eve_0002.jpg", True, 1),
        ("Dee/Dee_0001.jpg", "Eve/Eve_0001.jpg", False, 1),
        ("Dee/Dee_0002.jpg", "Eve/Eve_0002.jpg", False, 1),
    ]
    assert pairs.folder == tmp_path
    assert len(pairs.samples) == 10
    assert len(np.unique(pairs.identities())) == 5


def test_lfws_development_set_has_one_fold_and_is_dealt_into_some(tmp_path):
    path = tmp_path / "pairsDevTest.txt"
    path.write_text("4\nA 1 2\nA 1 3\nA 1 4\nA 1 5\nA 1 B 1\nA 1 B 2\nA 1 B 3\nA 1 B 4\n")
    pairs = read_pairs(path)
    assert pairs.fold.tolist() == [0] * 8
    assert folded(pairs, 2).fold.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    with pytest.raises(InputError, match="4 pairs of one person for 10 folds"):
        folded(pairs, 10)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("2 x\n", "begins with"),
        ("1 1\nA 1 2\nA 1 B\n", "line 3: 'A 1 B' is not a pair of two persons"),
        ("1 1\nA 1 B 2\n", "line 2: 'A 1 B 2' is not a pair of one person"),
        ("1 1\nA 1 two\nA 1 B 2\n", "line 2: 'two' is no whole number from 1 up"),
        ("1 1\nA 0 2\nA 1 B 2\n", "line 2: '0' is no whole number from 1 up"),
        ("1 1\nA -1 2\nA 1 B 2\n", "line 2: '-1' is no whole number"),
        ("1 2\nA 1 2\nA 1 3\nA 1 B 2\n", "ends with line 4, where the first says 1 x 2 pairs"),
        ("1 1\nA 1 2\nA 1 B 2\nA 1 C 2\n", "line 4: more pairs than the 1 x 1"),
        ("0 1\n", "line 1: '0' is no whole number from 1 up"),
    ],
)
def test_a_wrong_line_of_lfw_is_named(lines, sentence, tmp_path):
    path = tmp_path / "pairs.txt"
    path.write_text(lines)
    message = refused(path)
    assert message.startswith(str(path))
    assert sentence in message


# CFP


def test_cfp_compares_frontal_with_profile(tmp_path):
    pairs = read_pairs(write_cfp(tmp_path))
    assert asked(pairs) == [
        ("001/frontal/01.jpg", "001/profile/02.jpg", True, 0),
        ("001/frontal/01.jpg", "002/profile/01.jpg", False, 0),
        ("002/frontal/01.jpg", "002/profile/02.jpg", True, 1),
        ("002/frontal/02.jpg", "001/profile/02.jpg", False, 1),
    ]
    assert pairs.folder == tmp_path / "Data" / "Images"
    assert {item.subject for item in pairs.items} == {"001", "002"}


def test_cfp_compares_frontal_with_frontal(tmp_path):
    pairs = read_pairs(write_cfp(tmp_path).with_name("FF"))
    assert all("profile" not in name for pair in asked(pairs) for name in pair[:2])


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("Split/FP/01/same.txt", "1;2\n", "same.txt, line 1: '1;2' is not a pair"),
        ("Split/FP/02/diff.txt", "1,2\n1,9\n", "diff.txt, line 2: there is no picture 9"),
        ("Split/FP/02/diff.txt", "1,x\n", "diff.txt, line 1: 'x' is no whole number"),
        ("Pair_list_P.txt", "1 x.jpg\n", "Pair_list_P.txt, line 1: '1 x.jpg' is not a number"),
    ],
)
def test_a_wrong_line_of_cfp_is_named(file, text, sentence, tmp_path):
    split = write_cfp(tmp_path)
    (split.parent.parent / file).write_text(text)
    assert sentence in refused(split)


def test_a_missing_list_of_cfp_is_named(tmp_path):
    split = write_cfp(tmp_path)
    (split.parent.parent / "Pair_list_P.txt").unlink()
    assert "Pair_list_P.txt: cannot be read" in refused(split)


def test_another_folder_of_cfp_is_refused(tmp_path):
    split = write_cfp(tmp_path)
    assert "give Protocol/Split/FF or FP" in refused(split.parent.parent)
    other = split.rename(split.with_name("Profile"))
    assert "give CFP's folder" in refused(other)


# Templates


TEMPLATES = "1.jpg 10 7\n2.jpg 10 7\n3.jpg 10 8\n4.jpg 11 9\n5.jpg 12 9\n"


def test_insightfaces_templates_are_of_media(tmp_path):
    (tmp_path / "tid_mid.txt").write_text(TEMPLATES)
    (tmp_path / "pairs.txt").write_text("10 11 1\n10 12 0\n")
    pairs = read_pairs(tmp_path / "pairs.txt", [tmp_path / "tid_mid.txt"])
    assert asked(pairs) == [("10", "11", True, 0), ("10", "12", False, 0)]
    assert pairs.items[0].media == ((0, 1), (2,))
    assert [sample.name for sample in pairs.samples] == [f"{n}.jpg" for n in range(1, 6)]


def test_nists_templates_have_subjects_and_boxes(tmp_path):
    gallery, probe = tmp_path / "gallery.csv", tmp_path / "probe.csv"
    header = "TEMPLATE_ID,SUBJECT_ID,FILENAME,SIGHTING_ID,FACE_X,FACE_Y,FACE_WIDTH,FACE_HEIGHT\n"
    gallery.write_text(header + "1,100,img/a.jpg,5,10,20,30,40\n2,200,img/a.jpg,5,90,20,30,40\n")
    probe.write_text(header + "3,100,frames/b.png,6,1,2,3,4\n3,100,frames/c.png,6,1,2,3,4\n")
    (tmp_path / "matches.csv").write_text("1,3\n2,3\n")
    pairs = read_pairs(tmp_path / "matches.csv", [gallery, probe])
    assert asked(pairs) == [("1", "3", True, 0), ("2", "3", False, 0)]
    # Two persons of one picture.
    assert [sample.box for sample in pairs.samples[:2]] == [(10, 20, 30, 40), (90, 20, 30, 40)]
    assert pairs.items[2].media == ((2, 3),)


@pytest.mark.parametrize(
    ("templates", "lines", "sentence"),
    [
        (TEMPLATES, "10 11 1\n10 99 0\n", "pairs.txt, line 2: no list of --templates has the"),
        (TEMPLATES, "10 11 1\n10 12 2\n", "pairs.txt, line 2: '10 12 2' is not a pair whose"),
        (TEMPLATES, "10 11 1\n10\n", "pairs.txt, line 2: '10' is not a pair"),
        (TEMPLATES, "10,11\n", "pairs.txt, line 1: no label, and the lists"),
        ("1.jpg 10\n", "10 11 1\n", "tid_mid.txt, line 1: '1.jpg 10' is not a picture, its"),
        ("", "10 11 1\n", "tid_mid.txt: empty"),
        ("TEMPLATE_ID,FILENAME\n", "1 2 1\n", "tid_mid.txt, line 1: no column SUBJECT_ID, SIGHT"),
        (
            "TEMPLATE_ID,SUBJECT_ID,FILENAME,SIGHTING_ID\n1,2,a.jpg\n",
            "1 2 1\n",
            "tid_mid.txt, line 2: '1,2,a.jpg' is not a row of the 4 columns",
        ),
    ],
)
def test_a_wrong_line_of_templates_is_named(templates, lines, sentence, tmp_path):
    (tmp_path / "tid_mid.txt").write_text(templates)
    (tmp_path / "pairs.txt").write_text(lines)
    assert sentence in refused(tmp_path / "pairs.txt", tmp_path / "tid_mid.txt")


def test_templates_without_their_list_are_asked_for(tmp_path):
    (tmp_path / "pairs.txt").write_text("10 11 1\n")
    assert "with --templates" in refused(tmp_path / "pairs.txt")


# insightface's .bin


PICTURES = [bytes([255, 216, n]) * 3 for n in range(8)]
LABELS = [True, False, True, False]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize(
    ("pictures", "labels"),
    [
        (PICTURES, LABELS),
        ([np.frombuffer(picture, np.uint8) for picture in PICTURES], [np.bool_(x) for x in LABELS]),
        (PICTURES, [1, 0, 1, 0]),
    ],
)
def test_a_bin_has_its_pictures_within(pictures, labels, protocol, tmp_path):
    pairs = read_pairs(write_bin(tmp_path / "lfw.bin", pictures, labels, protocol))
    assert [sample.encoded for sample in pairs.samples] == PICTURES
    assert pairs.same.tolist() == LABELS
    assert pairs.first.tolist() == [0, 2, 4, 6]
    assert pairs.second.tolist() == [1, 3, 5, 7]


def test_a_bin_of_python_2_has_its_bytes_as_text(tmp_path):
    short = b"".join(b"U" + bytes([len(picture)]) + picture for picture in PICTURES[:4])
    path = tmp_path / "old.bin"
    path.write_bytes(b"\x80\x02](" + short + b"e](I01\nI00\ne\x86.")
    pairs = read_pairs(path)
    assert [sample.encoded for sample in pairs.samples] == PICTURES[:4]
    assert pairs.same.tolist() == [True, False]


def test_a_bin_has_ten_folds_one_behind_the_other(tmp_path):
    labels = [True, False] * 12
    pairs = read_pairs(write_bin(tmp_path / "a.bin", [b"\xff\xd8x"] * 48, labels))
    # As scikit-learn's KFold cuts 24: four of three, then six of two.
    assert np.bincount(pairs.fold).tolist() == [3] * 4 + [2] * 6
    assert (np.diff(pairs.fold) >= 0).all()


class Evil:
    """What does harm when it is unpickled."""

    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return os.mkdir, (self.marker,)


@pytest.mark.parametrize("where", ["picture", "label", "whole"])
def test_a_bin_that_would_run_something_is_refused(where, tmp_path):
    evil = Evil(tmp_path / "harm")
    content = {
        "picture": ([evil, *PICTURES[1:]], LABELS),
        "label": (PICTURES, [evil, *LABELS[1:]]),
        "whole": evil,
    }[where]
    path = tmp_path / "evil.bin"
    path.write_bytes(pickle.dumps(content))
    assert f"{path} is refused: its pickle names posix.mkdir, which no set of pairs" in refused(
        path
    )
    assert not (tmp_path / "harm").exists()
    pickle.loads(path.read_bytes())
    assert (tmp_path / "harm").exists(), "the pickle would not have done harm"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"a": 1}, "is no pair of a list of pictures and a list of labels"),
        ((PICTURES, 3), "is no pair of a list of pictures and a list of labels"),
        ((PICTURES[:7], LABELS), "7 pictures for 4 pairs"),
        (([], []), "0 pictures for 0 pairs"),
        ((["é€", *PICTURES[1:]], LABELS), "picture 0: a str, not an encoded picture"),
        (([None, *PICTURES[1:]], LABELS), "picture 0: a NoneType"),
        ((PICTURES, [True, False, 7, True]), "pair 2: its label is a int"),
        ((PICTURES, [True] * 4), "no pairs of two persons"),
    ],
)
def test_a_wrong_bin_is_named(content, sentence, tmp_path):
    path = tmp_path / "wrong.bin"
    path.write_bytes(pickle.dumps(content))
    message = refused(path)
    assert message.startswith(str(path))
    assert sentence in message


def test_a_bin_cut_short_is_named(tmp_path):
    path = write_bin(tmp_path / "short.bin", PICTURES, LABELS)
    path.write_bytes(path.read_bytes()[:-20])
    assert "short.bin is not a readable pickle" in refused(path)


# A table


def test_a_table_has_pairs_and_what_is_known_of_them(tmp_path):
    rows = ["b/1.png,b/2.png,1,1,ben,ben,x", '"a,1.png",b/1.png,0,2,ann,ben,y']
    header = "image_a,image_b,same,fold,person_a,person_b,note"
    pairs = read_pairs(write_table(tmp_path / "pairs.csv", rows, header))
    assert asked(pairs) == [("b/1.png", "b/2.png", True, 0), ("a,1.png", "b/1.png", False, 1)]
    assert [item.subject for item in pairs.items] == ["ben", "ben", "ann"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["a,b,1", "a,c"], "pairs.csv, line 3: 'a,c' is not a row of the 3 columns"),
        (["a,b,1", "a,c,maybe"], "pairs.csv, line 3: 'a,c,maybe' is not a pair whose column same"),
        (["a,,1", "a,c,0"], "pairs.csv, line 2: 'a,,1' is not a pair with an image_b"),
        (["a,b,1"], "pairs.csv: no pairs of two persons"),
        (["a,b,0"], "pairs.csv: no pairs of one person"),
    ],
)
def test_a_wrong_line_of_a_table_is_named(rows, sentence, tmp_path):
    assert sentence in refused(write_table(tmp_path / "pairs.csv", rows))


def test_a_picture_of_two_persons_is_named(tmp_path):
    rows = ["a,b,1,ann,ann", "a,c,0,ben,cy"]
    path = write_table(tmp_path / "p.csv", rows, "image_a,image_b,same,person_a,person_b")
    assert "p.csv, line 3: a is ben here, ann before" in refused(path)


# What is none


def test_what_is_no_list_is_refused(tmp_path):
    assert "none.txt: no such file" in refused(tmp_path / "none.txt")
    (tmp_path / "prose.txt").write_text("These are no pairs at all.\n")
    assert "as no known list of pairs does" in refused(tmp_path / "prose.txt")
    (tmp_path / "empty.txt").write_text("")
    assert "as no known list of pairs does" in refused(tmp_path / "empty.txt")
    (tmp_path / "picture.txt").write_bytes(b"\xff\xd8\xff\xe0")
    assert "picture.txt: no text" in refused(tmp_path / "picture.txt")
    assert "no list of pairs; of CFP" in refused(tmp_path)

"""The list of faces."""

from pathlib import Path

import pytest

from scoreface.base.errors import InputError
from scoreface.config.ids import (
    FaceId,
    check_folders,
    check_images,
    check_results,
    image_of,
    is_fit_id,
    is_fit_image,
    read_ids,
)


def write(folder: Path, text: str) -> Path:
    path = folder / "ids.txt"
    path.write_text(text)
    return path


def test_plain_list_keeps_ids_as_written(tmp_path: Path) -> None:
    path = write(tmp_path, "# FFHQ\n00042\n\n  7.jpg \r\n1e3\n")
    assert [face.id for face in read_ids(path)] == ["00042", "7.jpg", "1e3"]


def test_table_with_images_in_any_column_order(tmp_path: Path) -> None:
    path = write(tmp_path, "# made by hand\nimage\tid\nmy photos/a.png\t00042\n\t00043\n")
    assert read_ids(path) == [FaceId("00042", "my photos/a.png"), FaceId("00043")]


def test_identities_come_from_the_list_or_are_the_ids(tmp_path: Path) -> None:
    path = tmp_path / "ids.tsv"
    path.write_text("identity\tid\timage\nanna\ta1\tp.png\nanna\ta2\n\tb\n")
    faces = read_ids(path)
    assert [(face.id, face.identity) for face in faces] == [
        ("a1", "anna"),
        ("a2", "anna"),
        ("b", "b"),
    ]
    path.write_text("id\tidentity\na\tAnna Smith\n")
    with pytest.raises(InputError, match="identities unfit for a folder name: 'Anna Smith'"):
        read_ids(path)


def test_table_of_a_spreadsheet_with_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "ids.tsv"
    path.write_bytes("\ufeffid\timage\r\n00042\ta.png\r\n".encode())
    assert read_ids(path) == [FaceId("00042", "a.png")]


def test_image_comes_from_the_list_or_else_from_the_template() -> None:
    assert image_of(FaceId("00042"), "ffhq/{id}/{id}.png") == Path("ffhq/00042/00042.png")
    assert image_of(FaceId("00042", "a.png"), "ffhq/{id}.png") == Path("a.png")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["no ids"]),
        ("# only a comment\n\n", ["no ids"]),
        ("id\timage\n", ["no ids", "header"]),
        ("a\nb\na\nc\nb\n", ["more than once", "a, b"]),
        ("a/b\n../c\nd e\n-f\n.g\nfine\n", ["unfit", "'a/b', '../c', 'd e', '-f', '.g';"]),
        ("ä\n", ["unfit", "'ä'"]),
        (f"{'x' * 101}\n", ["unfit"]),
        ("id\timage\n\ta.png\n", ["unfit", "''"]),
        ("summary.tsv\n", ["summary.tsv", "rename"]),
        ("id\tphoto\na\tb.png\n", ["photo", "'image'"]),
        ("id\tid\na\tb\n", ["id, id"]),
        ("a\tb.png\n", ["'a'", "no header"]),
        ("id\na\tb.png\n", ["'a'", "2 columns"]),
    ],
)
def test_bad_lists_are_named(tmp_path: Path, text: str, parts: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_ids(path)
    for part in [str(path), *parts]:
        assert part in str(caught.value)


def test_only_the_first_few_offenders_are_listed(tmp_path: Path) -> None:
    path = write(tmp_path, "".join(f"a b{number}\n" for number in range(12)))
    with pytest.raises(InputError, match=r"'a b4' and 7 more"):
        read_ids(path)


def test_a_picture_or_nothing_at_all_is_no_list(tmp_path: Path) -> None:
    picture = tmp_path / "photo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(InputError, match="not a text file"):
        read_ids(picture)
    with pytest.raises(InputError, match="No such file"):
        read_ids(tmp_path / "absent.txt")


def test_a_file_where_a_face_has_its_folder_is_named(tmp_path: Path) -> None:
    faces = [FaceId("done"), FaceId("new"), FaceId("blocked")]
    check_folders(faces, tmp_path / "results")
    (tmp_path / "results" / "done").mkdir(parents=True)
    (tmp_path / "results" / "summary.tsv").touch()
    check_folders(faces, tmp_path / "results")
    (tmp_path / "results" / "blocked").touch()
    with pytest.raises(InputError, match=r"no folder: .*blocked; results go there"):
        check_folders(faces, tmp_path / "results")


def test_missing_images_are_named_but_not_those_that_will_be_made(tmp_path: Path) -> None:
    (tmp_path / "here.png").touch()
    template = f"{tmp_path}/{{id}}.png"
    faces = [FaceId("here"), FaceId("later"), FaceId("gone")]
    with pytest.raises(InputError) as caught:
        check_images(faces, template, made=[f"{tmp_path}/later.png"])
    assert f"gone ({tmp_path}/gone.png)" in str(caught.value)
    assert "here (" not in str(caught.value)
    assert "later (" not in str(caught.value)


@pytest.mark.parametrize(
    "image", ["{input}.png", "<results>.png", "b\x0bc.png", "x{id}.png", "z" * 1001]
)
def test_an_image_that_snakemake_would_take_for_another_is_named(tmp_path, image):
    face = FaceId("a", image)
    with pytest.raises(InputError, match=r"would take for something else: a \(") as caught:
        check_images([face], "{id}.png", [])
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("path", ["/dev/zero", ".", "a\0b", "z" * 5000])
def test_what_is_no_file_is_no_list(path):
    with pytest.raises(InputError, match=r"list of ids|not a text file"):
        read_ids(Path(path))


def test_a_line_of_any_length_is_one_line(tmp_path):
    (tmp_path / "ids.txt").write_text("a\n" + "b" * 200_000 + "\n")
    with pytest.raises(InputError, match="unfit for a folder name: 'bbbb") as caught:
        read_ids(tmp_path / "ids.txt")
    assert len(str(caught.value)) < 500


def faces(*ids: str) -> list[FaceId]:
    return [FaceId(id) for id in ids]


def test_a_table_of_other_faces_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "summary.tsv").write_text("id\tstatus\na\tcomplete\nb\trejected\n")
    # What is not there any more cannot be lost.
    check_results(faces("c"), tmp_path)
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError, match=r"summary\.tsv is the table of other faces \(a, b\)"):
        check_results(faces("c", "d"), tmp_path)


@pytest.mark.parametrize("ids", [("a", "b"), ("a",), ("a", "b", "c"), ("b", "c")])
def test_a_list_may_grow_and_shrink(ids: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "summary.tsv").write_text("id\tstatus\na\tcomplete\nb\trejected\n")
    (tmp_path / "a").mkdir()
    check_results(faces(*ids), tmp_path)


@pytest.mark.parametrize("text", [None, b"", b"\xff\xfe", b"id\n", b"\n\n"])
def test_a_table_that_is_none_is_of_nobody(text: bytes | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "summary.tsv").write_bytes(text)
    check_results(faces("c"), tmp_path)


@pytest.mark.parametrize(
    ("name", "fit"),
    [("00042", True), ("a.b-c", True), ("-a", False), ("a b", False), ("", False), ("LOGS", False)],
)
def test_a_name_is_an_id_or_not(name: str, fit: bool) -> None:
    assert is_fit_id(name) is fit


@pytest.mark.parametrize(
    ("path", "fit"),
    [
        ("/my photos/ä (1).jpg", True),
        ("/a{b}.jpg", False),
        ("/a\tb.jpg", False),
        ("/a.jpg ", False),
        ("/\udcff.jpg", False),
        ("/" + 1000 * "a", False),
    ],
)
def test_a_path_of_a_photo_is_taken_as_it_is_or_not(path: str, fit: bool) -> None:
    assert is_fit_image(path) is fit

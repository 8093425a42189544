"""The page as a file: what stands in it, how large it is, and that nothing of the faces becomes markup."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import scoreface
from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.base.files import write_text
from scoreface.results.faces import FaceSummary
from scoreface.results.page import viewer
from scoreface.results.page.page import Run, write_page
from scoreface.results.page.viewer import three, write_viewer
from scoreface.results.ranges import Ranges

RUN = Run("embedded score model", True, 64, "joint", 7)
GREY = np.full((4, 4, 3), 128, np.uint8)


def face(id, status="complete", reason="", **more):
    return FaceSummary(id, status, reason, **more)


def written(folder, faces, run=RUN, beside=None):
    """The page's text, and the data that its script reads."""
    path = folder / "report.html"
    write_page(path, faces, folder, run, Ranges(), beside or {})
    text = path.read_text()
    found = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1
    return text, json.loads(found[0])


def test_the_banner_says_what_made_the_faces(tmp_path):
    text, _ = written(tmp_path, [face("a")])
    for part in ("embedded score model, 64 pixels", "pipeline joint", "seed 7"):
        assert f"<li>{part}</li>" in text
    assert f"<li>ScoreFace {scoreface.__version__}</li>" in text
    assert re.search(
        r'<time datetime="\d{4}-\d\d-\d\dT[^"]+">\d{4}-\d\d-\d\d \d\d:\d\d</time>', text
    )
    assert "procedural heads of 64 pixels only" in text


def test_a_model_of_the_users_own_is_named_and_not_excused(tmp_path):
    text, _ = written(tmp_path, [face("a")], Run("models/<mine>", False, 256, "image", 0))
    assert "<li>models/&lt;mine&gt;, 256 pixels</li>" in text
    assert "procedural" not in text
    text, _ = written(tmp_path, [face("a")], Run("", False, 256, "image", 0))
    assert "256 pixels" not in text


def test_of_drawn_photos_it_says_in_how_many_a_face_was_found(tmp_path):
    text, _ = written(tmp_path, [face("a")], RUN)
    assert "drawn by it" not in text
    text, _ = written(tmp_path, [face("a")], replace(RUN, drawn=(4, 5)))
    assert "<li>photos drawn by it: a face in 4 of 5 pictures</li>" in text


def test_text_of_the_faces_is_no_markup(tmp_path):
    reason = "</script><script>alert(1)</script><!-- &amp;"
    text, data = written(tmp_path, [face("a", "rejected", reason)])
    assert data["faces"][0][2] == reason
    assert "alert(1)</script>" not in text
    assert "<!--" not in text.partition('id="data">')[2].partition("</script>")[0]


def test_nothing_is_fetched_from_elsewhere(tmp_path):
    text, _ = written(tmp_path, [face("a")])
    assert not re.search(r"https?:|//\w|@import", text)
    assert "url(" not in text.partition("</style>")[0]


def test_it_knows_which_files_there_are(tmp_path):
    (tmp_path / "pages").mkdir()
    for name in ("head.js", "head.zip"):
        write_text(tmp_path / "a" / name, "")
    write_image(tmp_path / "a" / "compare" / "photo.png", GREY)
    path = tmp_path / "pages" / "report.html"
    write_page(path, [face("a"), face("b")], tmp_path, RUN, Ranges(), {})
    data = json.loads(re.search(r'id="data">(.*?)</script>', path.read_text())[1])
    assert data["root"] == "../"
    there = {
        row[0]: {name for bit, name in enumerate(data["files"]) if row[3] >> bit & 1}
        for row in data["faces"]
    }
    assert there == {"a": {"head.js", "head.zip", "compare/photo.png"}, "b": set()}


def test_what_stands_beside_it_is_linked_where_it_is_there(tmp_path):
    beside = {"viewer": tmp_path / "viewer.js", "contact_sheet": tmp_path / "a sheet.png"}
    text, data = written(tmp_path, [face("a")], beside=beside)
    assert data["viewer"] is None
    assert "Contact sheet" not in text
    for path in beside.values():
        write_text(path, "")
    text, data = written(tmp_path, [face("a")], beside=beside)
    assert data["viewer"] == "viewer.js"
    assert '<a href="a%20sheet.png">Contact sheet</a>' in text


def test_only_complete_faces_are_better_looked_at(tmp_path):
    look = {"faces_found": "2 faces."}
    faces = [face("a"), face("b", look_at=look), face("c", "unfinished", look_at=look)]
    text, data = written(tmp_path, faces)
    assert [data["statuses"][row[1]] for row in data["faces"]] == [
        "complete",
        "complete, look at it",
        "unfinished",
    ]
    buttons = re.findall(r'aria-pressed="(\w+)">([^<]+) <b>(\d+)</b>', text)
    assert buttons == [
        ("true", "all", "3"),
        ("false", "complete", "1"),
        ("false", "complete, look at it", "1"),
        ("false", "unfinished", "1"),
    ]


def test_the_legend_has_the_provenance_pictures_colours(tmp_path):
    picture = Image.new("P", (2, 2))
    picture.putpalette([0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 251, 252])
    (tmp_path / "a").mkdir()
    picture.save(tmp_path / "a" / "provenance.png")
    _, data = written(tmp_path, [face("a", shares={1: 1.0, 2: 0.0, 3: 0.0, 4: 0.0})])
    assert [colour for _, colour in data["legend"]] == ["#010203", "#040506", "#070809", "#fafbfc"]


def test_ten_thousand_faces_stay_below_five_megabytes(tmp_path):
    look = {"identity_after": Ranges().of_identity(0.65, ""), "faces_found": "2 faces were found."}
    faces = [
        face(
            f"a_name_of_twenty_{n:05d}",
            look_at=look if n % 5 == 0 else {},
            yaw=-12.345,
            pitch=3.456,
            roll=-0.123,
            reprojection_error=0.03456,
            outline_iou=0.98765,
            n_faces=1,
            shares={1: 0.41234, 2: 0.2345, 3: 0.1234, 4: 0.2298},
            evaluations=3000,
            identity_before=0.45678,
            identity_after=0.34567,
            seconds=dict.fromkeys(("detect", "parse", "fit", "inpaint", "render"), 123.456),
        )
        for n in range(10_000)
    ]
    write_image(tmp_path / faces[0].id / "provenance.png", GREY)
    write_page(tmp_path / "report.html", faces, tmp_path, RUN, Ranges(), {})
    assert (tmp_path / "report.html").stat().st_size < 5_000_000


def test_the_viewers_script_is_the_library_with_its_licence_and_the_viewer(tmp_path):
    write_viewer(tmp_path / "viewer.js")
    text = (tmp_path / "viewer.js").read_text()
    assert text.startswith("/**\n * @license\n * Copyright 2010-2022 Three.js Authors\n")
    assert "SPDX-License-Identifier: MIT" in text[:200]
    assert text.startswith(three())
    assert text.rstrip().endswith("})();")
    assert "window.scorefaceViewer = " in text
    # Nothing of the template's other parts.
    assert "GLTFLoader" not in text


@pytest.mark.parametrize("template", [b"no archive", b""])
def test_a_trimesh_without_the_library_is_named(monkeypatch, tmp_path, template):
    monkeypatch.setattr("trimesh.resources.get_bytes", lambda name: template)
    with pytest.raises(InputError, match=r"trimesh [\d.]+: no three\.js in .*constraints\.txt"):
        write_viewer(tmp_path / "viewer.js")
    assert not (tmp_path / "viewer.js").exists()


def test_another_template_is_not_taken_for_the_library(monkeypatch):
    monkeypatch.setattr(viewer, "_LIBRARY", re.compile("no such text"))
    with pytest.raises(InputError, match="no three"):
        three()

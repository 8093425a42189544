"""The example notebook, run as Jupyter runs it."""

import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from scoreface.api.models import face_mesh_files, person_model_path

pytestmark = pytest.mark.heavy


def test_the_example_runs(repository, person_model, face_mesh, tmp_path, monkeypatch):
    # Its models go where the test's other files go; what is downloaded is there already.
    cache, place = tmp_path / "cache", tmp_path / "place"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    kept = (person_model_path(cache / "scoreface"), *face_mesh_files(cache / "scoreface"))
    for source, target in zip((person_model, *face_mesh), kept, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    notebook = nbformat.read(repository / "docs" / "examples" / "complete.ipynb", as_version=4)
    shown = [len(cell.get("outputs", ())) for cell in notebook.cells]
    for cell in notebook.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(place)}}).execute()
    results = [
        [each for each in cell.get("outputs", ()) if each.get("name") != "stderr"]
        for cell in notebook.cells
    ]
    assert [len(outputs) for outputs in results] == shown
    texts = [
        each["data"]["text/plain"] for outputs in results for each in outputs if "data" in each
    ]
    assert any(text.startswith("<Head astronaut: 512 texels") for text in texts)
    assert "'astronaut.glb'" in texts[-1]

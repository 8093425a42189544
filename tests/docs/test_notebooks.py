"""Notebooks as pages."""

import json

import notebooks


def test_cells_become_markdown(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "\n", "Text *here*."]},
        {
            "cell_type": "code",
            "source": "1 + 1",
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["said\n"]},
                {"output_type": "execute_result", "data": {"text/plain": ["2"]}},
                {
                    "output_type": "display_data",
                    "data": {"image/png": "QUJD\n", "text/plain": "<Image>"},
                },
            ],
        },
        {"cell_type": "code", "source": [], "outputs": []},
    ]
    path = tmp_path / "book.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
    assert notebooks.render(path) == (
        "Text *here*.\n\n```python\n1 + 1\n```\n\n```text\nsaid\n```\n\n```text\n2\n```\n\n"
        '<img alt="what the code above shows" src="data:image/png;base64,QUJD">\n'
    )

"""The registry of face parsers: names, settings and classes belong together, and reading it costs nothing."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.parse.engines import (
    ENGINES,
    EmbeddedSettings,
    NoSettings,
    engine_name,
    make_parser,
)
from scoreface.parse.labels import UNKNOWN


@pytest.mark.parametrize("name", ENGINES)
def test_each_engine_has_its_class_and_settings_of_its_own(name: str) -> None:
    module, _, parser = ENGINES[name].place.partition(":")
    assert callable(getattr(importlib.import_module(module), parser).parse)
    others = [engine.settings for other, engine in ENGINES.items() if other != name]
    assert ENGINES[name].settings not in others


def test_none_takes_nothing_away() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (30, 20, 3), dtype=np.uint8)
    parsed = make_parser(NoSettings()).parse(photo, None)
    assert parsed.labels.shape == parsed.confidence.shape == (30, 20)
    assert parsed.labels.dtype == parsed.confidence.dtype == np.uint8
    assert (parsed.labels == UNKNOWN).all()
    assert not parsed.confidence.any()
    assert make_parser(NoSettings()).source() == (None, None)


def test_the_name_of_the_engine_that_settings_belong_to() -> None:
    assert engine_name(NoSettings()) == "none"
    assert engine_name(EmbeddedSettings("auto")) == "embedded"


def test_the_embedded_engine_says_where_its_network_comes_from() -> None:
    with pytest.raises(InputError, match=r"parse\.person_model: auto, but no file is given; fetch"):
        make_parser(EmbeddedSettings("auto"))


def test_the_registry_imports_nothing_heavy() -> None:
    # The workflow reads it where there is only Snakemake.
    heavy = "('numpy', 'cv2', 'torch', 'transformers', 'onnxruntime', 'ai_edge_litert', 'PIL')"
    code = "import sys, scoreface.parse.engines, scoreface.parse.labels, scoreface.stages.parse; "
    code += f"print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Options are made from a stage's dataclasses, and its settings come from JSON, from files, or from options."""

import json
from dataclasses import dataclass, make_dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Optional, Tuple  # noqa: UP035

import pytest

from scoreface.base import command
from scoreface.base.command import count, option
from scoreface.base.errors import InputError
from scoreface.base.settings import key

CONFIG = {"fit": {"ftol": 1e-9, "size": 3}, "seed": 7}


@dataclass(frozen=True)
class Nothing:
    """No fields."""


@dataclass(frozen=True)
class Keyed:
    ftol: float = key("fit.ftol")
    size: int = key("fit.size")


def stage(inputs=Nothing, outputs=Nothing, settings=Nothing):
    """A stage that keeps what it is run with, in ``ran``."""
    made = SimpleNamespace(Inputs=inputs, Outputs=outputs, Settings=settings, ran=[])
    made.__doc__ = "Do something.\n\nAnd more about it."
    made.run = lambda *parts: made.ran.append(parts)
    return made


def run(made, arguments, read_config=lambda files: CONFIG):
    """What the stage is run with."""
    command.run(made, "do", arguments, read_config)
    (parts,) = made.ran
    return parts


def inputs_of(kind, declared, *arguments):
    """The value of the one field ``field`` of a stage's inputs."""
    inputs = make_dataclass("Inputs", [("field", kind, declared)], frozen=True)
    return run(stage(inputs), [str(argument) for argument in arguments])[0].field


def refused(capsys, made, arguments) -> str:
    """What is said of arguments that are refused."""
    with pytest.raises(SystemExit) as caught:
        command.run(made, "do", arguments, lambda files: CONFIG)
    assert caught.value.code == 2
    assert made.ran == []
    return capsys.readouterr().err


def test_a_field_of_inputs_and_outputs_is_an_option_each():
    @dataclass(frozen=True)
    class Inputs:
        photo_file: Path
        id: str

    @dataclass(frozen=True)
    class Outputs:
        out: Path

    made = stage(Inputs, Outputs)
    given = run(made, ["--photo-file", "a b.png", "--id", "007", "--out", "x/y"])
    assert given == (Inputs(Path("a b.png"), "007"), Outputs(Path("x/y")), Nothing())
    assert isinstance(given[0].photo_file, Path)


def test_what_has_no_default_is_required(capsys):
    @dataclass(frozen=True)
    class Inputs:
        photo: Path = option("the photo")
        id: str = option("its id", "none")

    made = stage(Inputs)
    assert "--photo" in refused(capsys, made, [])
    assert run(made, ["--photo", "a"])[0] == Inputs(Path("a"), "none")


def test_an_unknown_option_is_refused(capsys):
    assert "--other" in refused(capsys, stage(), ["--other", "3"])


@pytest.mark.parametrize(
    ("kind", "default", "arguments", "value"),
    [
        (int, 3, (), 3),
        (int, 3, ("--field", "-4"), -4),
        (float, 0.5, ("--field", "1e-3"), 1e-3),
        (str, "auto", ("--field", ""), ""),
        (bool, False, (), False),
        (bool, False, ("--field",), True),
        (tuple[int, ...], (1, 2), (), (1, 2)),
        (tuple[int, ...], (1, 2), ("--field", 5), (5,)),
        (tuple[float, ...], (), ("--field", "1", "-2.5"), (1.0, -2.5)),
        (Tuple[float, ...], (), ("--field", "1", "-2.5"), (1.0, -2.5)),  # noqa: UP006
        (tuple[Path, ...], (), ("--field", "a", "b"), (Path("a"), Path("b"))),
        (Path | None, None, (), None),
        (Path | None, None, ("--field", "a"), Path("a")),
        (Optional[Path], None, ("--field", "a"), Path("a")),  # noqa: UP045
        (tuple[str, ...] | None, None, (), None),
        (tuple[str, ...] | None, None, ("--field", "a", "b"), ("a", "b")),
        (tuple[tuple[str, ...], ...], (), (), ()),
        (tuple[tuple[str, ...], ...], (), ("--field", "a", "b"), (("a", "b"),)),
        (
            tuple[tuple[str, ...], ...],
            (),
            ("--field", "a", "b", "--field", "c"),
            (("a", "b"), ("c",)),
        ),
    ],
)
def test_the_kind_of_a_field_makes_the_option(kind, default, arguments, value):
    found = inputs_of(kind, option("", default), *arguments)
    assert found == value
    assert type(found) is type(value)


def test_an_optional_field_without_default_may_be_left_out():
    assert inputs_of(Path | None, option("the page"), "--field", "a") == Path("a")
    assert inputs_of(Path | None, option("the page")) is None


def test_repeats_do_not_pile_up_from_run_to_run():
    for _ in range(2):
        found = inputs_of(tuple[tuple[str, ...], ...], option("", ()), "--field", "a")
        assert found == (("a",),)


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        (int, "1.5", "int"),
        (int, "x", "int"),
        (float, "x", "float"),
        (tuple[int, ...], "1.5", "int"),
    ],
)
def test_a_value_of_another_kind_is_refused(kind, text, name, capsys):
    inputs = make_dataclass("Inputs", [("field", kind, option("", None))])
    says = refused(capsys, stage(inputs), ["--field", text])
    assert f"argument --field: invalid {name} value: '{text}'" in says


def test_further_arguments_of_an_option_go_over_its_kind_s():
    names = option("names", None, nargs="*", metavar="NAME")
    assert inputs_of(tuple[str, ...] | None, names, "--field") == ()
    assert inputs_of(int, option("", 1, type=lambda text: 2 * int(text)), "--field", "4") == 8


def test_positional_fields_stand_in_their_order(capsys):
    @dataclass(frozen=True)
    class Inputs:
        source: Path = option("what is read", positional=True)
        again: bool = option("once more", False)

    @dataclass(frozen=True)
    class Outputs:
        folder: Path = option("what is written", positional=True)

    made = stage(Inputs, Outputs)
    assert "folder" in refused(capsys, made, ["a"])
    given = run(made, ["a", "--again", "b"])
    assert given[:2] == (Inputs(Path("a"), True), Outputs(Path("b")))


def test_what_counts_something_is_one_or_more(capsys):
    assert inputs_of(int, option("threads", 1, type=count), "--field", 2) == 2
    inputs = make_dataclass("Inputs", [("threads", int, option("threads", 1, type=count))])
    for text in ("0", "-1"):
        says = refused(capsys, stage(inputs), ["--threads", text])
        assert f"argument --threads: {text} is no whole number from 1 up" in says
    for text in ("1.5", "nan", "many"):
        says = refused(capsys, stage(inputs), ["--threads", text])
        assert f"argument --threads: invalid count value: '{text}'" in says


def test_settings_without_keys_are_options():
    @dataclass(frozen=True)
    class Settings:
        heads: int = option("how many", 10)
        fit: bool = option("fit them", False)

    made = stage(settings=Settings)
    assert run(made, ["--heads", "3"])[2] == Settings(3, False)


def not_asked(files):
    raise AssertionError("the files are not read")


def test_settings_come_as_json_alone(capsys):
    made = stage(settings=Keyed)
    text = json.dumps({"fit": {"ftol": 1e-3, "size": 4, "other": "x"}})
    assert run(made, ["--settings", text], not_asked)[2] == Keyed(1e-3, 4)


@pytest.mark.parametrize(
    ("arguments", "files"),
    [([], []), (["--configfile", "a.yaml", "b.yaml"], [Path("a.yaml"), Path("b.yaml")])],
)
def test_or_from_files_over_the_defaults(arguments, files):
    asked = []

    def read_config(paths: Any):
        asked.append(list(paths))
        return CONFIG

    assert run(stage(settings=Keyed), arguments, read_config)[2] == Keyed(1e-9, 3)
    assert asked == [files]


def test_but_not_from_both(capsys):
    both = ["--settings", json.dumps(CONFIG), "--configfile", "a.yaml"]
    assert "not allowed with argument" in refused(capsys, stage(settings=Keyed), both)


def test_keys_are_no_options(capsys):
    assert "--ftol" in refused(capsys, stage(settings=Keyed), ["--ftol", "1"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "--settings: not JSON"),
        ("", "--settings: not JSON"),
        ("fit: {ftol: 1}", "--settings: not JSON"),
        ("[1]", "fit.ftol: missing"),
        ("3", "fit.ftol: missing"),
        ("null", "fit.ftol: missing"),
        ('{"fit": {"ftol": 1e-9}}', "fit.size: missing"),
        ('{"fit": {"ftol": NaN, "size": 3}}', "fit.ftol: nan is no number"),
        ('{"fit": {"ftol": 1e999, "size": 3}}', "fit.ftol: inf is no number"),
        ('{"fit": {"ftol": 1, "size": 1.5}}', "fit.size: 1.5 is no whole number"),
    ],
)
def test_settings_that_are_none_are_refused(text, sentence):
    made = stage(settings=Keyed)
    with pytest.raises(InputError) as caught:
        run(made, ["--settings", text], not_asked)
    assert str(caught.value).startswith(sentence)
    assert made.ran == []


def test_help_has_the_stage_s_words_and_the_defaults(capsys):
    @dataclass(frozen=True)
    class Inputs:
        photo: Path = option("the photo")
        seed: int = option("of everything random", 0)
        yaws: tuple[int, ...] = option("degrees", (0, 30))
        out: Path | None = option("where it goes", None)
        fit: bool = option("fit them", False)

    with pytest.raises(SystemExit) as caught:
        run(stage(Inputs, settings=Keyed), ["--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert text.startswith("usage: scoreface do ")
    assert "Do something. And more about it." in text
    for part in (
        "--photo PHOTO the photo --seed",
        "of everything random (default: 0)",
        "degrees (default: 0 30)",
        "where it goes --fit fit them --settings JSON",
        "--configfile",
    ):
        assert part in text, part


def test_a_summary_is_the_first_line():
    assert command.summary(stage()) == "Do something."

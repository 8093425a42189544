"""SegFormer and ONNX networks of the 19 classes: on tiny ones of the same format, made here."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.base.files import sha256_of
from scoreface.parse.celeba import CLASSES, LABELS, decide, labels_of, where_to_look
from scoreface.parse.crop import Box
from scoreface.parse.engines import OnnxSettings, SegformerSettings, make_parser
from scoreface.parse.labels import BACKGROUND, GLASSES, HAIR, LEGEND, OTHER, SKIN, UNKNOWN

from .test_pose import landmarks_at

#: The order that the model on the hub has had since its labels were mended.
HUB_ORDER = (
    *("background", "skin", "nose", "eye_g", "l_eye", "r_eye", "l_brow", "r_brow", "l_ear"),
    *("r_ear", "mouth", "u_lip", "l_lip", "hair", "hat", "ear_r", "neck_l", "neck", "cloth"),
)


def two_colours() -> np.ndarray:
    """A photo (80, 96, 3), left red, right blue."""
    photo = np.zeros((80, 96, 3), np.uint8)
    photo[:, :48, 0] = photo[:, 48:, 2] = 255
    return photo


class TestClasses:
    def test_every_class_has_a_label(self) -> None:
        assert set(CLASSES) == set(HUB_ORDER) == set(LABELS)
        assert len(CLASSES) == 19
        assert set(LABELS.values()) <= set(LEGEND) - {UNKNOWN}

    def test_labels_follow_the_names_not_the_order(self) -> None:
        assert labels_of(CLASSES, "x")[17] == HAIR
        assert labels_of(HUB_ORDER, "x")[13] == HAIR
        assert labels_of([name.upper() for name in HUB_ORDER], "x")[3] == GLASSES

    def test_an_unknown_class_is_refused(self) -> None:
        with pytest.raises(InputError, match=r"net\.onnx: its class 'wall' is none of CelebAMask"):
            labels_of(["background", "Wall"], "net.onnx")

    def test_classes_of_one_label_count_together(self) -> None:
        scores = np.log(np.array([0.4, 0.3, 0.3]))[:, None, None] * np.ones((3, 4, 4))
        labels = np.array([BACKGROUND, SKIN, SKIN], np.uint8)
        parsed = decide(scores.astype(np.float32), labels, Box(2, 1, 6, 7), (8, 9))
        assert (parsed.labels[1:7, 2:6] == SKIN).all()
        assert (parsed.confidence[1:7, 2:6] == round(0.6 * 255)).all()
        # Nobody has looked there.
        assert (parsed.labels[:, 6:] == BACKGROUND).all()
        assert not parsed.confidence[:, 6:].any()

    def test_scores_as_large_as_they_come(self) -> None:
        scores = np.array([900.0, -900.0], np.float32)[:, None, None] * np.ones(
            (2, 3, 3), np.float32
        )
        parsed = decide(scores, np.array([HAIR, SKIN], np.uint8), Box(0, 0, 6, 6), (6, 6))
        assert (parsed.labels == HAIR).all()
        assert (parsed.confidence == 255).all()

    def test_the_network_looks_at_the_head(self) -> None:
        landmarks = landmarks_at(0.0)
        box = where_to_look((400, 500), landmarks)
        assert np.all(landmarks > [box.left, box.top])
        assert np.all(landmarks < [box.right, box.bottom])
        assert where_to_look((400, 500), None) == (0, 0, 500, 400)


def onnx_network(
    path: Path,
    classes: int = 19,
    names: Any = None,
    side: int | str = 64,
    channels: int = 3,
    weight: float = 0.25,
) -> None:
    """Class 1 grows with normalised red, class 17 with blue; half the size of what it is given, as a share of it."""
    onnx = pytest.importorskip("onnx")
    weights = np.zeros((classes, channels, 2, 2), np.float32)
    weights[1, 0], weights[min(17, classes - 1), channels - 1] = weight, weight
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("Conv", ["picture", "weights"], ["scores"], strides=[2, 2])],
        "tiny",
        [helper.make_tensor_value_info("picture", kind, [1, channels, side, side])],
        [helper.make_tensor_value_info("scores", kind, None)],
        [onnx.numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if names is not None:
        helper.set_model_props(model, {"names": names})
    onnx.save(model, str(path))


class TestOnnx:
    @pytest.mark.parametrize("side", [64, "side"])
    def test_a_network_of_the_usual_classes(self, tmp_path: Path, side: int | str) -> None:
        onnx_network(tmp_path / "tiny.onnx", side=side)
        parser = make_parser(OnnxSettings(str(tmp_path / "tiny.onnx")))
        parsed = parser.parse(two_colours(), None)
        assert parsed.labels.shape == (80, 96)
        assert (parsed.labels[:, :44] == SKIN).all()
        assert (parsed.labels[:, 52:] == HAIR).all()
        assert parsed.confidence.min() > 0
        assert parser.source() == (
            str(tmp_path / "tiny.onnx"),
            sha256_of(tmp_path / "tiny.onnx"),
        )

    def test_names_in_the_metadata_come_first(self, tmp_path: Path) -> None:
        for names in (list(HUB_ORDER), {str(i): name for i, name in enumerate(HUB_ORDER)}):
            onnx_network(tmp_path / "tiny.onnx", names=json.dumps(names))
            parser = make_parser(OnnxSettings(str(tmp_path / "tiny.onnx")))
            # Class 17 is the neck here.
            assert not (parser.parse(two_colours(), None).labels == HAIR).any()

    def test_files_that_are_no_such_network_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "text.onnx").write_text("no network")
        onnx_network(tmp_path / "names.onnx", names="eyes and nose")
        onnx_network(tmp_path / "number.onnx", names="19")
        onnx_network(tmp_path / "grey.onnx", channels=1)
        for name, message in (
            ("none.onnx", r"none\.onnx cannot be read \(No such file"),
            ("text.onnx", r"text\.onnx is no ONNX network"),
            ("names.onnx", r"has metadata 'names' that are no list"),
            ("number.onnx", r"has metadata 'names' that are no list"),
            ("grey.onnx", r"does not take one picture of shape \(1, 3, height, width\) in"),
        ):
            with pytest.raises(InputError, match=f"^parse.onnx.model: .*{message}"):
                make_parser(OnnxSettings(str(tmp_path / name)))

    def test_damaged_weights_are_noticed(self, tmp_path: Path) -> None:
        onnx_network(tmp_path / "nan.onnx", weight=float("nan"))
        parser = make_parser(OnnxSettings(str(tmp_path / "nan.onnx")))
        with pytest.raises(
            InputError, match=r"nan\.onnx makes numbers of a photo that are not fin"
        ):
            parser.parse(two_colours(), None)

    def test_a_size_that_the_network_cannot_take_is_an_error(self, tmp_path: Path) -> None:
        onnx = pytest.importorskip("onnx")
        onnx_network(tmp_path / "tiny.onnx", side="side")
        model = onnx.load(str(tmp_path / "tiny.onnx"))
        # Wants a picture of three pixels a side, whatever it says of itself.
        model.graph.node.insert(0, onnx.helper.make_node("Reshape", ["picture", "size"], ["small"]))
        model.graph.node[1].input[0] = "small"
        size = onnx.numpy_helper.from_array(np.array([1, 3, 3, 3]), "size")
        model.graph.initializer.append(size)
        onnx.save(model, str(tmp_path / "tiny.onnx"))
        parser = make_parser(OnnxSettings(str(tmp_path / "tiny.onnx")))
        with pytest.raises(InputError, match=r"tiny\.onnx does not run on a picture \("):
            parser.parse(two_colours(), None)

    def test_a_network_of_other_classes_is_refused(self, tmp_path: Path) -> None:
        onnx_network(tmp_path / "three.onnx", classes=3)
        parser = make_parser(OnnxSettings(str(tmp_path / "three.onnx")))
        with pytest.raises(InputError, match=r"of shape \(1, 3, 32, 32\), not \(1, 19, "):
            parser.parse(two_colours(), None)


@pytest.fixture
def segformer(tmp_path: Path):
    """Make a folder with a tiny SegFormer of random weights whose last layer sees nothing but its biases."""
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")

    def make(likeliest: str, names=HUB_ORDER) -> Path:
        torch.manual_seed(0)
        config = transformers.SegformerConfig(
            num_encoder_blocks=2,
            depths=[1, 1],
            sr_ratios=[4, 2],
            hidden_sizes=[8, 16],
            patch_sizes=[7, 3],
            strides=[4, 2],
            num_attention_heads=[1, 2],
            mlp_ratios=[2, 2],
            decoder_hidden_size=16,
            id2label=dict(enumerate(names)),
            label2id={name: number for number, name in enumerate(names)},
        )
        network = transformers.SegformerForSemanticSegmentation(config)
        with torch.no_grad():
            network.decode_head.classifier.weight.mul_(1e-3)
            network.decode_head.classifier.bias.zero_()
            network.decode_head.classifier.bias[list(names).index(likeliest)] = 5.0
        folder = tmp_path / "segformer"
        network.save_pretrained(folder)
        processor = transformers.SegformerImageProcessor
        (folder / "preprocessor_config.json").write_text(
            json.dumps(
                {"image_processor_type": processor.__name__, "size": {"height": 64, "width": 64}}
            )
        )
        return folder

    return make


@pytest.mark.heavy
class TestSegformer:
    @pytest.mark.parametrize("names", [HUB_ORDER, CLASSES])
    def test_the_networks_own_names_say_what_it_sees(self, segformer, names) -> None:
        folder = segformer("ear_r", names)
        parser = make_parser(SegformerSettings(str(folder)))
        parsed = parser.parse(two_colours(), None)
        assert parsed.labels.shape == (80, 96)
        assert (parsed.labels == OTHER).all()
        assert (parsed.confidence > 200).all()
        assert parser.source() == (str(folder), sha256_of(folder / "model.safetensors"))
        again = make_parser(SegformerSettings(str(folder))).parse(two_colours(), None)
        np.testing.assert_array_equal(again.confidence, parsed.confidence)

    def test_folders_that_are_no_face_parser_are_refused(self, segformer) -> None:
        settings = SegformerSettings(str(segformer("wall", ("wall", "floor"))))
        with pytest.raises(InputError, match="its class 'wall' is none of CelebAMask-HQ's"):
            make_parser(settings)
        folder = segformer("hair")
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**config, "architectures": ["BertModel"]}))
        with pytest.raises(InputError, match="is no SegFormer for semantic segmentation"):
            make_parser(SegformerSettings(str(folder)))
        (folder / "config.json").write_text(json.dumps(config))
        from safetensors.numpy import load_file, save_file

        weights = load_file(folder / "model.safetensors")
        lost = weights.pop("decode_head.classifier.bias")
        save_file(weights, folder / "model.safetensors", {"format": "pt"})
        with pytest.raises(
            InputError, match=r"has no weights decode_head\.classifier\.bias in mod"
        ):
            make_parser(SegformerSettings(str(folder)))
        weights["decode_head.classifier.bias"] = np.full_like(lost, np.nan)
        save_file(weights, folder / "model.safetensors", {"format": "pt"})
        with pytest.raises(InputError, match="makes numbers of a photo that are not finite"):
            make_parser(SegformerSettings(str(folder))).parse(two_colours(), None)
        (folder / "model.safetensors").write_bytes(b"damaged")
        with pytest.raises(InputError, match="segformer cannot be loaded"):
            make_parser(SegformerSettings(str(folder)))
        (folder / "model.safetensors").unlink()
        with pytest.raises(InputError, match=r"has no model\.safetensors"):
            make_parser(SegformerSettings(str(folder)))

    def test_names_that_cannot_be_had(self, monkeypatch) -> None:
        module = pytest.importorskip("scoreface.parse.segformer")
        asked = []

        def offline(repository, revision, **_):
            asked.append((repository, revision))
            raise OSError("no route to host")

        monkeypatch.setattr(module, "snapshot_download", offline)
        with pytest.raises(InputError, match="owner/net@v1 is no folder here, and it could not"):
            make_parser(SegformerSettings("owner/net@v1"))
        with pytest.raises(InputError, match="owner/net is no folder here"):
            make_parser(SegformerSettings("owner/net"))
        assert asked == [("owner/net", "v1"), ("owner/net", None)]
        monkeypatch.undo()
        with pytest.raises(InputError, match="no repository of the Hugging Face hub can have that"):
            make_parser(SegformerSettings("no/such/folder"))

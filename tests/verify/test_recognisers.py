"""Recognisers from ONNX files, on networks whose answer is known; faces are aligned by known points."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from scoreface.base.errors import InputError
from scoreface.results.aligned import SIZE, TEMPLATE
from scoreface.verify import recognisers
from scoreface.verify.recognisers import Recognition, align, make_recogniser


def write_network(path, shape=(1, 3, SIZE, SIZE), inputs=1):
    """A network that describes a face by the means of its left and right half, three colours each."""
    names = [f"face{number}" for number in range(inputs)]
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in names]
    side = SIZE // 2
    nodes = [
        helper.make_node(
            "AveragePool", names[:1], ["halves"], kernel_shape=[SIZE, side], strides=[SIZE, side]
        ),
        helper.make_node("Flatten", ["halves"], ["description"]),
    ]
    made = [helper.make_tensor_value_info("description", TensorProto.FLOAT, (shape[0], 6))]
    graph = helper.make_graph(nodes, "halves", given, made)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return path


@pytest.fixture
def network(tmp_path):
    return write_network(tmp_path / "halves.onnx")


@pytest.fixture
def face():
    """(112, 112, 3): the left half of one colour, the right of another."""
    picture = np.empty((SIZE, SIZE, 3), np.uint8)
    picture[:, : SIZE // 2], picture[:, SIZE // 2 :] = (10, 20, 30), (200, 100, 0)
    return picture


def normalised(*colours, mean=127.5, scale=128.0):
    # Flattened, a colour's two halves lie side by side.
    return (np.array(colours, float).T.ravel() - mean) / scale


def test_a_network_is_given_what_arcface_was_trained_with(network, face):
    recogniser = make_recogniser(Recognition(network, aligned=True))
    expected = normalised((10, 20, 30), (200, 100, 0))
    np.testing.assert_allclose(recogniser.describe(face), expected, atol=1e-4)
    assert recogniser.metric == "cosine"


def test_colours_mean_and_scale_are_options(network, face):
    told = Recognition(network, aligned=True, colours="bgr", mean=0.0, scale=255.0)
    expected = normalised((30, 20, 10), (0, 100, 200), mean=0.0, scale=255.0)
    np.testing.assert_allclose(make_recogniser(told).describe(face), expected, atol=1e-4)


def test_flip_adds_the_mirror_image(network, face):
    described = make_recogniser(Recognition(network, aligned=True, flip=True)).describe(face)
    one = normalised((10, 20, 30), (200, 100, 0)) + normalised((200, 100, 0), (10, 20, 30))
    np.testing.assert_allclose(described, one, atol=1e-4)


def test_an_aligned_face_of_another_size_is_scaled(network, face):
    large = face.repeat(3, 0).repeat(3, 1)
    described = make_recogniser(Recognition(network, aligned=True)).describe(large)
    expected = normalised((10, 20, 30), (200, 100, 0))
    np.testing.assert_allclose(described, expected, atol=1e-4)


def test_a_network_may_leave_its_sizes_open(tmp_path, face):
    path = write_network(tmp_path / "open.onnx", ("n", 3, "h", "w"))
    described = make_recogniser(Recognition(path, aligned=True)).describe(face)
    expected = normalised((10, 20, 30), (200, 100, 0))
    np.testing.assert_allclose(described, expected, atol=1e-4)


def landmarks_of(points):
    """(68, 2) whose five points are these: both eyes drawn together, nose and mouth corners in their places."""
    landmarks = np.full((68, 2), -1000.0)
    landmarks[36:42], landmarks[42:48] = points[0], points[1]
    landmarks[30], landmarks[48], landmarks[54] = points[2:]
    return landmarks


@pytest.mark.parametrize("degrees", [0, 25, -90])
def test_the_five_points_come_to_lie_where_arcface_has_them(degrees):
    """A spot at each point of a turned, larger face lies at the template's after it is aligned."""
    angle, scale = np.deg2rad(degrees), 3.0
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = (TEMPLATE - TEMPLATE.mean(0)) @ turn.T + [250, 240]
    rows, columns = np.indices((500, 500))
    for number, (x, y) in enumerate(points):
        spot = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 6.0**2))
        picture = np.rint(spot).astype(np.uint8)[..., None].repeat(3, 2)
        aligned = align(picture, landmarks_of(points))[..., 0].astype(float)
        inner_rows, inner_columns = np.indices(aligned.shape)
        found = [(aligned * inner_columns).sum(), (aligned * inner_rows).sum()] / aligned.sum()
        np.testing.assert_allclose(found, TEMPLATE[number], atol=0.1)


def test_a_face_is_found_and_aligned_before_it_is_described(network, face, monkeypatch):
    """What the network says of a face that was moved is what it says of the face itself."""
    picture = np.zeros((300, 400, 3), np.uint8)
    picture[90 : 90 + SIZE, 150 : 150 + SIZE] = face

    class Found:
        def __init__(self, fast):
            pass

        def landmarks(self, shown):
            return landmarks_of(TEMPLATE + np.array([150, 90])) if shown.any() else None

    monkeypatch.setattr(recognisers, "Finder", Found)
    recogniser = make_recogniser(Recognition(network))
    expected = normalised((10, 20, 30), (200, 100, 0))
    np.testing.assert_allclose(recogniser.describe(picture), expected, atol=1e-3)
    assert recogniser.describe(np.zeros_like(picture)) is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"shape": (1, 1, SIZE, SIZE)}, "does not take one square picture"),
        ({"shape": (1, 3, SIZE, 2 * SIZE)}, "does not take one square picture"),
        ({"inputs": 2}, "does not take one square picture"),
    ],
)
def test_another_network_is_refused(arguments, sentence, tmp_path):
    path = write_network(tmp_path / "other.onnx", **arguments)
    with pytest.raises(InputError, match=rf"--network .*other\.onnx: {sentence}"):
        make_recogniser(Recognition(path, aligned=True))


def test_what_is_no_network_is_refused(tmp_path):
    (tmp_path / "a.onnx").write_bytes(b"no network")
    with pytest.raises(InputError, match=r"--network: .*a\.onnx is no ONNX network"):
        make_recogniser(Recognition(tmp_path / "a.onnx"))
    with pytest.raises(InputError, match=r"none\.onnx cannot be read"):
        make_recogniser(Recognition(tmp_path / "none.onnx"))


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"colours": "grb"}, "--colours grb: give rgb or bgr"),
        ({"scale": 0.0}, "--scale 0.0: give a number above 0"),
        ({"flip": True}, "--flip: it goes with --network"),
        ({"aligned": True}, "--aligned: it goes with --network"),
    ],
)
def test_a_wrong_option_is_named(told, sentence):
    with pytest.raises(InputError, match=sentence):
        Recognition(**told)

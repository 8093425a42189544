"""Where a command's score model computes."""

import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.score.model import choose_device


@pytest.fixture(params=[True, False], ids=["with a GPU", "without"])
def there(request, monkeypatch) -> bool:
    """Whether torch sees a GPU."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: request.param)
    return request.param


def test_auto_takes_a_gpu_where_there_is_one(there):
    assert choose_device("auto").type == ("cuda" if there else "cpu")


def test_the_processor_may_be_asked_for(there):
    assert choose_device("cpu").type == "cpu"


def test_a_gpu_that_is_asked_for_is_not_done_without(there):
    if there:
        assert choose_device("cuda:1") == torch.device("cuda:1")
        return
    with pytest.raises(InputError, match=r"^--device: cuda asked for"):
        choose_device("cuda")

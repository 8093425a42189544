"""What the tests of the training share."""

from typing import Any

from scoreface.training.settings import Settings


def settings(**changed: Any) -> Settings:
    """Small ones, with some values changed."""
    values: dict[str, Any] = {
        "data": "demo",
        "size": 16,
        "heads": 4,
        "channels": (32,),
        "layers": 1,
        "sigma_min": 0.01,
        "sigma_max": 0.0,
        "batch": 4,
        "learning_rate": 1e-3,
        "warm_up": 1,
        "precision": "float32",
        "seed": 0,
    }
    return Settings(**{**values, **changed})

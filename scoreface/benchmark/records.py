"""What has been measured: a file a figure's owner, with a hash of what its figures depend on."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoreface.base.files import read_json, write_json

#: The name of what is measured once a face, whatever the method.
FACE = "face"


@dataclass(frozen=True)
class Records:
    """The figures of one face or photo, by the methods' names; those of other settings count as none.

    Attributes:
        folder: where they are.
        hashes: of what each depends on, by its name.
    """

    folder: Path
    hashes: Mapping[str, str]

    @property
    def missing(self) -> list[str]:
        """The names of which there are no figures with these hashes."""
        return [name for name in self.hashes if self.read(name) is None]

    def read(self, name: str) -> dict[str, Any] | None:
        """The figures under a name, by this run or an earlier one."""
        with contextlib.suppress(FileNotFoundError):
            record = read_json(self.folder / f"{name}.json")
            if record.pop("key") == self.hashes[name]:
                return record
        return None

    def write(self, name: str, figures: Mapping[str, Any], reason: str = "") -> None:
        """Keep figures, or the reason why there are none."""
        record = {"key": self.hashes[name], "reason": reason, **figures}
        write_json(self.folder / f"{name}.json", record)

    def reject(self, names: Sequence[str], reason: str) -> None:
        """Keep for each of the names why there are no figures."""
        for name in names:
            self.write(name, {}, reason)

    def texture(self, name: str) -> Path:
        """Where a method leaves its texture."""
        return self.folder / f"{name}.png"

    def rows(self) -> list[dict[str, Any]]:
        """The figures, one row a method that is done, with those of the face; none before the face itself is."""
        found = {name: self.read(name) for name in self.hashes}
        shared = found.pop(FACE)
        if shared is None:
            return []
        return [
            {"method": name, **shared, **record}
            for name, record in found.items()
            if record is not None
        ]

"""The embedded default: a procedural head in FLAME's file format, its skins and its photos."""

VERSION = "1"

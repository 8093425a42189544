"""The embedded default: a procedural head, its skins, its photos, its prior. Nothing is imported here."""

#: Raised when the same seed gives other views of heads: what is fitted to them or keeps them is made again.
VIEWS_VERSION = "4"

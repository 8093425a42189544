"""The embedded default: a procedural head, its skins, its photos, its prior. Nothing is imported here."""

"""Textures: which texel a photo or a view sees, what it holds, and where that came from."""

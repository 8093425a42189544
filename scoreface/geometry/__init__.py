"""Meshes, cameras, rasterising, and the views to inpaint. Knows nothing of textures' content or of scores."""

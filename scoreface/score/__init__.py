"""Score models and samplers. Knows nothing of textures or faces."""

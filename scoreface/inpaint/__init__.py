"""The pipelines that fill a texture with the gradients of a score model, and the walk over the views."""

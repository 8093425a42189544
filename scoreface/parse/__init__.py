"""What each pixel of a photo is: one module an engine."""

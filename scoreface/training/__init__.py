"""Training of score models: on renders of the procedural head, or on a folder of images."""

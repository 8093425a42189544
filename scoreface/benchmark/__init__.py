"""What the pipelines cost and how good their textures are, measured on procedural heads."""

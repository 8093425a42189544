"""The pictures of all faces gathered for other programs: a manifest, and a folder, tar files or a file of pairs."""

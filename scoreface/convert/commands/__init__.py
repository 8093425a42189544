"""The commands that convert other fitters' files."""

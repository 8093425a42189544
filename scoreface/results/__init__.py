"""What a person gets at the end: pictures, a head for other programs, and the summary of a run."""

"""The way from a photo to a head without Snakemake, for notebooks and programs: the stages, one after the other."""

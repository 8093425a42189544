"""The configuration: all that the workflow parses. Needs nothing beyond what Snakemake itself requires."""

"""What other fitters save, as the files that ``fit.engine: external`` takes."""

"""From a folder of photos to a run of the workflow, and what a person sees of a run."""

"""The version of each stage, raised whenever its output changes for the same input.

Snakemake does not see edits inside the package. Each rule carries its stage's version in
``params:``, so that raising one here reruns that stage, and what follows from it, wherever results
already stand. Nothing is imported here: the workflow reads this file whenever it starts. The fit
has its own in ``scoreface.fitting``.
"""

VERSIONS = {
    "demo_head": "1",
    "demo_photos": "3",
    "demo_prior": "3",
    "screen": "1",
    "adopt": "1",
    "project": "1",
    "preprocess": "1",
    "order_views": "1",
    "inpaint": "1",
    "merge": "1",
    "render": "2",
    "export": "1",
    "identity": "1",
    "summary": "2",
    "benchmark": "1",
}

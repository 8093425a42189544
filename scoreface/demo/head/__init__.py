"""The procedural head: its shape, its deformations, and the FLAME-format model of both."""

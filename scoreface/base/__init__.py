"""The ground: what every room stands on. Clean for Python 3.7, and imports nothing of the rest."""

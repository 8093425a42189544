"""The benchmark on real photos: part of what a photo shows is hidden, completed without it, and then looked at."""

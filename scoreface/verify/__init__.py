"""Face verification: pairs of pictures, what a recogniser says of them, and the figures that follow."""

"""The parts of a head that a vertex or a texel can belong to."""

#: It is not known which part.
UNKNOWN = 0
#: From the jaw line to the brows, between the ears.
FACE = 1
#: From the brows to the hair line.
FOREHEAD = 2
#: Where hair grows, down to the nape.
SCALP = 3
EARS = 4
NECK = 5

#: What each value means, as it stands in the pictures' metadata.
LEGEND = {
    UNKNOWN: "outside the UV chart, or not known",
    FACE: "face",
    FOREHEAD: "forehead",
    SCALP: "scalp",
    EARS: "ears",
    NECK: "neck",
}

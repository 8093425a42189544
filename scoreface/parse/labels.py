"""What a pixel of a photo can be: the values of the labels' pictures, their legend and their colours.

The workflow reads this module whenever it starts, so nothing heavy is imported.
"""

#: Nothing is known of the pixel; it may be evidence.
UNKNOWN = 0
#: Wall, landscape, other people: never evidence of the head.
BACKGROUND = 1
SKIN = 2
HAIR = 3
NECK = 4
EARS = 5
EYES = 6
BROWS = 7
LIPS = 8
#: Teeth, tongue and the inside of an open mouth.
MOUTH = 9
GLASSES = 10
HAT = 11
CLOTHES = 12
#: Hands, microphones, whatever else stands before or beside the head.
OTHER = 13

#: What each label means, as it stands in the pictures' metadata.
LEGEND = {
    UNKNOWN: "unknown: it may be the head",
    BACKGROUND: "background",
    SKIN: "skin of face and scalp",
    HAIR: "hair",
    NECK: "neck",
    EARS: "ears",
    EYES: "eyes",
    BROWS: "brows",
    LIPS: "lips",
    MOUTH: "mouth: teeth, tongue, inside",
    GLASSES: "glasses",
    HAT: "hat",
    CLOTHES: "clothes",
    OTHER: "other: hands, things before the head",
}

#: One word for each label: in palette files and records.
NAMES = {label: meaning.split(":")[0].split()[0] for label, meaning in LEGEND.items()}

#: Colours of the labels from 0 on, for people.
COLOURS = (
    (0, 0, 0),
    (70, 70, 80),
    (240, 190, 160),
    (120, 70, 40),
    (220, 150, 110),
    (250, 120, 160),
    (60, 160, 255),
    (90, 40, 120),
    (210, 40, 60),
    (255, 255, 255),
    (0, 220, 220),
    (160, 90, 255),
    (90, 160, 70),
    (255, 220, 0),
)

#: Skin, and what stands in it.
FACE = frozenset({SKIN, EYES, BROWS, LIPS, MOUTH})
#: Where the head's own surface can be seen.
BARE = FACE | {EARS, NECK}
#: What a person is made of and wears.
PERSON = BARE | {HAIR, GLASSES, HAT, CLOTHES}

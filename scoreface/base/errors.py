"""Errors that are the user's to mend: the message is a sentence that names the file or key and says what to do."""

import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 100
_LONGEST = 200


class InputError(Exception):
    """Bad input: a file, a model or a key of the configuration. It ends the command."""


class PhotoError(InputError):
    """A photo that cannot be used. It is rejected with this reason; the other photos go on."""


def shown(value: object) -> str:
    """A value as a message shows it: as Python would, but never long."""
    text = _SHORT.repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."

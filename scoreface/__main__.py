"""``python -m scoreface STAGE ...``: the same as the command ``scoreface``."""

from scoreface.cli import main

if __name__ == "__main__":
    main()

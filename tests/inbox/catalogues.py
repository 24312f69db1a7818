"""Compiles the client's words anew, so that an installation needs no gettext: `python -m tests.inbox.catalogues`."""

from pathlib import Path

import polib

CATALOGUES = sorted((Path(__file__).parents[2] / "locale").glob("*/LC_MESSAGES/django.po"))


def main() -> None:
    for path in CATALOGUES:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


if __name__ == "__main__":
    main()

"""Compiles the client's words anew, so that an installation needs no gettext: `python -m tests.inbox.catalogues`."""

import polib

from tests.house.source import ROOT

CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))


def main() -> None:
    for path in CATALOGUES:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


if __name__ == "__main__":
    main()

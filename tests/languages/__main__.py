"""Brings the catalogues up to the source and compiles them: `make messages`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.languages import catalogues  # noqa: E402  Django's settings come first

for path in catalogues.catalogue_paths():
    catalogue = catalogues.bring_up(path)
    missing = len(catalogue) - len(catalogue.translated_entries())
    print(f"{catalogues.language_of(path)}: {len(catalogue)} entries, {missing} to be translated")
catalogues.compile_all()

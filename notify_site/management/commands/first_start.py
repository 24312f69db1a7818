"""Prepares an installation; may be run at every start, does each thing once."""

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from locations.staff_language import choose_company_language, first_offered
from notify_site.first_login import has_login, make_first_login


class Command(BaseCommand):
    help = (
        "Brings the database up to date; on the first start also loads the demo company (unless DEMO=0) "
        "and makes the login."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)  # customers' data and passwords: for the owner of the files only
        self.stdout.write("Preparing the database ...")
        call_command("migrate", interactive=False, verbosity=0)
        if has_login():
            return
        choose_company_language(first_offered(settings.LANGUAGE_CODE))
        if settings.DEMO and "load_demo" in get_commands():
            self.stdout.write("Loading the demo company ...")
            call_command("load_demo")
        make_first_login()  # last: its being there says that the first start is over

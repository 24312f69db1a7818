"""`manage.py remove_demo`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notify_site.demo.removing import StillSending, remove


class Command(BaseCommand):
    help = "Removes everything the demo made and nothing that you made."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            is_removed = remove()
        except StillSending as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demo company is removed." if is_removed else "There is no demo company.")

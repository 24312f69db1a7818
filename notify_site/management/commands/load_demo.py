"""`manage.py load_demo`"""

from typing import Any

from django.core.management.base import BaseCommand

from notify_site.demo.loading import load


class Command(BaseCommand):
    help = "Loads the demo company: two departments whose orders move by themselves. A second time changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("The demo company is loaded." if load() else "The demo company is there already.")

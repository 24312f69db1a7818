"""`manage.py tell_operators "The site is updated at 22:00."`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from locations.errors import CannotDo

from ...conversations.writing import tell_operators


class Command(BaseCommand):
    help = "Writes a system message that all operators find, unread, in their chat (D26)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text")
        parser.add_argument("--once", default="", help="a word: the same one again writes nothing")

    def handle(self, *args: Any, text: str, once: str, **options: Any) -> None:
        try:
            written = tell_operators(text, once_key=f"told:{once}" if once else "")
        except CannotDo as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The operators are told." if written else "They were told before.")

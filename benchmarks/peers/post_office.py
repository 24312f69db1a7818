"""django-post_office: as many letters as asked for are queued, then its own command sends them, with its defaults."""

import sys

import django
from django.core.management import call_command


def main(count: int) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from post_office import mail

    words = {"sender": "orders@shop.example", "subject": "Your order", "message": "It is on its way. " * 10}
    mail.send_many([{**words, "recipients": [f"k{number}@example.com"]} for number in range(count)])
    call_command("send_queued_mail")


if __name__ == "__main__":
    main(int(sys.argv[1]))

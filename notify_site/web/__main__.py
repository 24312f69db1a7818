"""`python -m notify_site.web`: the web server, which `manage.py serve` starts and keeps running."""

import os

import uvicorn
from django.conf import settings

from .connections import PatientProtocol, make_room_for_files


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notify_site.settings")
    make_room_for_files()
    uvicorn.run(
        "notify_site.asgi:application",
        host=settings.LISTEN,
        port=settings.PORT,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        # Otherwise a visitor names any address as his own, and no login is ever locked.
        proxy_headers=settings.BEHIND_PROXY,
        forwarded_allow_ips=settings.FORWARDED_ALLOW_IPS,
    )


if __name__ == "__main__":
    main()

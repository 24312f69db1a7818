"""What stands on every page of the admin when something is wrong."""

from django.http import HttpRequest


def banners(request: HttpRequest) -> dict[str, list]:
    return {"banners": []}

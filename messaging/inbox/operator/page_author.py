"""Whose page asks: a colleague may have logged in from another tab since it was opened."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from locations.signed_in import signed_in

HEADER = "X-User"
"""Every page of an operator names in it whose it is, and each waiting reply who wrote it."""


def is_another(request: HttpRequest) -> bool:
    """Whether what is asked comes from somebody else than who is logged in now."""
    named = request.headers.get(HEADER, "")
    return bool(named) and named != str(request.user.pk)


def refuse_another(request: HttpRequest) -> JsonResponse:
    """`code`: by it the page knows that nothing was judged, and goes on keeping what was written."""
    user = signed_in(request)
    who = user.get_full_name() or user.get_username()
    problem = _("Now %(who)s is logged in here: what you wrote waits until you are back.") % {"who": who}
    return JsonResponse({"problem": problem, "code": "other_user"}, status=403)

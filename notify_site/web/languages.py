"""The choice of a language: in the user menu of each page, and at the login page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from locations.models import Employee
from locations.staff_language import offered


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps it with the person, and in this browser for its login page; leads back to the page one came from."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("admin:index")
    response = HttpResponseRedirect(back)
    language = offered(request.POST.get("language", ""))
    if not language:
        return response
    if request.user.is_authenticated:
        Employee.objects.update_or_create(user=request.user, defaults={"language": language})
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response

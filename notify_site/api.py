"""The JSON API under /api/v1/, with its documentation at /api/v1/docs."""

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from messaging.inbox.client.api import router as chat
from messaging.inbox.errors import Refusal

api = NinjaAPI(title="Gonets", version="1", urls_namespace="api")
api.add_router("/chat", chat)


def say(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    """Every refusal looks alike: a sentence for people and a word for programs."""
    return api.create_response(request, {"error": sentence, "code": code}, status=status)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    response = say(request, refusal.status, refusal.code, refusal.sentence)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


@api.exception_handler(ValidationError)
def misunderstood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = (f"{'.'.join(str(part) for part in one['loc'][1:]) or 'body'}: {one['msg']}" for one in error.errors)
    return say(request, 422, "bad_input", "; ".join(faults))


@api.exception_handler(HttpError)
def failed(request: HttpRequest, error: HttpError) -> HttpResponse:
    return say(request, error.status_code, "bad_request", str(error))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return say(request, 404, "not_found", "There is nothing here.")

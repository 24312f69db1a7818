"""The chat for a mobile app: the same powers as the page has, as JSON.

Who asks says so with `Authorization: Bearer <token>`: the secret part of a chat link, or a token of the shop's.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Header, Query, Router, Status
from ninja.files import UploadedFile
from ninja.security import HttpBearer

from locations.errors import CannotDo

from ..attachments.attachments import MEGABYTE
from ..automation.rating import can_rate, rate
from ..errors import Refusal
from ..models import LONGEST_TEXT
from ..rate_limits import limit_posts
from .feedback import FeedbackForm, take_feedback
from .greeting import greet
from .live_view import stream_for
from .opening_hours import find_opening
from .presenters import NEWEST_ID, PAGE, count_unread, mark_seen, messages_after, messages_before
from .schemas import (
    ErrorOut,
    FeedbackIn,
    MessagesOut,
    RatingIn,
    SeenIn,
    SentOut,
    StateOut,
    TakenOut,
    TextIn,
    UnreadOut,
    message_out,
)
from .sending import check_length, write
from .visit import Visit, entered, spoken_to

REFUSALS = dict.fromkeys((401, 403, 409, 413, 422, 429), ErrorOut)


class ChatToken(HttpBearer):
    """Gives the Visit as `request.auth`. Raises Refusal for a token that opens nothing."""

    def __call__(self, request: HttpRequest) -> Visit:
        return visit_of(request)

    def authenticate(self, request: HttpRequest, token: str) -> Visit:
        return visit_of(request)


def token_of(request: HttpRequest) -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def visit_of(request: HttpRequest) -> Visit:
    """Raises Refusal: 401 without a token and for a wrong one, 413 for what is too large to be read."""
    check_length(request)
    token = token_of(request)
    if not token:
        raise Refusal(401, "no_token", _("Say who asks: Authorization: Bearer <token>."))
    return Visit(request, token, entered(request, token, status=401))


class ChatRequest(HttpRequest):
    """As it comes past ChatToken."""

    auth: Visit


router = Router(tags=["chat"], auth=ChatToken())


@router.get("", response={200: StateOut, **REFUSALS}, summary="How the chat stands")
def state(request: ChatRequest) -> StateOut:
    """With the chat off everything but this and the feedback is refused (403, `chat_off`)."""
    visit = request.auth
    with spoken_to(visit):
        return StateOut(
            company=visit.company.name,
            is_on=visit.settings.is_on,
            greeting=greet(request, visit.conversation, visit.settings) if visit.is_chat else "",
            closed=opening.words if (opening := find_opening(visit.settings, visit.company)) else "",
            unread=count_unread(visit.conversation) if visit.is_chat else 0,
            asks_rating=visit.is_chat and can_rate(visit.conversation, visit.settings),
            longest_text=LONGEST_TEXT,
            largest_file=settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE,
        )


@router.get("/messages", response={200: MessagesOut, **REFUSALS}, summary="Messages, the oldest first")
def messages(
    request: ChatRequest,
    after: int = Query(-1, ge=-1, le=NEWEST_ID),
    before: int = Query(0, ge=0, le=NEWEST_ID),
) -> MessagesOut:
    """The last 50; with `after` (an id) the next 50, with `before` the 50 before."""
    visit = request.auth
    with spoken_to(visit):
        visit.must_chat()
        conversation = visit.conversation
        if after >= 0:
            found = messages_after(conversation, after)
            has_more = len(found) == PAGE
        else:
            found, has_more = messages_before(conversation, *([before] if before > 0 else []))
        shown = [message_out(one, conversation, visit.token) for one in found]
        return MessagesOut(messages=shown, seen=conversation.read_up_to, has_more=has_more)


@router.post("/messages", response={200: SentOut, 201: SentOut, **REFUSALS}, summary="Write")
def write_message(request: ChatRequest, said: TextIn, idempotency_key: Header[str] = "") -> Any:
    """With the header `Idempotency-Key` the same can be sent again until an answer comes: it is written once."""
    return _write(request.auth, said.text, idempotency_key, [])


@router.post("/files", response={200: SentOut, 201: SentOut, **REFUSALS}, summary="Send photos or files")
def send_files(
    request: ChatRequest,
    file: File[list[UploadedFile]],
    text: Form[str] = "",
    idempotency_key: Header[str] = "",
) -> Any:
    """One message with up to 5 files, as multipart/form-data."""
    return _write(request.auth, text, idempotency_key, file)


def _write(visit: Visit, text: str, key: str, files: list[UploadedFile]) -> Status:
    with spoken_to(visit):
        sent = write(visit, text, key, files)
        shown = message_out(sent.message, visit.conversation, visit.token)
        return Status(201 if sent.is_new else 200, SentOut(message=shown, is_new=sent.is_new))


@router.post("/read", response={200: UnreadOut, **REFUSALS}, summary="The client has seen messages")
def read(request: ChatRequest, told: SeenIn) -> UnreadOut:
    visit = request.auth
    with spoken_to(visit):
        visit.must_chat()
        limit_posts(request)
        mark_seen(visit.conversation, told.seen)
        return UnreadOut(unread=count_unread(visit.conversation))


@router.post("/rating", response={200: TakenOut, **REFUSALS}, summary="What the client thought of the talk")
def give_rating(request: ChatRequest, told: RatingIn) -> TakenOut:
    visit = request.auth
    with spoken_to(visit):
        visit.must_chat()
        limit_posts(request)
        try:
            rate(visit.conversation, told.rating, visit.settings)
        except CannotDo as error:
            raise Refusal(409, "not_asked", str(error)) from error
        return TakenOut(taken=True)


@router.post("/feedback", auth=None, response={200: TakenOut, **REFUSALS}, summary="The feedback form")
def feedback(request: HttpRequest, told: FeedbackIn, idempotency_key: Header[str] = "") -> TakenOut:
    """In the place of the chat while it is off, and for whoever has no token."""
    check_length(request)
    visit = visit_of(request) if token_of(request) else Visit(request)
    with spoken_to(visit):
        filled = {"text": told.text, "name": told.name, "contact": told.contact, "once": idempotency_key}
        form = FeedbackForm(filled, is_known=visit.client is not None)
        if not form.is_valid():
            raise Refusal(
                422, "bad_form", " ".join(f"{_label(form, name)}: {told[0]}" for name, told in form.errors.items())
            )
        take_feedback(visit, form)
        return TakenOut(taken=True)


def _label(form: FeedbackForm, name: str) -> str:
    return str(form.fields[name].label or name)


@router.get(
    "/events",
    auth=None,
    summary="What happens, as server-sent events",
    openapi_extra={"security": [{"ChatToken": []}]},
)
async def events(request: HttpRequest) -> HttpResponseBase:
    """A stream of `message`, `delivery` and `changed`: then ask for /messages?after=<the last id>.

    After a lost connection come again with the header `Last-Event-ID`. `reload`: ask for everything anew.
    """
    return await stream_for(request, token_of(request), status=401)

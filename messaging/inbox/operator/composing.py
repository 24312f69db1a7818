"""Writing: drafts, hints, the size of an SMS, and the reply itself."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.errors import CannotDo
from locations.signed_in import signed_in
from messaging.outbox.queue.actions import resend
from messaging.texts.sms import measure

from ..attachments.attachments import attach
from ..conversations.canned_replies import offered_hints, problem_of, unfilled
from ..conversations.writing import Overtaken, Said, note, reply
from ..lines.lines import Reach, ways_to
from ..lines.outbound import longest_by, why_too_long
from ..live.publish import publish
from ..models import LONGEST_TEXT, Attachment, Conversation, Draft, EventKind, LineKind
from .decorators import CHANGE, changes, done, find, number, refuse, shows

LONGEST_KEY = 64
TOLD_FROM = 0.8
"""Of a line's longest message: from there on one is told how much is left."""


@changes
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """A reply, or a hidden message. Answers 204, also when this very press came before; 409 when overtaken."""
    conversation = find(pk)
    if conversation.is_system:
        raise CannotDo(_("Nobody reads replies to system messages."))
    said = _said(request, conversation)
    if request.POST.get("is_hidden") == "1":
        note(conversation, said, author=signed_in(request))
    else:
        way = _way(conversation, number(request.POST.get("way")))
        if way.kind == LineKind.EMAIL:
            said = Said(said.text, _subject(conversation, way), said.once_key, said.attachments)
        try:
            reply(conversation, signed_in(request), said, way, seen=number(request.POST.get("seen")))
        except Overtaken as error:
            return refuse(str(error), status=409)
    forget_draft(conversation, signed_in(request), said.text)
    return done()


def forget_draft(conversation: Conversation, author: User, sent: str) -> None:
    """What was kept of this reply while it was typed; the next one, begun while this one was on its way, stays."""
    draft = Draft.objects.filter(conversation=conversation, author=author).first()
    if draft is not None and sent.startswith(draft.text.strip()):
        draft.delete()


def _said(request: HttpRequest, conversation: Conversation) -> Said:
    """What stands in the composer. Raises CannotDo."""
    text = request.POST.get("text", "").strip()
    if len(text) > LONGEST_TEXT:
        raise CannotDo(
            ngettext(
                "The text has %(count)d character, at most %(most)d can be sent: divide it.",
                "The text has %(count)d characters, at most %(most)d can be sent: divide it.",
                len(text),
            )
            % {"count": len(text), "most": LONGEST_TEXT}
        )
    if missing := unfilled(text, conversation):
        raise CannotDo(problem_of(missing))
    key = request.POST.get("once_key", "")[:LONGEST_KEY]
    if not key:
        raise CannotDo(_("The page is out of date: load it again. Your text is kept as a draft."))
    return Said(text, once_key=f"operator:{request.user.pk}:{key}", attachments=_attachments(request))


def _attachments(request: HttpRequest) -> tuple[Attachment, ...]:
    files = request.FILES.getlist("files")
    if len(files) > settings.FILES_OF_OPERATOR:
        raise CannotDo(_("At most %d files go with one message.") % settings.FILES_OF_OPERATOR)
    return tuple(attach(file) for file in files)


def _way(conversation: Conversation, line: int) -> Reach:
    """The line that was chosen, as it is now. Raises CannotDo when the client cannot be reached by it."""
    for way in ways_to(conversation):
        if way.line.pk == line:
            return way
    raise CannotDo(_("This client cannot be reached by that line any more: choose another one."))


def _subject(conversation: Conversation, way: Reach) -> str:
    """An e-mail answers the letter that a person last wrote from there, else the last one that had a subject."""
    rows = conversation.chat_messages.exclude(subject="").order_by("-pk").values_list("subject", flat=True)
    last = way.thread.get("subject") or rows.first() or _("Your message to us")
    return last if last.lower().startswith("re:") else f"Re: {last}"


@changes
def keep_draft(request: HttpRequest, pk: int) -> HttpResponse:
    conversation = get_object_or_404(Conversation, pk=pk)
    text = request.POST.get("text", "").replace("\0", "")[:LONGEST_TEXT]
    mine: dict[str, Any] = {"conversation": conversation, "author": request.user}
    if text.strip():
        changed = {"text": text, "is_hidden": request.POST.get("is_hidden") == "1"}
        Draft.objects.update_or_create(**mine, defaults=changed)
    else:
        Draft.objects.filter(**mine).delete()
    return done()


@shows
def show_composer(request: HttpRequest, pk: int) -> HttpResponse:
    """As it would begin now: an open page takes the ways to answer from it when the client wrote by another line."""
    conversation = find(pk)
    context = {"conversation": conversation, **composer_context(request, conversation)}
    return render(request, "inbox/operator/composer.html", context)


@shows
def show_hints(request: HttpRequest, pk: int) -> HttpResponse:
    """For the chooser: names (D16), texts with this client's values, and what is missing in words.

    Only for whoever may answer: a text may hold the client's own secret link.
    """
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    offered = [
        {"name": one.hint.name, "text": one.filled.text, "problem": one.filled.problem, "unfilled": one.filled.written}
        for one in offered_hints(find(pk))
    ]
    return JsonResponse({"hints": offered})


@changes
def show_size(request: HttpRequest, pk: int) -> HttpResponse:
    """How much a text is by the chosen line, while it is typed: SMS, or characters where they run out."""
    text = request.POST.get("text", "")[:LONGEST_TEXT]
    way = next((one for one in ways_to(find(pk)) if one.line.pk == number(request.POST.get("way"))), None)
    told = {"parts": 0, "words": "", "problem": str(why_too_long(text, way.line)) if way else ""}
    if way is None or way.kind == LineKind.SMS:
        size = measure(text)
        words = _("%(parts)d SMS, %(room)d left") % {"parts": size.parts, "room": size.room_left}
        told |= {"parts": size.parts, "words": words}
    elif (longest := longest_by(way.line)) and len(text) > longest * TOLD_FROM:
        told["words"] = _("%(left)d characters left") % {"left": longest - len(text)}
    return JsonResponse(told)


@changes
def send_again(_request: HttpRequest, pk: int, said: int) -> HttpResponse:
    """A lost reply goes out again, by the same line to the same address."""
    conversation = find(pk)
    with transaction.atomic():
        written = get_object_or_404(conversation.chat_messages.select_related("message"), pk=said)
        if written.message is None:
            raise CannotDo(_("This message did not go out by SMS or e-mail."))
        written.message = resend(written.message)
        written.save(update_fields=["message"])
        publish(EventKind.DELIVERY, conversation, chat_message=written)
    return done()


def composer_context(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """What the composer begins with."""
    may_write = request.user.has_perm("inbox.change_conversation") and not conversation.is_system
    if not may_write:
        return {"may_write": False}
    ways = ways_to(conversation)
    chosen = next((way for way in ways if not way.obstacle), None)
    barred = next((way for way in ways if way.line.pk == conversation.line_id and way.obstacle), None)
    return {
        "may_write": True,
        "ways": ways,
        "chosen": chosen,
        "barred": barred,
        "draft": Draft.objects.filter(conversation=conversation, author=signed_in(request)).first(),
        "longest": LONGEST_TEXT,
    }

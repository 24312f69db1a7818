"""Handing out photos and files, to whoever may see the conversation they are in."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from ..attachments.attachments import is_shown
from ..errors import Refusal
from ..models import Attachment, AttachmentState, ChatSettings
from .headers import FILE_POLICY
from .visit import entered


@login_required
@permission_required("inbox.view_conversation", raise_exception=True)
@require_safe
def show_to_staff(_request: HttpRequest, pk: int) -> HttpResponse:
    return serve(get_object_or_404(Attachment, pk=pk))


@require_safe
def show_to_client(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """404 for what is in another's conversation, or hidden, as for what was never there; and while the chat is off."""
    try:
        client = entered(request, token)
    except Refusal as refusal:
        raise Http404 from refusal
    if not ChatSettings.current().is_on:
        raise Http404
    theirs = Attachment.objects.filter(chat_message__conversation__client=client, chat_message__is_hidden=False)
    return serve(get_object_or_404(theirs, pk=pk))


def serve(attachment: Attachment) -> HttpResponse:
    """A picture that we drew ourselves is shown, all else is saved as a file; nothing in it can run."""
    if attachment.state != AttachmentState.READY or not attachment.file:
        raise Http404
    try:
        with attachment.file.open("rb") as kept:
            response = HttpResponse(kept.read(), content_type=attachment.content_type)
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Disposition"] = content_disposition_header(not is_shown(attachment), attachment.name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response

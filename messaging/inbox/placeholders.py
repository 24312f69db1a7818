"""The chat's placeholders."""

from django.utils.translation import gettext_lazy as _

from messaging.texts.placeholders import EVERY_USE, Context, Group, placeholder

from .identity.access import client_link


@placeholder(
    label=_("Link to the client's own chat"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample="https://shop.example/chat/5.1vT3kQx8.Nf0aXw2cRt8yLmPq7sKd1h/",
    also_called="link, url, chat, czat, ссылка, посилання, чат",
)
def chat_link(context: Context) -> str:
    return client_link(context["client"])

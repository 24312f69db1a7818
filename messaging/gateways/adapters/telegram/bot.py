"""A Telegram bot. People cannot be found by their phone: they press Start, and their chat's number is their address."""

import asyncio
import hashlib
import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from ... import reasons
from ..base import Adapter, Checkup, ConfigField, adapter
from ..http import FAILURES, MOST_MEDIA_BYTES, Answer, Connections, read_failure
from ..news import HookRequest, InboundNews, Media, MediaLater, MediaRefused, News, Polled, PollFailed
from ..outcomes import Accepted, Enclosure, Fault, Outcome, Parcel, Refused, Unknown
from .errors import EMPTY, NO_LARGE_FILES, PART_WENT, PROVIDER, TOO_LONG, WRONG_BOT
from .updates import as_call, glimpse, number_of, read_answer, read_update, result_of

BASE_URL = "https://api.telegram.org"
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
UPDATES_AT_ONCE = 100
WANTED = ["message", "edited_message"]
_TOKEN = re.compile(r"\d{5,20}:[A-Za-z0-9_\-]{20,100}")
_NAME = re.compile(r"@?(?=[A-Za-z0-9_]{5,32}$)[A-Za-z][A-Za-z0-9_]*[bB][oO][tT]")
MOST_PHOTO_BYTES = 10 * 1024**2
MOST_PHOTO_SIDES = 10_000  # pixels, both sides together
MOST_PHOTO_RATIO = 20


@adapter
class Telegram(Adapter):
    key = "telegram"
    label = gettext_lazy("Telegram bot")
    channel = "chat"
    line = "telegram"
    offer = gettext_lazy("Chat with customers who write to your bot. It costs nothing.")
    has_hook = True
    has_receipts = False
    poll_seconds = 3
    carries_files = True
    longest_text = LONGEST_TEXT
    fields = (
        ConfigField(
            "token", gettext_lazy("Bot's token"), is_secret=True, help_text=gettext_lazy("@BotFather gives it.")
        ),
        ConfigField(
            "username",
            gettext_lazy("Bot's name"),
            help_text=gettext_lazy("As @BotFather has it, like gonets_bot. Links for clients are made of it."),
        ),
        ConfigField(
            "base_url",
            gettext_lazy("Address of the interface"),
            is_required=False,
            kind="url",
            is_address=True,
            help_text=gettext_lazy("Leave empty for Telegram itself."),
        ),
    )

    def __init__(self, config: dict[str, str], timeout: float, hook_url: str = "") -> None:
        super().__init__(config, timeout, hook_url)
        self.connections = Connections(timeout)
        self.base_url = (config.get("base_url") or BASE_URL).rstrip("/")

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        faults = {}
        if not _TOKEN.fullmatch(config.get("token", "")):
            faults["token"] = _("A token looks like 123456789:AAE… — copy the whole of it.")
        if not _NAME.fullmatch(config.get("username", "")):
            faults["username"] = _("A bot's name has 5 to 32 Latin letters, digits and _, and ends in “bot”.")
        return faults

    # --- Out ----------------------------------------------------------------------------------------------------------

    async def send(self, parcel: Parcel) -> Outcome:
        """The text, then each file. A text that fits goes as the caption of the first one."""
        if len(parcel.body) > LONGEST_TEXT:
            return Refused(TOO_LONG(most=LONGEST_TEXT), permanent=True, fault=Fault.US)
        caption = parcel.body if parcel.enclosures and len(parcel.body) <= LONGEST_CAPTION else ""
        steps: list[Callable[[], Any]] = []
        if parcel.body and not caption:
            steps.append(lambda: self._ask("sendMessage", {"chat_id": parcel.to, "text": parcel.body}))
        for index, one in enumerate(parcel.enclosures):
            words = caption if index == 0 else ""
            steps.append(partial(self._send_file, parcel.to, one, words))
        outcome: Outcome = Refused(EMPTY(), permanent=True, fault=Fault.US)
        for index, step in enumerate(steps):
            try:
                outcome = read_answer(await step())
            except FAILURES as failure:
                outcome = read_failure(failure, PROVIDER)
            if not isinstance(outcome, Accepted):
                # A part of it has arrived already: to try the whole again would send that part twice.
                return outcome if index == 0 else Unknown(PART_WENT().then(outcome.reason))
        return outcome

    async def _send_file(self, chat: str, file: Enclosure, caption: str) -> Answer:
        is_photo = file.is_photo and await asyncio.to_thread(fits_as_photo, file.path)
        method, field = ("sendPhoto", "photo") if is_photo else ("sendDocument", "document")
        fields = {"chat_id": chat, **({"caption": caption} if caption else {})}
        form = aiohttp.FormData(fields, quote_fields=False)  # Telegram shows the name as it comes, in any letters
        content = await asyncio.to_thread(file.path.read_bytes)
        name = file.name.replace('"', "'").replace("\r", " ").replace("\n", " ")
        form.add_field(field, io.BytesIO(content), filename=name, content_type=file.content_type)
        return await self.connections.request("POST", self._url(method), data=form)

    # --- Account ------------------------------------------------------------------------------------------------------

    async def check(self) -> Checkup:
        """Also tells Telegram where to call us, or that nobody can: then we ask."""
        try:
            answer = await self._ask("getMe", {})
            if (refusal := read_answer(answer)) and not isinstance(refusal, Accepted):
                return Checkup(problem=refusal.reason)
            name = str(result_of(answer).get("username", ""))
            if name.lower() != self.config["username"].removeprefix("@").lower():
                return Checkup(problem=WRONG_BOT(name=name))
            arranged = read_answer(await self._arrange_calls())
        except FAILURES as failure:
            return Checkup(problem=read_failure(failure, PROVIDER).reason)
        if not isinstance(arranged, Accepted):
            return Checkup(problem=arranged.reason)
        if self.hook_url:
            return Checkup(_("Telegram knows @%(name)s, and calls us when somebody writes.") % {"name": name})
        return Checkup(_("Telegram knows @%(name)s; it is asked for new messages.") % {"name": name})

    async def _arrange_calls(self) -> Answer:
        if not self.hook_url:
            return await self._ask("deleteWebhook", {})
        return await self._ask(
            "setWebhook", {"url": self.hook_url, "secret_token": self.call_secret, "allowed_updates": WANTED}
        )

    # --- In -----------------------------------------------------------------------------------------------------------

    @property
    def call_secret(self) -> str:
        """What Telegram says when it calls, so that nobody else can; made of the token, which nobody else knows."""
        return hashlib.sha256(f"gonets hook {self.config['token']}".encode()).hexdigest()

    def verify_hook(self, request: HookRequest) -> bool:
        said = request.headers.get("x-telegram-bot-api-secret-token", "")
        return constant_time_compare(said, self.call_secret)

    @classmethod
    def read_hook(cls, request: HookRequest) -> list[News]:
        return read_update(request.body)

    @classmethod
    def glimpse(cls, request: HookRequest) -> InboundNews | None:
        return glimpse(request.body)

    async def poll(self, cursor: dict[str, Any]) -> Polled:
        """Updates are forgotten by Telegram when the next ones are asked for: so only after they are kept here."""
        question = {
            "offset": cursor.get("offset", 0),
            "limit": UPDATES_AT_ONCE,
            "timeout": 0,
            "allowed_updates": WANTED,
        }
        try:
            answer = await self._ask("getUpdates", question)
            if answer.status == 409:  # it still calls an address that we had once
                await self._ask("deleteWebhook", {})
                answer = await self._ask("getUpdates", question)
        except FAILURES as failure:
            raise PollFailed(read_failure(failure, PROVIDER).reason) from None
        outcome, updates = read_answer(answer), answer.json.get("result")
        if not isinstance(outcome, Accepted):
            raise PollFailed(outcome.reason)
        if not isinstance(updates, list):
            raise PollFailed(reasons.UNREADABLE_ANSWER(provider=PROVIDER))
        calls = [as_call(one) for one in updates]
        numbers = [number for one in updates if (number := number_of(one)) is not None]
        offset = max(numbers) + 1 if numbers else question["offset"]
        return Polled(calls, {"offset": offset}, has_more=len(updates) >= UPDATES_AT_ONCE)

    async def fetch_media(self, reference: str) -> Media:
        try:
            answer = await self._ask("getFile", {"file_id": reference})
            path = str(result_of(answer).get("file_path", ""))
            if answer.status == 429 or answer.status >= 500:
                raise MediaLater(reasons.FILE_NOT_GIVEN(provider=PROVIDER))
            if not path:
                raise MediaRefused(NO_LARGE_FILES())
            url = f"{self.base_url}/file/bot{self.config['token']}/{path.lstrip('/')}"
            got, content = await self.connections.download(url, MOST_MEDIA_BYTES)
        except FAILURES as failure:
            raise MediaLater(read_failure(failure, PROVIDER).reason) from None
        if got.status != 200:
            raise MediaLater(reasons.FILE_NOT_GIVEN(provider=PROVIDER))
        return Media(content)

    async def _ask(self, method: str, question: dict[str, Any]) -> Answer:
        """Raises FAILURES."""
        return await self.connections.request("POST", self._url(method), json=question)

    def _url(self, method: str) -> str:
        return f"{self.base_url}/bot{self.config['token']}/{method}"

    async def close(self) -> None:
        await self.connections.close()


def fits_as_photo(path: Path) -> bool:
    """Whether Telegram takes it as a photo; else it goes as a document, whole."""
    if path.stat().st_size > MOST_PHOTO_BYTES:
        return False
    try:
        with Image.open(path) as picture:
            width, height = picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
    return width + height <= MOST_PHOTO_SIDES and max(width, height) <= MOST_PHOTO_RATIO * min(width, height)

"""A real HTTP server that speaks Twilio's contract for SMS: for tests and measurements.

    with TwilioServer() as twilio:
        config = twilio.config()        # what a gateway needs to reach it
        ...
        twilio.requests                 # the forms of all requests to create a message, in order of arrival
        twilio.messages                 # those it accepted
        twilio.kept                     # the same as the provider shows them, by their SIDs
        twilio.call_back(sid, "delivered")   # calls the address that came with the message, signed

Special recipients (the first five are Twilio's own test numbers) choose the outcome.
"""

import asyncio
import datetime
import re
import secrets
import time
import urllib.parse
import urllib.request
from email.utils import format_datetime

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

from tests.gateways.local_server import Handler, LocalServer
from tests.gateways.twilio_listing import Listing
from tests.gateways.twilio_moods import Moods

ACCOUNT_SID = "AC" + "0a" * 16
AUTH_TOKEN = "the-token-of-the-test-server"
SENDER = "+15005550006"
TOO_MANY = (429, 20429, "Too Many Requests")

REFUSED_RECIPIENTS = {
    "+15005550001": (400, 21211, "The 'To' number is not a valid phone number."),
    "+15005550002": (400, 21612, "The 'To' phone number cannot be reached from this sender."),
    "+15005550003": (400, 21408, "Permission to send an SMS has not been enabled for the region."),
    "+15005550004": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (400, 21614, "'To' number is not a valid mobile number"),
    "+15005550011": TOO_MANY,
    "+15005550012": (500, 20500, "An internal server error has occurred"),
    "+15005550017": (429, 63038, "Account exceeded the daily messages limit"),
    "+15005550018": (429, 14107, "Message rate limit exceeded for this number"),
    "+15005550016": (400, 29999, "A code that nobody has seen yet"),
}
REFUSED_CALLS = {
    "+15005550001": (400, 21217, "Phone number does not appear to be valid"),
    "+15005550003": (400, 21215, "Account not authorized to call this number."),
    "+15005550011": TOO_MANY,
    "+15005550012": (500, 20500, "An internal server error has occurred"),
}
REFUSED_SENDERS = {
    "+15005550001": (400, 21212, "The 'From' number is not valid."),
    "+15005550007": (400, 21606, "The 'From' phone number is not owned by your account."),
    "+15005550008": (429, 21611, "This 'From' number has exceeded the maximum number of queued messages."),
}
CHOSEN_SENDER = r"\+1599(\d{5,6})"  # +159921659 gives error 21659 for each message
CUT_RECIPIENT = "+15005550013"  # the connection ends after the request, without an answer
SILENT_RECIPIENT = "+15005550014"  # answers after `silence` seconds
BROKEN_RECIPIENT = "+15005550015"  # a proxy's HTML instead of JSON, with status 503


class TwilioServer(LocalServer):
    """Runs in a thread of its own. `delay`: seconds before each answer; `listing`, `moods`: how it behaves."""

    def __init__(
        self,
        *,
        delay: float = 0,
        silence: float = 30,
        retry_after: str | None = "7",
        listing: Listing | None = None,
        moods: Moods | None = None,
    ) -> None:
        super().__init__()
        self.delay = delay
        self.silence = silence
        self.retry_after = retry_after
        self.listing = listing or Listing()
        self.moods = moods or Moods()
        self.requests: list[dict[str, str]] = []
        self.messages: list[dict[str, str]] = []
        self.kept: dict[str, dict[str, object]] = {}
        self.callbacks: dict[str, str] = {}  # the address for receipts, by the message's SID
        self.asked: list[str] = []  # SIDs of the messages that somebody wanted to see
        self.lists: list[str] = []  # the address of each page of messages that was asked for
        self.listing_now = self.most_lists_at_once = 0
        self.arrived_at: list[float] = []  # time.monotonic() of each of `requests`
        self.media: dict[str, bytes] = {}  # files that customers sent, by their SIDs
        self.media_asked: list[tuple[str, str]] = []  # (path, Authorization) of each request for one

    def config(self, **changes: str) -> dict[str, str]:
        """The fields of a gateway connected to this server."""
        fields = {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN, "sender": SENDER, "base_url": self.base_url}
        return {**fields, **changes}

    def call_back(self, sid: str, status: str, **fields: str) -> int:
        """Tells how a message goes; returns the status of the answer."""
        address = self.callbacks[sid]
        form = {"MessageSid": sid, "MessageStatus": status, "AccountSid": ACCOUNT_SID, **fields}
        return self.post(address, form)

    def write(self, hook_url: str, sender: str, text: str, **fields: str) -> int:
        """A customer writes to the number whose hook this is; returns the status of the answer."""
        sid = "SM" + secrets.token_hex(16)
        form = {"MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT_SID, "From": sender, "Body": text}
        form |= {"To": SENDER, "NumMedia": "0", "SmsStatus": "received", **fields}
        return self.post(hook_url, form)

    def post(self, address: str, form: dict[str, str]) -> int:
        """Calls as Twilio does, signed; returns the status of the answer."""
        headers = {"X-Twilio-Signature": RequestValidator(AUTH_TOKEN).compute_signature(address, form)}
        request = urllib.request.Request(address, urllib.parse.urlencode(form).encode(), headers)
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status

    def media_url(self, sid: str) -> str:
        """Where Twilio says that a file lies."""
        return f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/MM1/Media/{sid}"

    async def _lead_to_media(self, request: web.Request) -> web.Response:
        """Twilio itself only leads on, to a storage that knows no account."""
        self.media_asked.append((request.path, request.headers.get("Authorization", "")))
        raise web.HTTPTemporaryRedirect(f"{self.base_url}/storage/{request.match_info['media']}")

    async def _give_media(self, request: web.Request) -> web.Response:
        self.media_asked.append((request.path, request.headers.get("Authorization", "")))
        content = self.media.get(request.match_info["media"])
        return web.Response(body=content) if content is not None else web.Response(status=404)

    def make_application(self) -> web.Application:
        application = web.Application(middlewares=[_authenticate])
        application.router.add_get("/2010-04-01/Accounts/{sid}/Messages/{message}/Media/{media}", self._lead_to_media)
        application.router.add_get("/storage/{media}", self._give_media)
        application.router.add_post("/2010-04-01/Accounts/{sid}/Messages.json", self._create_message)
        application.router.add_get("/2010-04-01/Accounts/{sid}/Messages.json", self._list_messages)
        application.router.add_get("/2010-04-01/Accounts/{sid}/Messages/{message}.json", self._show_message)
        application.router.add_get("/2010-04-01/Accounts/{sid}/Balance.json", self._tell_balance)
        application.router.add_post("/2010-04-01/Accounts/{sid}/Calls.json", self._create_call)
        application.router.add_get("/2010-04-01/Accounts/{sid}/Calls/{message}.json", self._show_message)
        return application

    async def _tell_balance(self, request: web.Request) -> web.Response:
        return web.json_response({"account_sid": ACCOUNT_SID, "balance": "12.34", "currency": "USD"})

    async def _create_message(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append(form)
        self.arrived_at.append(time.monotonic())
        before, after = self.moods.delays()
        await asyncio.sleep(self.delay + before)
        to = form.get("To")
        if to == CUT_RECIPIENT:
            request.transport.abort()
        if to == SILENT_RECIPIENT:
            await asyncio.sleep(self.silence)
        if to == BROKEN_RECIPIENT:
            return web.Response(text="<html>Service Unavailable</html>", status=503, content_type="text/html")
        if refusal := _find_refusal(form) or (self.moods.is_busy() and TOO_MANY):
            return self._refuse(*refusal)
        answer = web.json_response(self.take(form), status=201)
        await asyncio.sleep(after)
        return answer

    def take(self, form: dict[str, str]) -> dict[str, object]:
        """Accept a message, which is listed from now on; returns it as Twilio shows it."""
        self.messages.append(form)
        self.moods.taken_at.append(time.monotonic())
        message = _describe(form)
        self.callbacks[str(message["sid"])] = form.get("StatusCallback", "")
        self.kept[str(message["sid"])] = message
        self.listing.add(message)
        return message

    async def _create_call(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append(form)
        refusal = REFUSED_CALLS.get(form.get("To")) or REFUSED_SENDERS.get(form.get("From"))
        if not form.get("To") or not form.get("From"):
            refusal = 400, 21201, "No 'To' or 'From' number is specified"
        elif len(form.get("Twiml", "")) > 4000 or not form.get("Twiml"):
            refusal = 400, 21205, "Url parameter is required, or Twiml is too long"
        if refusal:
            return self._refuse(*refusal)
        self.messages.append(form)
        call = _describe_call(form)
        self.kept[str(call["sid"])] = call
        return web.json_response(call, status=201)

    async def _show_message(self, request: web.Request) -> web.Response:
        self.asked.append(request.match_info["message"])
        message = self.kept.get(request.match_info["message"])
        return web.json_response(message) if message else _error(404, 20404, "The requested resource was not found")

    async def _list_messages(self, request: web.Request) -> web.Response:
        self.lists.append(request.path_qs)
        self.listing_now += 1
        self.most_lists_at_once = max(self.most_lists_at_once, self.listing_now)
        await asyncio.sleep(self.delay)
        self.listing_now -= 1
        return web.json_response(self.listing.page(request.rel_url))

    def _refuse(self, status: int, code: int, message: str) -> web.Response:
        headers = {"Retry-After": self.retry_after} if status == 429 and self.retry_after else {}
        return _error(status, code, message, headers)


def _find_refusal(form: dict[str, str]) -> tuple[int, int, str] | None:
    sender, service = form.get("From"), form.get("MessagingServiceSid")
    if not form.get("To"):
        return 400, 21604, "A 'To' phone number is required."
    if not sender and not service:
        return 400, 21603, "A 'From' phone number is required."
    if not form.get("Body"):
        return 400, 21602, "Message body is required."
    if len(form["Body"]) > 1600:
        return 400, 21617, "The concatenated message body exceeds the 1600 character limit"
    if service and not re.fullmatch(r"MG[0-9a-f]{32}", service):
        return 400, 21705, "The Messaging Service Sid is invalid"
    validity = form.get("ValidityPeriod", "36000")
    if not validity.isdecimal() or not 1 <= int(validity) <= 36_000:
        return 400, 21624, "Invalid validity period value"
    if chosen := re.fullmatch(CHOSEN_SENDER, sender or ""):
        return 429 if chosen[1] == "63038" else 400, int(chosen[1]), "The chosen error"
    return REFUSED_SENDERS.get(sender) or REFUSED_RECIPIENTS.get(form["To"])


def _now() -> str:
    return format_datetime(datetime.datetime.now(datetime.UTC))


def _describe(form: dict[str, str]) -> dict[str, object]:
    sid, service = "SM" + secrets.token_hex(16), form.get("MessagingServiceSid")
    path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid}"
    return {
        "sid": sid,
        "account_sid": ACCOUNT_SID,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "from": form.get("From"),
        "to": form["To"],
        "messaging_service_sid": service,
        "status": "accepted" if service else "queued",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "num_segments": "0" if service else "1",
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "date_created": _now(),
        "date_updated": _now(),
        "date_sent": None,
        "uri": f"{path}.json",
        "subresource_uris": {"media": f"{path}/Media.json"},
    }


def _describe_call(form: dict[str, str]) -> dict[str, object]:
    sid = "CA" + secrets.token_hex(16)
    return {
        "sid": sid,
        "account_sid": ACCOUNT_SID,
        "api_version": "2010-04-01",
        "status": "queued",
        "direction": "outbound-api",
        "from": form["From"],
        "to": form["To"],
        "start_time": None,
        "end_time": None,
        "duration": None,
        "answered_by": None,
        "price": None,
        "queue_time": "0",
        "date_created": _now(),
        "date_updated": _now(),
        "uri": f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls/{sid}.json",
        "subresource_uris": {},
    }


def _error(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": message, "more_info": more_info, "status": status}
    return web.json_response(body, status=status, headers=headers)


@web.middleware
async def _authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    sid = request.match_info.get("sid", "")
    if request.path.startswith("/storage/"):
        return await handler(request)
    if not re.fullmatch(r"AC[0-9a-f]{32}", sid):
        return _error(404, 20404, "The requested resource was not found")
    if request.headers.get("Authorization") != aiohttp.encode_basic_auth(sid, AUTH_TOKEN) or sid != ACCOUNT_SID:
        return _error(401, 20003, "Authenticate")
    return await handler(request)

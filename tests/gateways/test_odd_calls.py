"""Whatever calls us: it is read, or not understood in a sentence; never a fault of the program."""

import json

import pytest

from messaging.gateways.adapters import HookRequest, InboundNews, NotUnderstood, ReceiptNews, Unclear, get_adapter_class
from messaging.gateways.calls.inbound import clean as clean_words
from messaging.gateways.calls.reader import clean as clean_receipt

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
NUMBER = "9" * 5_000
DEEP = b'{"a":' * 200_000
PERSON = {"chat": {"id": 42, "type": "private"}, "from": {"id": 42, "first_name": "\ud83d\0"}, "message_id": 7}
CALLS = [
    (FORM, b""),
    (JSON, b"null"),
    (JSON, b"[]"),
    (JSON, b'"x"'),
    (JSON, b"\xff\xfe{"),
    (JSON, DEEP),
    (JSON, b'{"update_id": ' + NUMBER.encode() + b"}"),
    (
        JSON,
        json.dumps(
            {
                "message": {
                    **PERSON,
                    "text": ["\ud83d"],
                    "date": -1,
                    "photo": [{"file_id": "a", "width": "x"}, {"width": 3}, 7],
                }
            }
        ).encode(),
    ),
    (JSON, json.dumps({"message": {**PERSON, "photo": [{"file_id": "a", "width": 1}, {"file_id": 5}]}}).encode()),
    (JSON, json.dumps({"message": {**PERSON, "document": {"file_id": "\ud83d", "file_size": 10**30}}}).encode()),
    (JSON, json.dumps({"message": {**PERSON, "location": {"latitude": 10**400, "longitude": {}}}}).encode()),
    (JSON, json.dumps({"message": {**PERSON, "date": 10**30, "edit_date": {"a": 1}}}).encode()),
    (JSON, json.dumps({"message": {**PERSON, "poll": {"options": [7, {"text": {}}]}}}).encode()),
    (JSON, json.dumps({"id": 1, "phone": ["\ud83d"], "text": {"a": "\0"}}).encode()),
    (JSON, json.dumps({"report": {"status": {"a": 1}}}).encode()),
    (JSON, json.dumps({"report": {"status": "undelivered", "reason": ["\ud83d"], "id": {}}}).encode()),
    (FORM, f"MessageSid=SM1&MessageStatus=failed&ErrorCode={NUMBER}".encode()),
    (FORM, "MessageSid=SM1&MessageStatus=failed&ErrorCode=²".encode()),
    (FORM, f"MessageSid=SM1&SmsStatus=received&From=whatsapp:%2B48&NumMedia={NUMBER}&MediaUrl0=%ED%A0%BD".encode()),
    (FORM, f"MessageSid=SM1&SmsStatus=received&From=%2B48&Latitude={NUMBER}&Longitude=inf&Body=%00".encode()),
    (FORM, f"CallSid=CA1&CallStatus={NUMBER}".encode()),
    (FORM, f"MsgId=%ED%A0%BD,%00&status=404,402&donedate={NUMBER},²&idx=%00,{NUMBER}".encode()),
    (FORM, "MsgId=&sms_text=%ED%A0%BD%00&sms_from=²²²²²²²²²&sms_date=x".encode()),
    (FORM, b"\xff\x00=%ff%00&sms_from=1"),
]


@pytest.mark.parametrize("key", ["twilio_sms", "twilio_voice", "twilio_whatsapp", "smsapi", "serwersms", "telegram"])
@pytest.mark.parametrize("number", range(len(CALLS)))
def test_an_odd_call_is_read_or_not_understood(key, number):
    content_type, body = CALLS[number]
    adapter, call = get_adapter_class(key), HookRequest("https://x/", "POST", body, {"content-type": content_type})
    try:
        news = adapter.read_hook(call)
    except NotUnderstood as refusal:
        news = [Unclear(refusal.reason)]
    try:
        news = [*news, *filter(None, [adapter.glimpse(call)])]
    except NotUnderstood:
        assert isinstance(news[0], Unclear)
    assert news
    for one in news:
        match one:
            case InboundNews():
                kept = clean_words(one)
                texts = [kept.sender, kept.text, kept.name, kept.provider_id, *(file.name for file in kept.files)]
            case ReceiptNews():
                kept = clean_receipt(one)
                texts = [kept.provider_id, kept.code, str(kept.reason), kept.message_key]
            case Unclear():
                texts = [str(one.reason)]
        assert not any("\0" in text for text in texts)
        assert "".join(texts).encode()

"""An update from the version that kept sentences: every step says what it said, and is found by its code."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from locations.values.reasons import kind_of
from messaging.robots.models import RobotStep
from tests.makers import make_order, make_user

OLD = {
    "The robot was deleted.": "robots.robot_deleted",
    "The robot was switched off.": "robots.robot_off",
    "The order has left the stage.": "robots.left_stage",
    "The order was delivered.": "robots.order_delivered",
    "The order was cancelled.": "robots.order_cancelled",
    "The order was not delivered by then.": "robots.not_delivered",
    "The robot tells about deliveries only; this order is: pick-up.": "robots.no_delivery",
    "The order has no planned arrival any more.": "robots.arrival_gone",
    "The planned arrival has passed.": "robots.arrival_passed",
    "The order is on no route, so nobody knows whether the driver's app is live.": "robots.no_route",
    "31 minutes late: send it still?": "robots.late",
    "There is no phone number in the order, its location or the client's card.": "robots.no_phone",
    "There is no e-mail address in the order, its location or the client's card.": "robots.no_email",
    "+48221234567 cannot receive SMS: it is not a mobile number.": "robots.no_mobile",
    "The template has no text for E-mail.": "robots.no_text",
    "The text is empty once filled.": "robots.empty_text",
    "The program failed to fill the text; the log has the details.": "robots.text_fault",
    "The filled text takes 5 SMS parts; at most 4 are allowed.": "robots.too_long",
    "Late, discarded by alice.": "robots.discarded_by",
    "The program failed or ended three times while working on it, so it is given up; the log has the details.": (
        "robots.given_up"
    ),
    "There is no placeholder “{was_once}”.": "texts.unknown_placeholder",
    "Cancelled by alice.": "outbox.cancelled_by",
    "The demo was removed.": "outbox.demo_removed",
    "SMS is switched off for this company.": "outbox.off_for_company",
    "E-mail is switched off for this client.": "outbox.off_for_client",
    "SMS is switched off for this client location.": "outbox.off_for_location",
    "SMS is switched off for this order.": "outbox.off_for_order",
    "Marked as unusable on 01.02.2026: The number is gone.": "outbox.unusable_address",
    "No gateway for SMS is connected: nothing can be sent.": "outbox.no_gateway",
    "A demo client is written to through the sandbox only, and no sandbox for E-mail is on.": "outbox.no_sandbox",
    "The client does not want such messages (SMS, service).": "locations.refused_by_client",
    "The address does not want such messages (E-mail, service).": "locations.refused_for_address",
    "The client never wrote to us, so there is no line to answer by.": "inbox.never_wrote",
    "This sender is blocked: unblock them, then answer.": "inbox.sender_blocked",
    "The line “WhatsApp” is switched off.": "inbox.line_off",
    "The gateway “Twilio” is switched off.": "inbox.gateway_off",
    "The chat is switched off: the client finds a feedback form there.": "inbox.chat_off",
    "“Pizza” is no number that takes messages: nobody can be answered there.": "inbox.no_number",
    "WhatsApp takes free text only within 24 hours of the client's last message: use another line.": (
        "inbox.whatsapp_window_over"
    ),
    "“SMS” takes at most 1600 characters, and this has 1700: divide it.": "inbox.too_long_for_line",
    "Somebody's words, {100%} of them.": "told.words",
}
EXPIRED = "Its validity ended on 02.03. at 19:30."


def write_old(sentences: list[str]) -> None:
    """Straight into the table, as the version before did."""
    order = make_order(notify=False)
    for sentence in ["", *sentences]:
        RobotStep.objects.create(robot_name="r", order=order, once_key=sentence[:60], due_at=timezone.now())
    call_command("migrate", "robots", "0009", verbosity=0)
    with connection.cursor() as cursor:
        for sentence in sentences:
            cursor.execute("UPDATE robots_robotstep SET reason = %s WHERE once_key = %s", [sentence, sentence[:60]])


@pytest.mark.django_db(transaction=True)
def test_every_old_sentence_is_a_code_that_says_the_same(client):
    write_old([*OLD, EXPIRED])
    call_command("migrate", verbosity=0)
    reasons = {step.once_key: step.reason for step in RobotStep.objects.all()}
    for sentence, code in OLD.items():
        assert (str(reasons[sentence[:60]]).lower(), reasons[sentence[:60]].code) == (sentence.lower(), code)
        assert kind_of(code).title != code  # it is declared
    assert str(reasons[EXPIRED]) == "Its validity ended: 02.03. at 19:30."
    assert not reasons[""]
    client.force_login(make_user(is_superuser=True))
    found = client.get("/admin/robots/robotstep/", {"reason": "robots.expired"}).context["cl"].result_list
    assert [step.once_key for step in found] == [EXPIRED]


@pytest.mark.django_db(transaction=True)
def test_the_way_back_leaves_sentences():
    write_old([EXPIRED])
    call_command("migrate", verbosity=0)
    call_command("migrate", "robots", "0009", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM robots_robotstep WHERE once_key = %s", [EXPIRED])
        assert cursor.fetchone() == ("Its validity ended: 02.03. at 19:30.",)
    call_command("migrate", verbosity=0)

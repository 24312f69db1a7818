"""Texts with placeholders: converted, checked, filled; and what must hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locations.models import Client
from messaging.texts.models import TemplateUse
from messaging.texts.placeholders import registry, synonyms
from messaging.texts.rendering import (
    UnknownPlaceholder,
    convert,
    names_in,
    problems,
    render,
    render_sample,
    render_subject,
)
from orders.models import Order

PIECES = [*registry, *synonyms, "{", "}", "{{", "}}", "|", "<<", ">>", ":", " ", "\n", ",", "12:30:00", "zł", "x"]
MESSY = st.lists(st.sampled_from([*PIECES, *(known.canonical for known in registry.values())])).map("".join)
WORDS = st.text(alphabet=st.characters(exclude_characters="{}<>:\0", exclude_categories=["Cs"]))


def about(number="A-1", **client):
    return {"order": Order(number=number), "client": Client(**client), "language": "en"}


@pytest.mark.parametrize(
    ("pasted", "ours"),
    [
        ("Zamówienie <<nrZamowienia>> za << wartoscZamowienia >>", "Zamówienie {order_number} za {total}"),
        (":Уваж: :И:, заказ :ID:.", "{dear} {first_name}, заказ {order_number}."),
        (":ID::Tel:", "{order_number}{department_phone}"),
        ("{ first_name | customer }", "{first_name|customer}"),
        ("12:30:00, see:ID2: and :unknown: and a << b", "12:30:00, see:ID2: and :unknown: and a << b"),
        ("{{:ID:}} {{ {order_number}", "{{:ID:}} {{ {order_number}"),
        ("<<nieznane>> {unknown}", "<<nieznane>> {unknown}"),
    ],
)
def test_it_converts_what_it_knows_and_nothing_else(pasted, ours):
    assert convert(pasted) == ours


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{order_nubmer}", "Did you mean {order_number}?"),
        ("<<nrZamowienie>>", "Did you mean {order_number}?"),
        ("{Order Number}", "Did you mean {order_number}?"),
        ("{quite_another_thing}", "There is no placeholder “{quite_another_thing}”"),
        ("<<kodPromocyjny>>", "“<<kodPromocyjny>>” has no meaning in texts for “Orders”"),
        ("{bonus_accrued}", "“{bonus_accrued}” has no meaning in texts for “Orders”"),
        ("price {", "Write {{ where you want the brace itself"),
        ("{}", "names no placeholder"),
        ("{first_name|:ID:}", "can't hold another placeholder"),
    ],
)
def test_it_refuses_in_words_with_the_remedy(body, words):
    (problem,) = problems(body, TemplateUse.ORDER)
    assert words in problem


def test_it_says_each_problem_once():
    assert len(problems("{nope} {nope} {{ {", TemplateUse.ORDER)) == 2


def test_it_keeps_order_and_campaign_placeholders_apart():
    assert problems("{order_number} {total}", TemplateUse.CAMPAIGN)
    assert problems("{promo_code}", TemplateUse.ORDER)
    assert problems("{order_number} {first_name}", TemplateUse.ORDER) == []
    assert problems("{promo_code} {first_name}", TemplateUse.CAMPAIGN) == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{{ is a brace, } too", "{ is a brace, } too"),
        ("{{order_number}} {{order_number}", "{order_number} {order_number}"),
        ("Hi {first_name|customer}!", "Hi customer!"),
        ("<<nrZamowienia>> :ID: {order_number}", "A-1 A-1 A-1"),
        ("at 12:30:00", "at 12:30:00"),
    ],
)
def test_it_fills_placeholders(body, text):
    assert render(body, about()) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Dear {first_name} {patronymic}, order", "Dear, order"),
        ("Hi {patronymic} there", "Hi there"),
        ("Hi {patronymic}. Bye", "Hi. Bye"),
        ("Hi, {patronymic}, bye", "Hi, bye"),
        ("{first_name}, your order", "Your order"),
        ("{first_name}! Ready", "Ready"),
        ("Thanks, {first_name}", "Thanks"),
        ("Order ({patronymic}) of “{last_name}” is ready", "Order of is ready"),
        ("Order (for {last_name}) is", "Order (for) is"),
        ("{last_name}\nOrder\n{first_name} {patronymic}\nready\n{last_name}", "Order\nready"),
        ("{first_name}, {patronymic}, {last_name}", ""),
        ("a{patronymic}b", "ab"),
        ("two  spaces , kept {order_number}", "two  spaces , kept A-1"),
    ],
)
def test_it_closes_the_gap_of_an_empty_value(body, text):
    assert render(body, about()) == text


def test_it_never_reads_a_value_as_a_template():
    assert render("{first_name}", about(first_name="{order_number} :ID: <b>&")) == "{order_number} :ID: <b>&"


def test_it_takes_blanks_only_for_nothing():
    assert render("Hi {first_name}!", about(first_name="  ")) == "Hi!"


def test_it_keeps_a_subject_on_one_line():
    assert render_subject("For {first_name}", about(first_name="Anna\r\nBcc: x@example.com")) == (
        "For Anna Bcc: x@example.com"
    )


@pytest.mark.parametrize("body", ["{nope}", "<<nope>>", "a {"])
def test_it_never_sends_an_unknown_placeholder(body):
    with pytest.raises(UnknownPlaceholder):
        render(body, about())


def test_it_shows_samples_in_the_texts_language():
    assert render_sample("{first_name}: <<rodzPlatnosci>> {{x}} {nope}", "ru") == "Анна: наличные {x} {nope}"


def test_it_tells_which_placeholders_a_text_has():
    assert names_in(":ID: {first_name|x} {nope} {{total}}") == {"order_number", "first_name"}


@given(MESSY)
def test_it_converts_once_and_for_all(body):
    assert convert(convert(body)) == convert(body)


@given(MESSY)
def test_it_finds_the_same_faults_before_and_after_converting(body):
    assert bool(problems(body, TemplateUse.ORDER)) == bool(problems(convert(body), TemplateUse.ORDER))


@given(MESSY)
def test_it_sends_the_same_before_and_after_converting(body):
    allowed = not problems(body, TemplateUse.ORDER) and names_in(body) <= {"order_number", "first_name", "patronymic"}
    if allowed:
        assert render(body, about()) == render(convert(body), about())


@given(WORDS)
def test_it_leaves_a_text_without_placeholders_alone(body):
    assert convert(body) == body
    assert problems(body, TemplateUse.ORDER) == []
    assert render(body, about()) == body


@given(WORDS, WORDS, st.sampled_from(["{order_number}", "<<nrZamowienia>>", ":ID:"]))
def test_it_leaves_no_placeholder_in_what_the_customer_reads(before, after, spelling):
    assert render(f"{before}{spelling}{after}", about("777")) == f"{before}777{after}"


@given(st.lists(st.sampled_from(["Anna", "order", "{patronymic}", "{last_name}"]), min_size=1))
def test_it_never_leaves_a_double_space(words):
    text = render(" ".join(words) + ".", about())
    assert "  " not in text
    assert " ." not in text
    assert text == text.strip()


def test_it_gets_through_a_customers_hundred_thousand_blanks():
    """A rule that tries again at each blank would take minutes here, and hold up every other message."""
    order = Order(contents="a" + " " * 100_000 + "b")
    context = {"order": order, "client": Client(), "language": "en"}
    assert render("{contents}, to {first_name} x", context) == f"{order.contents}, to x"

"""The company's pages: one row of settings, one verdict on phones, the switch that stops all sending."""

import pytest
from django.contrib.admin.models import LogEntry

from locations.models import Company, Department, Location, Suppression
from locations.reasons import CLIENT_CARD
from locations.values.reasons import in_words
from tests.makers import make_location, make_user
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db
SENDING = "/admin/locations/company/sending/"


@pytest.fixture
def alice(client):
    user = make_user(is_superuser=True)
    client.force_login(user)
    return user


def test_the_menu_leads_straight_to_the_companys_form(client, alice):
    answer = client.get("/admin/locations/company/", follow=True)
    assert answer.redirect_chain[-1][0].endswith("/change/")
    save(client, answer.redirect_chain[-1][0], name="Mleczarnia", country="ua")
    company = Company.objects.get()
    assert (company.name, company.country) == ("Mleczarnia", "UA")


def test_it_refuses_a_country_that_is_none(client, alice):
    assert list(faults(save(client, f"/admin/locations/company/{Company.current().pk}/change/", country="ZZ"))) == [
        "country"
    ]


def test_there_is_one_company_for_ever(client, alice):
    assert client.get("/admin/locations/company/add/").status_code == 403
    assert client.post(f"/admin/locations/company/{Company.current().pk}/delete/").status_code == 403


def test_one_press_stops_all_sending_and_one_resumes(client, alice):
    client.post(SENDING, {"stop": "1"})
    assert Company.current().is_sending_stopped
    answer = client.post(SENDING, {"stop": "0"}, follow=True)
    assert not Company.current().is_sending_stopped
    assert answer.redirect_chain[-1][0] == "/admin/"


def test_sending_is_not_stopped_by_a_link_nor_by_just_anybody(client, alice):
    assert client.get(SENDING, {"stop": "1"}).status_code == 403
    client.force_login(make_user("Dispatcher"))
    assert client.post(SENDING, {"stop": "1"}).status_code == 403
    assert not Company.current().is_sending_stopped


def test_it_leads_nowhere_else(client, alice):
    answer = client.post(SENDING, {"stop": "1", "next": "https://example.com/"})
    assert answer["Location"] == "/admin/"


def test_a_departments_phone_is_read_by_its_country(client, alice):
    save(client, "/admin/locations/department/add/", name="Kyiv", country="UA", phone="050 123 45 67")
    assert Department.objects.get().phone.as_e164 == "+380501234567"
    assert list(faults(save(client, "/admin/locations/department/add/", name="Lviv", phone="1"))) == ["phone"]
    two = "050 123 45 67, 050 123 45 68"
    assert "keep one" in str(
        faults(save(client, "/admin/locations/department/add/", name="Lviv", country="UA", phone=two))
    )


@pytest.mark.parametrize("email", ["", "address@domain.ru", "a-1@b-2.ru"])
def test_a_location_is_saved_with_and_without_an_address_of_its_client(client, alice, email):
    place = make_location()
    assert not faults(save(client, f"/admin/locations/location/{place.pk}/change/", email=email, phone="501 234 567"))
    place.refresh_from_db()
    assert (place.email, place.phone.as_e164) == (email, "+48501234567")


@pytest.mark.parametrize(
    ("field", "text"),
    [("email", "эва@example.com"), ("email", "e wa@x.pl"), ("phone", "12345"), ("phone", "501 234 567, 502 345 678")],
)
def test_a_location_refuses_what_an_order_would(client, alice, field, text):
    place = make_location()
    assert list(faults(save(client, f"/admin/locations/location/{place.pk}/change/", **{field: text}))) == [field]


def test_a_second_location_with_the_same_name_and_address_is_refused_in_words(client, alice):
    place = make_location()
    answer = save(client, "/admin/locations/location/add/", client_name=place.client_name, address=place.address)
    assert "already has a location" in str(faults(answer))
    assert Location.objects.count() == 1


def test_locations_are_found_by_phone_and_name(client, alice):
    place = make_location(phone="+48501234567", client_name="Żaneta")
    make_location()
    for words in ("501-234-567", "żaneta", "ŻANETA"):
        found = client.get("/admin/locations/location/", {"q": words}).context["cl"].result_list
        assert [row.pk for row in found] == [place.pk], words


def test_an_address_on_the_list_of_those_not_to_write_to_is_kept_in_one_spelling(client, alice):
    add = "/admin/locations/suppression/add/"
    save(client, add, address="501 234 567", channel="sms", purpose="service")
    save(client, add, address="Ewa@Example.com", channel="email", purpose="advertising")
    assert set(Suppression.objects.values_list("address", flat=True)) == {"+48501234567", "ewa@example.com"}
    assert list(faults(save(client, add, address="ewa", channel="sms", purpose="service"))) == ["address"]
    found = client.get("/admin/locations/suppression/", {"q": "501-234-567"}).context["cl"].result_list
    assert [row.address for row in found] == ["+48501234567"]


def test_why_an_address_is_on_that_list_may_be_said_in_words_and_what_the_program_said_stays(client, alice):
    add = "/admin/locations/suppression/add/"
    save(client, add, address="501 234 567", channel="sms", purpose="service", reason="asked by phone")
    typed = Suppression.objects.get()
    assert typed.reason == in_words("asked by phone")
    Suppression.objects.update(reason=CLIENT_CARD(user="bob"))
    page = f"/admin/locations/suppression/{typed.pk}/change/"
    assert 'value="client&#x27;s card, bob"' in client.get(page).content.decode()
    assert not faults(save(client, page, purpose="advertising"))
    typed.refresh_from_db()
    assert (typed.purpose, typed.reason) == ("advertising", CLIENT_CARD(user="bob"))
    save(client, page, reason="")
    typed.refresh_from_db()
    assert not typed.reason
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")][1:] == [
        "Changed Purpose.",
        "Changed Reason.",
    ]


def test_it_refuses_a_currency_that_is_none(client, alice):
    page = f"/admin/locations/company/{Company.current().pk}/change/"
    assert list(faults(save(client, page, currency="1$"))) == ["currency"]
    save(client, page, currency="uah")
    assert Company.current().currency == "UAH"

"""Placeholders about the client (C15-C17)."""

from django.utils.translation import gettext_lazy as _

from locations.models import Gender

from .placeholders import EVERY_USE, Context, Group, placeholder

DEAR = {
    "en": {Gender.MALE: "Dear", Gender.FEMALE: "Dear", Gender.UNKNOWN: "Dear"},
    "ru": {Gender.MALE: "Уважаемый", Gender.FEMALE: "Уважаемая", Gender.UNKNOWN: "Уважаемый(ая)"},
    "uk": {Gender.MALE: "Шановний", Gender.FEMALE: "Шановна", Gender.UNKNOWN: "Шановний(а)"},
    # for an unknown gender a form without Polish letters: they would double the price of an SMS
    "pl": {Gender.MALE: "Szanowny Panie", Gender.FEMALE: "Szanowna Pani", Gender.UNKNOWN: "Szanowny Kliencie"},
}


@placeholder(
    label=_("Dear, by the client's gender"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample={language: forms[Gender.FEMALE] for language, forms in DEAR.items()},
    synonyms=[":Уваж:"],
)
def dear(context: Context) -> str:
    return DEAR.get(context["language"], DEAR["en"])[context["client"].gender]


@placeholder(
    label=_("First name"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample={"en": "Anna", "ru": "Анна", "pl": "Anna", "uk": "Ганна"},
    synonyms=[":И:"],
    also_called="name, firstname, customer name, imie, имя, ім'я",
)
def first_name(context: Context) -> str:
    return context["client"].first_name


@placeholder(
    label=_("Patronymic"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample={"en": "Ivanovna", "ru": "Ивановна", "pl": "Iwanowna", "uk": "Іванівна"},
    synonyms=[":О:"],
    also_called="middle name, отчество, по батькові",
)
def patronymic(context: Context) -> str:
    return context["client"].patronymic


@placeholder(
    label=_("Last name"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample={"en": "Brown", "ru": "Петрова", "pl": "Nowak", "uk": "Петренко"},
    also_called="surname, lastname, nazwisko, фамилия, прізвище",
)
def last_name(context: Context) -> str:
    return context["client"].last_name


@placeholder(
    label=_("Client's name as in the card"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample={"en": "Anna Brown", "ru": "Анна Петрова", "pl": "Anna Nowak", "uk": "Ганна Петренко"},
    also_called="client, customer, full name, klient, клиент, клієнт, фио",
)
def client_name(context: Context) -> str:
    return context["client"].name


@placeholder(
    label=_("Client's company"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample={"en": "Brown & Co", "ru": "ООО «Ромашка»", "pl": "Nowak sp. z o.o.", "uk": "ТОВ «Мрія»"},
)
def client_company(context: Context) -> str:
    company = context["client"].company
    return company.name if company else ""

"""How tests press the admin's buttons: a form is posted with what its page showed, changed by keywords."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class ShownForm(HTMLParser):
    """The named fields of the admin's main form with the values a browser would send."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str | list[str]] = {}
        self.is_inside = False
        self.select = self.textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = dict(pairs)
        name = given.get("name") or ""
        if tag == "form":
            self.is_inside = (given.get("id") or "").endswith("_form")
        elif not self.is_inside:
            return
        elif tag == "input" and name and given.get("type") != "submit":
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.fields[name] = given.get("value") or ("on" if given.get("type") == "checkbox" else "")
        elif tag == "select":
            self.select = name
            self.fields[name] = [] if "multiple" in given else ""
        elif tag == "option" and "selected" in given:
            chosen, value = self.fields[self.select], given.get("value") or ""
            self.fields[self.select] = [*chosen, value] if isinstance(chosen, list) else value
        elif tag == "textarea":
            self.textarea = name
            self.fields[name] = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.fields[self.textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "textarea":
            self.textarea = ""


def save(client: Client, url: str, page: HttpResponse | None = None, **changes: Any) -> HttpResponse:
    """Opens the form (or takes one opened before) and saves it with these changes; None unticks."""
    fields = ShownForm((page or client.get(url)).content.decode()).fields | {"_save": "Save"} | changes
    return client.post(url, {name: value for name, value in fields.items() if value is not None}, follow=True)


def faults(response: HttpResponse) -> dict[str, list[str]]:
    """What the form refused, by field; empty when it was saved."""
    adminform = response.context and response.context.get("adminform")
    return dict(adminform.form.errors) if adminform else {}


def sentences(response: HttpResponse) -> str:
    """What the page says across its top."""
    return " ".join(str(message) for message in response.context["messages"])

"""The template editor's form: the template, and its words in every channel and language.

Words never change in the database: a changed text is a new version, an emptied one is withdrawn by an empty version.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from locations.models import Channel, Company

from .lookalikes import warnings
from .models import MessageTemplate, TemplateText, TemplateUse
from .previewing import Preview, preview
from .rendering import convert, problems

MAX_BODY = 20_000  # characters
MAX_SUBJECT = TemplateText._meta.get_field("subject").max_length or 0


class WordsField(forms.CharField):
    """A text as people type it: lines end with one character, whatever the browser sends."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class TemplateForm(forms.ModelForm):
    """Fields `sms_en_body`, `email_pl_subject`, ...; `sms_en_base` is the version the editor was opened with."""

    class Meta:
        model = MessageTemplate
        fields = ["name", "use", "purpose"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = [
            TextSlot(self, channel, language)
            for channel in Channel.written()
            for language, _name in settings.MESSAGE_LANGUAGES
        ]

    @cached_property
    def versions(self) -> dict[tuple[str, str], list[TemplateText]]:
        """Every version, the newest first, by channel and language."""
        found: dict[tuple[str, str], list[TemplateText]] = {}
        if self.instance.pk:
            for version in self.instance.texts.select_related("by").order_by("-id"):
                found.setdefault((version.channel, version.language), []).append(version)
        return found

    @cached_property
    def max_sms_characters(self) -> int:
        return Company.current().max_sms_characters

    @property
    def shown_use(self) -> str:
        """What is chosen now; who may only look has no such field."""
        return (self["use"].value() if "use" in self.fields else self.instance.use) or TemplateUse.ORDER

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        use = cleaned.get("use", self.instance.use)
        for slot in self.slots:
            for name, problem in slot.problems(use):
                self.add_error(name, problem)
        if not any(slot.body for slot in self.slots) and not self.errors:
            self.add_error(None, _("There are no words yet: write an SMS or an e-mail in at least one language."))
        if self.instance.pk:
            self._check_robots(cleaned)
        return cleaned

    def _check_robots(self, cleaned: dict[str, Any]) -> None:
        """A robot that uses the template must go on finding its words."""
        robots = list(self.instance.robots.all())
        if robots and cleaned.get("use", TemplateUse.ORDER) != TemplateUse.ORDER:
            self.add_error("use", _("Robots use this template for orders: %(names)s.") % {"names": _names(robots)})
        for channel in Channel.written():
            slots = [slot for slot in self.slots if slot.channel == channel]
            bound = [robot for robot in robots if robot.channel == channel]
            if bound and any(slot.current for slot in slots) and not any(slot.body for slot in slots):
                sentence = _("Robots send this text, so it can't be left empty: %(names)s.")
                emptied = next(slot for slot in slots if slot.current)
                self.add_error(emptied.body_name, sentence % {"names": _names(bound)})

    def disable_words(self) -> None:
        """For those who may look and not change."""
        for slot in self.slots:
            for words in filter(None, (slot.body_field, slot.subject_field)):
                words.field.disabled = True

    def write_versions(self, by: User) -> None:
        """Store what was changed, each text as a new version of the saved template."""
        TemplateText.objects.bulk_create(
            TemplateText(
                template=self.instance,
                channel=slot.channel,
                language=slot.language,
                subject=convert(slot.subject) if slot.body else "",
                body=convert(slot.body),
                by=by,
            )
            for slot in self.slots
            if slot.is_changed
        )


class TextSlot:
    """The words of one channel and language in the form: their fields, their version in use, what was typed."""

    def __init__(self, form: TemplateForm, channel: Channel, language: str) -> None:
        self.form, self.channel, self.language = form, channel, language
        self.key = f"{channel}_{language}"
        self.body_name, self.subject_name, self.base_name, self.warned_name = (
            f"{self.key}_{part}" for part in ("body", "subject", "base", "warned")
        )
        self.language_name = str(dict(settings.MESSAGE_LANGUAGES)[language])
        self.versions = form.versions.get((channel.value, language), [])
        newest = self.versions[0] if self.versions else None
        self.current = newest if newest and newest.body else None
        self.newest_id = newest.pk if newest else 0
        self._add_fields()

    def _add_fields(self) -> None:
        title = f"{self.channel.label}, {self.language_name}"
        attrs = {"rows": self.channel.traits.rows, "lang": self.language, "data-words": "", "spellcheck": "true"}
        self.form.fields[self.body_name] = WordsField(
            label=title,
            required=False,
            max_length=MAX_BODY,
            initial=self.current.body if self.current else "",
            widget=UnfoldAdminTextareaWidget(attrs),
        )
        if self.has_subject:
            self.form.fields[self.subject_name] = forms.CharField(
                label=f"{title}: {_('subject')}",
                required=False,
                max_length=MAX_SUBJECT,
                initial=self.current.subject if self.current else "",
                widget=UnfoldAdminTextInputWidget({"lang": self.language, "data-words": ""}),
            )

    @property
    def has_subject(self) -> bool:
        return self.channel.traits.has_subject

    @property
    def body(self) -> str:
        return self.form.cleaned_data.get(self.body_name, "")

    @property
    def subject(self) -> str:
        return self.form.cleaned_data.get(self.subject_name, "")

    @property
    def body_field(self) -> forms.BoundField:
        return self.form[self.body_name]

    @property
    def subject_field(self) -> forms.BoundField | None:
        return self.form[self.subject_name] if self.has_subject else None

    @property
    def has_errors(self) -> bool:
        return bool(self.body_field.errors or (self.subject_field and self.subject_field.errors))

    def preview(self) -> Preview:
        """Of what stands in the fields now; faults that stand at the fields already are not said twice."""
        subject = self.subject_field.value() if self.subject_field else ""
        words = subject or "", self.body_field.value() or ""
        shown = preview(self.channel, self.language, self.form.shown_use, *words, self.form.max_sms_characters)
        if self.has_errors:
            shown.problems, shown.warnings = [], []
        return shown

    @property
    def is_changed(self) -> bool:
        """Whether the person who saves changed these words, compared with those he was shown."""
        base = self._base
        shown = (base.body, base.subject) if base else ("", "")
        return (self.body, self.subject if self.body else "") != shown

    @property
    def is_overtaken(self) -> bool:
        """Whether somebody else stored a version since the editor was opened."""
        return bool(self.versions) and self._base_id != self.newest_id

    @property
    def _base_id(self) -> int:
        written = self.form.data.get(self.base_name, "")
        return int(written) if written.isdecimal() else self.newest_id

    @property
    def _base(self) -> TemplateText | None:
        return next((version for version in self.versions if version.pk == self._base_id), None)

    def problems(self, use: str) -> Iterator[tuple[str, str]]:
        """(field's name, sentence) for everything that forbids saving."""
        for name, words in ((self.body_name, self.body), (self.subject_name, self.subject)):
            for problem in problems(words, use):
                yield name, problem
        if self.is_changed:
            yield from self._length_problems()
            yield from self._warnings(use)
            if self.is_overtaken:
                sentence = _(
                    "Somebody changed this text meanwhile (see its earlier versions). Save again to use yours."
                )
                yield self.body_name, sentence
        if self.has_subject and self.body and not self.subject:
            yield self.subject_name, _("Write a subject: a letter without one is taken for spam.")
        if self.subject and not self.body:
            yield self.body_name, _("There is a subject but no text: write it, or empty the subject too.")

    @property
    def warned(self) -> str:
        """Which words the page warned of: those that the form had when it was last sent."""
        return digest(self.body_field.value(), self.subject_field.value() if self.subject_field else None)

    def _warnings(self, use: str) -> Iterator[tuple[str, str]]:
        """A word on what only looks like a placeholder, once: the same words are taken when they come again."""
        if self.form.data.get(self.warned_name) == self.warned:
            return
        for name, words in ((self.body_name, self.body), (self.subject_name, self.subject)):
            for warning in warnings(words, use):
                yield name, _("%(warning)s Save again to keep it.") % {"warning": warning}

    def _length_problems(self) -> Iterator[tuple[str, str]]:
        """An SMS is limited as it is written (E15), a subject as it is stored."""
        limit = self.form.max_sms_characters
        if self.channel.traits.has_parts and len(self.body) > limit:
            yield (
                self.body_name,
                _("%(length)d characters, and %(limit)d are allowed: shorten it by %(over)d.")
                % {"length": len(self.body), "limit": limit, "over": len(self.body) - limit},
            )
        if len(convert(self.subject)) > MAX_SUBJECT:
            yield self.subject_name, _("The subject is too long once its placeholders are written in full.")


def digest(*words: str | None) -> str:
    return hashlib.sha256("\0".join(word or "" for word in words).encode()).hexdigest()[:16]


def _names(robots: list[Any]) -> str:
    return ", ".join(f"“{robot.name}”" for robot in robots)

"""Forms of the chat's settings and hints."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget

from messaging.texts.models import TemplateUse
from messaging.texts.rendering import convert, problems

from .models import ChatSettings, Hint

DAYS_PREFIX = "days"


class HintForm(forms.ModelForm):
    """The text is checked as a template's is: an unknown placeholder is refused here, not in front of a client."""

    class Meta:
        model = Hint
        fields = ["name", "text", "position", "is_visible"]
        widgets = {"text": UnfoldAdminTextareaWidget({"rows": 6})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "position" in self.fields:
            self.initial["position"] = f"{self.instance.position.normalize():f}"  # 1.5, not 1.500

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        found = problems(text, TemplateUse.ORDER)
        if found:
            raise ValidationError(found)
        return convert(text)


class ChatSettingsForm(forms.ModelForm):
    class Meta:
        model = ChatSettings
        fields = [
            "is_on",
            "copies_to_email",
            "staff_emails",
            "greeting",
            "away_message",
            "has_hours",
            "silence_minutes",
            "on_silence",
            "asks_rating",
            "allowed_origins",
        ]
        widgets = {name: UnfoldAdminTextareaWidget({"rows": 4}) for name in ("greeting", "away_message")}


class DaysFormset(forms.BaseInlineFormSet):
    """The days of the settings' form."""

    @classmethod
    def get_default_prefix(cls) -> str:
        return DAYS_PREFIX


class NamedSwitches(forms.ModelForm):
    """A row of a list in which one switches: read aloud, each switch says what it switches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.help_text = ""  # stands nowhere in a list, so nothing may point at it
            field.widget.attrs["aria-label"] = f"{self[name].label}: {self.instance}"

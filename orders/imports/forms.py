"""The two things one tells an import: the file, and what is to be done with its orders."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Import
from .reading.encodings import CHOICES
from .reading.sources import known_source


class AnswersForm(forms.ModelForm):
    """Whose orders these are, and whether customers are told."""

    class Meta:
        model = Import
        fields = ["source", "notify"]
        labels = {"source": _("Where the orders come from"), "notify": _("Notify customers about these orders")}
        help_texts = {
            "source": _("With the order number it is the order's key: two shops may both have an order 1001."),
            "notify": _("Off: only messages before a planned arrival follow. On: robots of the stages speak too."),
        }
        widgets = {
            "source": forms.TextInput(attrs={"class": "g-input", "autocomplete": "off"}),
            "notify": forms.CheckboxInput(attrs={"class": "g-check"}),
        }

    def clean_source(self) -> str:
        return known_source(self.cleaned_data["source"])


class UploadForm(AnswersForm):
    """The file with its answers."""

    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("recognised by itself")), *CHOICES],
        help_text=_("Choose one if letters look wrong after checking."),
        widget=forms.Select(attrs={"class": "g-input"}),
    )
    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,  # receive() says what is wrong with it, as with any other bad file
        widget=forms.FileInput(attrs={"class": "i-file", "accept": ".csv,.txt,.tsv,text/csv"}),
    )
    field_order = ["file", "encoding", "source", "notify"]

"""Which version of a template's words a customer gets."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Max, QuerySet

from .models import TemplateText

Key = tuple[int, str]
"""(template id, channel)"""


def newest_texts(template_ids: Iterable[int]) -> QuerySet[TemplateText]:
    """The version in use of each channel and language; withdrawn ones (empty) too."""
    versions = TemplateText.objects.filter(template_id__in=list(template_ids)).order_by()
    newest = versions.values("template_id", "channel", "language").annotate(newest=Max("id")).values("newest")
    return TemplateText.objects.filter(pk__in=newest).order_by("template_id", "channel", "language")


def texts_for(template_ids: Iterable[int]) -> dict[Key, dict[str, TemplateText]]:
    """The words in use: {(template id, channel): {language: version}}. One query for any number of templates."""
    found: dict[Key, dict[str, TemplateText]] = {}
    for text in newest_texts(template_ids):
        if text.body:
            found.setdefault((text.template_id, text.channel), {})[text.language] = text
    return found


def choose(texts: Mapping[str, TemplateText], languages: Sequence[str]) -> TemplateText | None:
    """The words in the first of `languages` there is a text for, else in any; None if there is no text at all."""
    for language in languages:
        if language in texts:
            return texts[language]
    return next(iter(texts.values()), None)

"""Which version of a template's words a customer gets."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Max, QuerySet

from .models import TemplateText

Key = tuple[int, str]
"""(template id, channel)"""


def newest_of(versions: QuerySet[TemplateText]) -> QuerySet[TemplateText]:
    """The version in use of each template, channel and language, unless it was withdrawn (left empty)."""
    newest = versions.order_by().values("template_id", "channel", "language").annotate(newest=Max("id"))
    texts = TemplateText.objects.filter(pk__in=newest.values("newest")).exclude(body="")
    return texts.order_by("template_id", "channel", "language")


def texts_for(template_ids: Iterable[int]) -> dict[Key, dict[str, TemplateText]]:
    """The words in use: {(template id, channel): {language: version}}. One query for any number of templates."""
    found: dict[Key, dict[str, TemplateText]] = {}
    for text in newest_of(TemplateText.objects.filter(template_id__in=list(template_ids))):
        found.setdefault((text.template_id, text.channel), {})[text.language] = text
    return found


def choose(texts: Mapping[str, TemplateText], languages: Sequence[str]) -> TemplateText | None:
    """The words in the first of `languages` there is a text for, else in any; None if there is no text at all."""
    for language in languages:
        if language in texts:
            return texts[language]
    return next(iter(texts.values()), None)

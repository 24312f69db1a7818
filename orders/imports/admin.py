"""The import's pages: the list of reports, the upload, and one page with three steps that stay visible."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from locations.lists.read_only import NeverChanged, NeverDeleted
from locations.lists.spoken import badge
from locations.signed_in import signed_in

from . import tasks
from .columns import COLUMNS
from .forms import AnswersForm, UploadForm
from .models import Import, ImportState
from .running import chunks
from .running.files import example_file, refused_file
from .running.pages import page_context

CSV = "text/csv; charset=utf-8"
TONES = {
    ImportState.READING: "blue",
    ImportState.CHECKING: "blue",
    ImportState.CHECKED: "amber",
    ImportState.COMMITTING: "blue",
    ImportState.DONE: "green",
    ImportState.UNREADABLE: "red",
    ImportState.FAILED: "red",
}


@admin.register(Import)
class ImportAdmin(NeverChanged, NeverDeleted):
    """Files of orders. Nobody edits or deletes a report; what one may do with an import are its page's buttons."""

    list_display = ["shown_file", "shown_state", "shown_counts", "shown_by"]
    list_select_related = ["by"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["file_name", "source"]
    search_help_text = _("File or source")
    sortable_by: list[str] = []
    actions = None
    change_list_template = "imports/list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("layout")

    # --- The list ---

    @admin.display(description=_("File"))
    def shown_file(self, run: Import) -> str:
        return render_to_string("imports/cell_file.html", {"run": run})

    @admin.display(description=_("State"))
    def shown_state(self, run: Import) -> str:
        return badge(run.get_state_display(), TONES.get(ImportState(run.state), "grey"))

    @admin.display(description=_("Orders"))
    def shown_counts(self, run: Import) -> str:
        return render_to_string("imports/cell_counts.html", {"run": run, "found": run.report or run.preview})

    @admin.display(description=_("By"))
    def shown_by(self, run: Import) -> str:
        return str(run.by or "–")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"title": _("Imports"), "has_imports": Import.objects.exists(), **(extra_context or {})}
        return super().changelist_view(request, context)

    # --- The pages ---

    def get_urls(self) -> list[URLPattern]:
        def address(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"imports_import_{name}")

        return [
            address("example.csv", self.example_view, "example"),
            address("<int:pk>/progress/", self.progress_view, "progress"),
            address("<int:pk>/refused.csv", self.refused_view, "refused"),
            address("<int:pk>/answers/", require_POST(self.answers_view), "answers"),
            address("<int:pk>/commit/", require_POST(self.commit_view), "commit"),
            address("<int:pk>/cancel/", require_POST(self.cancel_view), "cancel"),
            address("<int:pk>/continue/", require_POST(self.continue_view), "continue"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Step 1: a small file is read while the request lasts; the worker reads a large one, and judges both."""
        self._require_add(request)
        form = UploadForm(request.POST or None, request.FILES or None, initial={"source": "file"})
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            run = Import(
                file_name=file.name[:255],
                source=form.cleaned_data["source"],
                notify=form.cleaned_data["notify"],
                encoding=form.cleaned_data["encoding"],
                by=signed_in(request),
            )
            tasks.start(file, run)
            return self._to_page(run)
        context = {"form": form, "columns": COLUMNS, "title": _("Import orders"), "run": None}
        return self._render(request, "imports/page.html", context)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        run = self._run(request, object_id)
        return self._render(request, "imports/page.html", self._steps(request, run, request.GET.get("reason", "")))

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The three steps alone: what the page asks for every second while something is going on."""
        return self._render(request, "imports/steps.html", self._steps(request, self._run(request, pk)))

    def refused_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        run = self._run(request, pk)
        if not run.layout:
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="refused-{run.pk}.csv"'}
        lines = refused_file(run, request.GET.get("reason", ""))
        return StreamingHttpResponse(lines, content_type=CSV, headers=headers)

    def example_view(self, request: HttpRequest) -> HttpResponse:
        self._require_add(request)
        return HttpResponse(
            example_file(),
            content_type=CSV,
            headers={"Content-Disposition": 'attachment; filename="orders-example.csv"'},
        )

    # --- The buttons ---

    def answers_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another source, or the tick changed: what would happen is worked out again."""
        run = self._run(request, pk, to_write=True)
        form = AnswersForm(request.POST, instance=Import(pk=run.pk))
        if form.is_valid():
            tasks.start_checking_again(run, source=form.cleaned_data["source"], notify=form.cleaned_data["notify"])
        else:
            messages.error(request, " ".join(map(str, form.errors.get("source", []))))
        return self._to_page(run)

    def commit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._run(request, pk, to_write=True)
        tasks.start_committing(run)
        return self._to_page(run)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._run(request, pk, to_write=True)
        chunks.cancel(run)
        return self._to_page(run)

    def continue_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._run(request, pk, to_write=True)
        with transaction.atomic():
            tasks.carry_on(run)
        return self._to_page(run)

    # --- What they share ---

    def _require_add(self, request: HttpRequest) -> None:
        if not self.has_add_permission(request):
            raise PermissionDenied

    def _run(self, request: HttpRequest, pk: int | str, *, to_write: bool = False) -> Import:
        if to_write:
            self._require_add(request)
        elif not self.has_view_permission(request):
            raise PermissionDenied
        run = Import.objects.select_related("by").filter(pk=pk).first() if str(pk).isdecimal() else None
        if run is None:
            raise Http404
        return run

    def _steps(self, request: HttpRequest, run: Import, code: str = "") -> dict[str, Any]:
        return {
            **page_context(run, code),
            "title": run.file_name,
            "may_import": self.has_add_permission(request),
            "answers": AnswersForm(instance=run),
            "tone": TONES.get(ImportState(run.state), "grey"),
        }

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, {**frame, **context})

    def _to_page(self, run: Import) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:imports_import_change", args=[run.pk]))

"""All that is held about the person behind a lead: handed out, or erased (promise 22)."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from clinic_site.admin.dashboard import may, may_view
from leads.admin import display
from leads.models import ConsultationRequest, EbookSignup
from leads.privacy import audit, person

DOWNLOAD, ERASE = "download", "erase"


@dataclass(frozen=True)
class Rights:
    """What this member of the staff may do for a person; both kinds of leads are concerned."""

    download: bool
    erase: bool

    @classmethod
    def of(cls, request) -> "Rights":
        models = (EbookSignup, ConsultationRequest)
        return cls(
            download=all(may(request, "export", model) for model in models),
            erase=all(may(request, "delete", model) for model in models),
        )


class EraseForm(forms.Form):
    """The second thought: one press in the wrong place must not end what nobody brings back."""

    sure = forms.BooleanField(
        error_messages={
            "required": "Nothing was erased. Tick the box first, then press the button."
        }
    )


def url_of(lead: EbookSignup | ConsultationRequest) -> str:
    return reverse(f"admin:leads_{lead._meta.model_name}_person", args=[lead.pk])


def urls(admin) -> list:
    """The page's address below the admin of a kind of lead."""
    name = f"leads_{admin.opts.model_name}_person"
    view = admin.admin_site.admin_view(lambda request, pk: person_page(request, admin, pk))
    return [path("<int:pk>/person/", view, name=name)]


@require_http_methods(["GET", "HEAD", "POST"])
def person_page(request, admin, pk: int):
    """Shows whom it is about, so that nobody erases another; the buttons post."""
    rights = Rights.of(request)
    if not may_view(request, admin.model) or not (rights.download or rights.erase):
        raise PermissionDenied
    lead = get_object_or_404(admin.model, pk=pk)
    who = {"email": lead.email, "phone": getattr(lead, "phone", ""), "by_phone": True}
    wanted = request.POST.get("do", "")
    form = EraseForm(request.POST if wanted == ERASE and rights.erase else None)
    if wanted == DOWNLOAD and rights.download:
        return download(request, lead, who)
    if form.is_valid():
        return erase(request, admin, lead, who)
    audit.record(request.user, audit.VIEWED, lead)
    counts = {what: rows.count() for what, rows in person.held(**who).items()}
    context = admin.admin_site.each_context(request) | {
        "title": f"The person behind {str(lead).lower()}",
        "opts": admin.opts,
        "lead": lead,
        "name": display.name(lead),
        "rights": rights,
        "erase_form": form,
        "held": {what: count for what, count in counts.items() if count},
    }
    return TemplateResponse(request, "admin/leads/person.html", context)


def download(request, lead, who):
    audit.record(request.user, audit.EXPORTED, f"{lead}: all about the person")
    options = {"indent": 2, "ensure_ascii": False}
    response = JsonResponse(person.export_person(**who), json_dumps_params=options)
    name = f"{lead._meta.model_name}-{lead.pk}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def erase(request, admin, lead, who):
    with transaction.atomic():  # the ledger must not tell of what then failed
        audit.record(request.user, audit.ERASED, f"{lead}: all about the person")
        counts = person.erase_person(**who)
    said = ", ".join(f"{what}: {count}" for what, count in counts.items() if count)
    messages.success(request, f"Erased: {said}. Backups let go of it by themselves.")
    return redirect(f"admin:leads_{admin.opts.model_name}_changelist")

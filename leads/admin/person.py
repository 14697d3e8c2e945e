"""The page on which staff export or erase all we store about a person (promise 22)."""

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
    """What this member of staff may do. Each needs permission for sign-ups and for requests,
    because the page finds both.
    """

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
    """A box to tick first, because an erasure by one wrong click could not be undone."""

    sure = forms.BooleanField(
        error_messages={
            "required": "Nothing was erased. Tick the box first, then press the button."
        }
    )


def url_of(lead: EbookSignup | ConsultationRequest) -> str:
    return reverse(f"admin:leads_{lead._meta.model_name}_person", args=[lead.pk])


def urls(admin) -> list:
    """The page's route, below the admin of this kind of lead."""
    name = f"leads_{admin.opts.model_name}_person"
    view = admin.admin_site.admin_view(lambda request, pk: person_page(request, admin, pk))
    return [path("<int:pk>/person/", view, name=name)]


@require_http_methods(["GET", "HEAD", "POST"])
def person_page(request, admin, pk: int):
    """Shows the person and what we store, and does what the pressed button says.

    It shows the name, phone number and address, so that staff do not erase someone else.
    """
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
    counts = {kind: rows.count() for kind, rows in person.rows_about(**who).items()}
    context = admin.admin_site.each_context(request) | {
        "title": f"The person behind {str(lead).lower()}",
        "opts": admin.opts,
        "lead": lead,
        "name": display.name(lead),
        "rights": rights,
        "erase_form": form,
        "counts": {kind: count for kind, count in counts.items() if count},
    }
    return TemplateResponse(request, "admin/leads/person.html", context)


def download(request, lead, who):
    audit.record(request.user, audit.EXPORTED, f"{lead}: all about the person")
    options = {"indent": 2, "ensure_ascii": False}
    response = JsonResponse(person.export(**who), json_dumps_params=options)
    name = f"{lead._meta.model_name}-{lead.pk}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def erase(request, admin, lead, who):
    # One transaction, so that a failed erasure leaves no access record.
    with transaction.atomic():
        audit.record(request.user, audit.ERASED, f"{lead}: all about the person")
        counts = person.erase(**who)
    erased = ", ".join(f"{kind}: {count}" for kind, count in counts.items() if count)
    messages.success(request, f"Erased: {erased}. Backups still hold it until they are deleted.")
    return redirect(f"admin:leads_{admin.opts.model_name}_changelist")

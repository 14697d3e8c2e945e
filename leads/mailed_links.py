"""The pages behind the links in mails. A GET of any of them changes nothing (promise 9).

What a button of theirs does can be undone, for scanners press buttons too; but for erasing, which
takes a tick as well (docs/decisions/0013-refused-forms.md).
"""

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clinic_site.web import errors
from clinic_site.web.public_page import public_page
from clinic_site.web.same_origin import BODY_MAX_BYTES, body_length, public_form
from leads import links
from leads.forms import MyDataForm, NewLinkForm
from leads.models import Consent
from leads.news import consent
from leads.privacy import person
from leads.views import SeeOther, keep_private, posted


def private_page(request, template, *, status=200, has_form=True, **context):
    response = render(request, template, context, status=status)
    if not has_form:
        # Only without a form: it would turn the form's Origin into "null" (docs/decisions/0001).
        response["Referrer-Policy"] = "no-referrer"
    return keep_private(response)


def old_link(request, what, *, status):
    return private_page(
        request, "leads/old_link.html", status=status, what=what, form=NewLinkForm()
    )


@public_form
def confirm(request, token):
    try:
        signup = links.read_news_confirm_token(token)
    except links.ExpiredLinkError:
        return old_link(request, "news", status=410)
    except links.UnknownLinkError:
        return old_link(request, "news", status=404)
    if request.method == "POST":
        consent.confirm(signup)
        return SeeOther(request.path)
    word = consent.last_entry(signup)
    if word and word.event == Consent.Event.CONFIRMED:
        return private_page(request, "leads/news_confirmed.html", has_form=False)
    if word and word.event == Consent.Event.ASKED:
        return private_page(request, "leads/news_confirm.html", wording=word.wording)
    return old_link(request, "news", status=410)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """Not behind `public_form`: mail providers post here from their own sites (RFC 8058).

    The token is the proof, and no other site knows it.
    """
    if request.method == "POST" and body_length(request) > BODY_MAX_BYTES:
        return errors.too_large(request)
    try:
        signup = links.read_news_unsubscribe_token(token)
    except links.UnknownLinkError:
        return old_link(request, "news", status=404)
    # The raw body, because it comes as either kind of form and nobody there follows a redirect.
    is_one_click = request.method == "POST" and b"One-Click" in request.body
    if request.method == "POST" and signup:
        channel = Consent.Channel.ONE_CLICK if is_one_click else Consent.Channel.LINK
        consent.withdraw(signup, channel=channel, page=consent.UNSUBSCRIBE_PAGE)
    if request.method == "POST" and not is_one_click:
        return SeeOther(request.path)
    if signup and consent.may_withdraw(signup) and request.method != "POST":
        return private_page(request, "leads/news_unsubscribe.html")
    return private_page(request, "leads/news_unsubscribed.html", has_form=False, is_gone=not signup)


@public_form
def my_data(request, token):
    try:
        email = links.read_my_data_token(token)
    except links.ExpiredLinkError:
        return old_link(request, "my-data", status=410)
    except links.UnknownLinkError:
        return old_link(request, "my-data", status=404)
    form = MyDataForm(posted(request))
    if form.is_bound and form.is_valid():
        return answer(email, action=form.cleaned_data["action"])
    if not email:
        return old_link(request, "my-data", status=410)
    context = {
        "signups": person.signups_of(email).prefetch_related("consents"),
        "requests": person.requests_of(email).prefetch_related("consents"),
        "mails": person.mails_to(email),
        "bounces": person.bounces_of(email),
    }
    status = 422 if form.is_bound else 200
    return private_page(request, "leads/my_data.html", status=status, form=form, **context)


def answer(email: str, *, action: str):
    """What the pressed button asks for; of someone erased already, that there is nothing."""
    if action == MyDataForm.ERASE:
        if email:
            person.erase_by_link(email=email)
        return SeeOther("/my-data/erased/")
    data = person.export(email=email) if email else {}
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return keep_private(response)


@public_page
def my_data_erased(request):
    response = render(request, "leads/my_data_erased.html")
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response

"""The pages behind the links in mails. A GET of any of them changes nothing (promise 9).

Programs that scan mail may press buttons too, so what a button does can be undone. The exception is
erasing, which also needs a tick (docs/decisions/0013-refused-forms.md).
"""

from functools import wraps

from django.http import Http404, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles.ebooks.build import BuildError
from articles.models import Ebook
from clinic_site.web import errors
from clinic_site.web.public_page import public_page
from clinic_site.web.routes import without_tokens
from clinic_site.web.same_origin import BODY_MAX_BYTES, body_length, public_form
from leads import downloads, links
from leads.forms import MyDataForm, NewLinkForm
from leads.models import Consent
from leads.news import consent
from leads.privacy import person
from leads.views import form_data, see_other


def private_page(request, template, *, status=200, has_form=True, **context):
    response = render(request, template, context, status=status)
    if not has_form:
        # A page with a form keeps the default Referrer-Policy, because "no-referrer" would make
        # browsers send the form's Origin as "null" (docs/decisions/0001).
        response["Referrer-Policy"] = "no-referrer"
    return keep_private(response)


def page_without_token(request) -> str:
    """The address for the consent ledger, which must not hold the token."""
    return without_tokens(request.path, "")


def keep_private(response):
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def dead_library_link(request, *, status):
    days = links.LIBRARY_MAX_AGE.days
    return private_page(
        request, "leads/dead_link.html", status=status, days=days, form=NewLinkForm()
    )


def dead_news_link(request, *, status):
    return private_page(request, "leads/old_link.html", status=status, what="news")


def dead_my_data_link(request, *, status):
    days = links.MY_DATA_MAX_AGE.days
    return private_page(
        request, "leads/old_link.html", status=status, what="my-data", days=days, form=NewLinkForm()
    )


def answers_dead_links(dead_link):
    """Answers an expired link with 410, an unknown one with 404. `dead_link` renders the page."""

    def decorate(view):
        @wraps(view)
        def answered(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except links.ExpiredLinkError:
                return dead_link(request, status=410)
            except links.UnknownLinkError:
                return dead_link(request, status=404)

        return answered

    return decorate


def library_page(view):
    """Requires a working library link, and keeps the page out of caches and search engines."""

    @require_safe
    @answers_dead_links(dead_library_link)
    @wraps(view)
    def opened(request, token, **kwargs):
        links.read_library_token(token)
        try:
            response = view(request, token=token, **kwargs)
        except Http404:
            response = errors.not_found(request)
        response["Referrer-Policy"] = "no-referrer"
        return keep_private(response)

    return opened


@library_page
def library(request, *, token):
    context = {"token": token, "ebooks": Ebook.objects.published().with_files()}
    return render(request, "leads/library.html", context)


@library_page
def read_online(request, *, token, slug):
    ebook = Ebook.objects.select_related("edition").filter(slug=slug).first()
    if ebook is None:
        return moved(request, slug)
    if not ebook.is_published:
        return withdrawn(request, token)
    return render(request, "leads/read_online.html", {"token": token, "ebook": ebook})


@library_page
def download(request, *, token, slug, file_format):
    try:
        return downloads.download(request, slug=slug, file_format=file_format)
    except downloads.WithdrawnError:
        return withdrawn(request, token)
    except Http404:
        return moved(request, slug)
    except BuildError:
        return errors.unavailable(request)


def moved(request, slug):
    """Redirects from an ebook's former address; 404 when no ebook ever had it."""
    ebook = get_object_or_404(Ebook, former_addresses__slug=slug)
    head, _, tail = request.path.rpartition(slug)
    return HttpResponsePermanentRedirect(f"{head}{ebook.slug}{tail}")


def withdrawn(request, token):
    """Says that this ebook was withdrawn, and offers the others."""
    context = {"token": token, "ebooks": Ebook.objects.published()}
    return render(request, "leads/withdrawn.html", context, status=410)


@public_form
@answers_dead_links(dead_news_link)
def confirm(request, token):
    signup = links.read_news_confirm_token(token)
    if request.method == "POST":
        consent.confirm(signup, page=page_without_token(request))
        return see_other(request.path)
    entry = consent.last_entry(signup)
    if entry and entry.event == Consent.Event.CONFIRMED:
        return private_page(request, "leads/news_confirmed.html", has_form=False)
    if entry and entry.event == Consent.Event.ASKED:
        return private_page(request, "leads/news_confirm.html", wording=entry.wording)
    return dead_news_link(request, status=410)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@answers_dead_links(dead_news_link)
def unsubscribe(request, token):
    """It is not a `public_form`, because mail providers post here from their own sites (RFC 8058).

    The token proves that the post may be made, because no other site knows it.
    """
    if request.method == "POST" and body_length(request) > BODY_MAX_BYTES:
        return errors.too_large(request)
    signup = links.read_news_unsubscribe_token(token)
    # Look into the raw body, because a mail provider may send a multipart or a urlencoded form. It
    # gets the page itself, because it does not follow a redirect.
    is_one_click = request.method == "POST" and b"One-Click" in request.body
    if request.method == "POST" and signup:
        channel = Consent.Channel.ONE_CLICK if is_one_click else Consent.Channel.LINK
        consent.withdraw(signup, channel=channel, page=page_without_token(request))
    if request.method == "POST" and not is_one_click:
        return see_other(request.path)
    if signup and consent.may_withdraw(signup) and request.method != "POST":
        return private_page(request, "leads/news_unsubscribe.html")
    return private_page(request, "leads/news_unsubscribed.html", has_form=False, is_gone=not signup)


@public_form
@answers_dead_links(dead_my_data_link)
def my_data(request, token):
    email = links.read_my_data_token(token)
    form = MyDataForm(form_data(request))
    if form.is_bound and form.is_valid():
        return act_on_my_data(email, action=form.cleaned_data["action"])
    if not email:
        return dead_my_data_link(request, status=410)
    context = {
        "signups": person.signups_of(email).prefetch_related("consents"),
        "requests": person.requests_of(email).prefetch_related("consents"),
        "mails": person.mails_to(email),
        "bounces": person.bounces_of(email),
    }
    status = 422 if form.is_bound else 200
    return private_page(request, "leads/my_data.html", status=status, form=form, **context)


def act_on_my_data(email: str, *, action: str):
    """Does what the pressed button says. `email` is empty when the person was erased before."""
    if action == MyDataForm.ERASE:
        if email:
            person.erase_by_link(email=email)
        return see_other("leads:my-data-erased")
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

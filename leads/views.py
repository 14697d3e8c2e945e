from functools import wraps

from django.http import Http404, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from articles import emergency
from articles.ebooks.build import BuildError
from articles.models import Article, Ebook
from clinic_site.models import Practice
from clinic_site.web import errors
from clinic_site.web.public_page import public_page, public_when_read
from clinic_site.web.same_origin import public_form
from leads import downloads, limits, links, mail
from leads.forms import ConsultationRequestForm, EbookSignupForm, NewLinkForm
from leads.models import Testimonial

NO_EBOOKS = "We have no ebooks to offer at the moment."


class SeeOther(HttpResponseRedirect):
    """After a POST: reload and Back then repeat the page, not the form."""

    status_code = 303


def show_form(request, template, form, **context):
    """The form's page: cacheable while blank, 422 with all that was typed when it has errors."""
    response = render(
        request, template, {"form": form} | context, status=422 if form.is_bound else 200
    )
    if form.is_bound:
        response["Cache-Control"] = "no-store"
    return response


def posted(request):
    """What a form is bound to: an empty POST is one with everything missing, not a GET."""
    return request.POST if request.method == "POST" else None


def again(form_class, template):
    """Draws the form for error pages. Its own template is enough: the page's needs the database."""

    def draw(request, *, is_ours):
        form = form_class.again(request.POST, page=request.path, is_ours=is_ours)
        return render_to_string(template, {"form": form})

    return draw


@public_form(again=again(EbookSignupForm, "leads/_ebook_form.html"))
@limits.answers_too_many
@public_when_read
def ebooks(request):
    wording = Practice.load().news_consent_text
    form = EbookSignupForm(posted(request), news_wording=wording, initial={"page": "/ebooks/"})
    if form.is_bound and form.is_valid():
        return SeeOther(links.library_path(limits.save(request, form)))
    article, found = Article.objects.fixed_page("ebooks"), Ebook.objects.published()
    if not found:
        # Search engines and shared links show these words too, and the stored ones promise ebooks.
        article.lede, article.description = NO_EBOOKS, ""
    return show_form(request, "leads/ebooks.html", form, article=article, ebooks=found)


@public_form(again=again(ConsultationRequestForm, "leads/_consultation_form.html"))
@limits.answers_too_many
@public_when_read
def consultation(request):
    form = ConsultationRequestForm(posted(request), initial={"page": "/consultation/"})
    if form.is_bound and form.is_valid():
        limits.save(request, form)
        return SeeOther("/consultation/thanks/")
    card = emergency.card()
    return show_form(
        request,
        "leads/consultation.html",
        form,
        article=Article.objects.fixed_page("consultation"),
        emergency=card,
        emergency_url=emergency.address(card),
    )


@public_page
def consultation_thanks(request):
    context = {
        "article": Article.objects.fixed_page("consultation-thanks"),
        "emergency": emergency.card(),
    }
    return render(request, "leads/consultation_thanks.html", context)


@public_page
def testimonials(request):
    context = {
        "article": Article.objects.fixed_page("testimonials"),
        "testimonials": Testimonial.objects.published(),
    }
    return render(request, "leads/testimonials.html", context)


@public_form(again=again(NewLinkForm, "leads/_link_form.html"))
@limits.answers_too_many
@public_when_read
def new_link(request):
    """The same answer for every address, whether we know it or not (promise 15)."""
    form = NewLinkForm(posted(request))
    if form.is_bound and form.is_valid():
        limits.save(request, form)
        return SeeOther("/ebooks/link/sent/")
    return show_form(request, "leads/new_link.html", form)


@public_page
def new_link_sent(request):
    minutes = int(mail.REPEAT_PAUSE.total_seconds()) // 60
    context = {"minutes": minutes, "mails_a_day": mail.MAILS_A_DAY}
    return render(request, "leads/new_link_sent.html", context)


def private_link(view):
    """Opens a signed library link, keeps its pages private, and offers a way out of a dead one."""

    @require_safe
    @wraps(view)
    def opened(request, token, **kwargs):
        try:
            signup = links.read_library_token(token)
        except links.ExpiredLinkError:
            return dead_link(request, status=410)
        except links.UnknownLinkError:
            return dead_link(request, status=404)
        try:
            response = view(request, signup, token=token, **kwargs)
        except Http404:
            response = errors.not_found(request)
        response["Referrer-Policy"] = "no-referrer"
        return keep_private(response)

    return opened


def keep_private(response):
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def dead_link(request, *, status):
    # It has a form, so it keeps the default referrer policy: without one, Origin would be "null".
    return keep_private(
        render(request, "leads/dead_link.html", {"form": NewLinkForm()}, status=status)
    )


@private_link
def library(request, signup, *, token):
    context = {"token": token, "ebooks": Ebook.objects.published()}
    return render(request, "leads/library.html", context)


@private_link
def read_online(request, signup, *, token, slug):
    ebook = Ebook.objects.select_related("edition").filter(slug=slug).first()
    if ebook is None:
        return moved(request, slug)
    if not ebook.is_published:
        return withdrawn(request, token)
    return render(request, "leads/read_online.html", {"token": token, "ebook": ebook})


@private_link
def download(request, signup, *, token, slug, file_format):
    try:
        return downloads.download(request, slug=slug, file_format=file_format)
    except downloads.WithdrawnError:
        return withdrawn(request, token)
    except Http404:
        return moved(request, slug)
    except BuildError:
        return errors.unavailable(request)


def moved(request, slug):
    """Where an ebook's former address leads; 404 for one that never was."""
    ebook = get_object_or_404(Ebook, former_addresses__slug=slug)
    head, _, tail = request.path.rpartition(slug)
    return HttpResponsePermanentRedirect(f"{head}{ebook.slug}{tail}")


def withdrawn(request, token):
    """Says that this ebook was taken back, and offers the others."""
    context = {"token": token, "ebooks": Ebook.objects.published()}
    return render(request, "leads/withdrawn.html", context, status=410)

"""The pages with a public form, the pages that follow a sent form, and the testimonials."""

from django.db import transaction
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from articles import emergency
from articles.models import Article, Ebook
from clinic_site.models import Practice
from clinic_site.web.public_page import public_page, public_when_read
from clinic_site.web.same_origin import public_form
from leads import capture, limits, links, mail
from leads.forms import VOICEMAIL_WORDING, ConsultationRequestForm, EbookSignupForm, NewLinkForm
from leads.models import Testimonial

NO_EBOOKS = "We have no ebooks to offer at the moment."


def see_other(to, *args):
    """Redirects with 303: the browser loads the page by GET, so a reload does not post again."""
    response = redirect(to, *args)
    response.status_code = 303
    return response


def show_form(request, template, form, **context):
    """A blank form can be cached. A form with errors gets status 422, and no cache may store it."""
    response = render(
        request, template, {"form": form} | context, status=422 if form.is_bound else 200
    )
    if form.is_bound:
        response["Cache-Control"] = "no-store"
    return response


def form_data(request):
    """Returns even an empty POST, because a form that is bound says which fields are missing."""
    return request.POST if request.method == "POST" else None


def filled_in_again(form_class, template):
    """Makes the function that renders the form with what was typed, to show it on an error page.

    It renders only the form and not its whole page, because the page needs the database, which may
    be the reason for the error.
    """

    def render_form(request, *, is_ours):
        form = form_class.filled_in_again(request.POST, page=request.path, is_ours=is_ours)
        return render_to_string(template, {"form": form})

    return render_form


@public_form(again=filled_in_again(EbookSignupForm, "leads/_ebook_form.html"))
@limits.answers_too_many
@public_when_read
def ebooks(request):
    wording = Practice.load().news_consent_text
    form = EbookSignupForm(form_data(request), news_wording=wording, initial={"page": request.path})
    if form.is_bound and form.is_valid():
        posted = form.lead()
        with transaction.atomic():
            limits.count(request, form.limit, people=form.people(), content=form.content())
            signup = capture.store_signup(posted, news_wording=form.agreed_wording)
        return see_other(links.library_path(signup))
    article, found = Article.objects.fixed_page("ebooks"), Ebook.objects.published().with_files()
    if not found:
        # The stored lede and description promise ebooks, and search results and link previews would
        # show that promise.
        article.lede, article.description = NO_EBOOKS, ""
    return show_form(request, "leads/ebooks.html", form, article=article, ebooks=found)


@public_form(again=filled_in_again(ConsultationRequestForm, "leads/_consultation_form.html"))
@limits.answers_too_many
@public_when_read
def consultation(request):
    form = ConsultationRequestForm(form_data(request), initial={"page": request.path})
    if form.is_bound and form.is_valid():
        posted = form.lead()
        with transaction.atomic():
            limits.count(request, form.limit, people=form.people(), content=form.content())
            capture.store_request(posted, voicemail_wording=VOICEMAIL_WORDING)
        return see_other("leads:consultation-thanks")
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


@public_form(again=filled_in_again(NewLinkForm, "leads/_link_form.html"))
@limits.answers_too_many
@public_when_read
def new_link(request):
    """Known and unknown addresses get the same answer (promise 15)."""
    form = NewLinkForm(form_data(request))
    if form.is_bound and form.is_valid():
        posted = form.lead()
        with transaction.atomic():
            limits.count(request, form.limit, people=form.people(), content=form.content())
            capture.renew_link(posted)
        return see_other("leads:new-link-sent")
    return show_form(request, "leads/new_link.html", form)


@public_page
def new_link_sent(request):
    minutes = int(mail.REPEAT_PAUSE.total_seconds()) // 60
    context = {"minutes": minutes, "mails_a_day": mail.MAILS_A_DAY}
    return render(request, "leads/new_link_sent.html", context)

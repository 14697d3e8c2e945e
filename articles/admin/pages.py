from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.core import signing
from django.db import models, transaction
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from articles.admin.formsets import OrderedTableFormSet, renumber
from articles.admin.sections import SectionInline, show_advice
from articles.models import Article, FormerAddress, Section, Source
from articles.rich_text import site_links
from articles.views import PREVIEW_MAX_AGE_SECONDS, PREVIEW_SALT
from clinic_site.admin.dashboard import badge, may_view
from clinic_site.admin.history import HistoryAdmin
from clinic_site.admin.readiness import Gap, readiness_check

# Read-only on fixed pages, because the site's routes and menus depend on them.
FIXED_FIELDS = ("kind", "slug", "published_at", "position")


class SourceInline(admin.TabularInline):
    model = Source
    formset = OrderedTableFormSet
    extra = 0
    classes = ["collapse"]
    formfield_overrides = {models.URLField: {"widget": forms.URLInput, "assume_scheme": "https"}}
    fields = ["position", "publisher", "title", "url"]


class FormerAddressInline(admin.TabularInline):
    model = FormerAddress
    extra = 0
    can_delete = False
    verbose_name_plural = "former addresses, which redirect to this page"
    fields = readonly_fields = ("kind", "slug")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return True


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("published", "Published"), ("scheduled", "Scheduled"), ("draft", "Draft")]

    def queryset(self, request, queryset):
        now = timezone.now()
        fixed = models.Q(kind=Article.Kind.PAGE)  # published without a date
        states = {
            "published": models.Q(published_at__lte=now) | fixed,
            "scheduled": models.Q(published_at__gt=now) & ~fixed,
            "draft": models.Q(published_at=None) & ~fixed,
        }
        return queryset.filter(states.get(self.value() or "", models.Q()))


class ArticleForm(forms.ModelForm):
    def clean(self):
        """Asks before an emptied or later date takes a page off the site."""
        super().clean()
        cleaned = self.cleaned_data
        stored = Article.objects.filter(pk=self.instance.pk).first()
        if stored is None or not stored.is_published or "published_at" not in cleaned:
            return cleaned
        moment = cleaned["published_at"]
        is_hidden = moment is None or moment > timezone.now()
        if is_hidden and self.data.get("take_down") != "yes":
            self.add_error("published_at", question_before_hiding(stored))
        return cleaned


def question_before_hiding(article: Article):
    """Says what hiding the page does, with the box that confirms it."""
    return format_html(
        '{} <label><input type="checkbox" name="take_down" value="yes"> '
        "Yes, take it off the site</label>",
        " ".join(site_links.what_hiding_does(article)),
    )


@admin.register(Article)
class ArticleAdmin(HistoryAdmin):
    menu_name = "Articles"
    form = ArticleForm
    list_display = ["title", "kind", "state", "review", "updated_at"]
    list_filter = [StateFilter, "kind"]
    search_fields = ["title", "lede", "sections__title", "sections__body"]
    inlines = [SectionInline, SourceInline, FormerAddressInline]
    actions = ["publish", "take_down", "delete_selected"]
    change_form_template = "admin/articles/article_form.html"
    readonly_fields = ["deleted_sections"]
    kept_when_restoring = (
        "kind", "slug", "published_at", "position",
        "reviewer", "reviewer_credential", "reviewed_on", "next_review_on",
    )  # fmt: skip
    restored_as = {"published_at": None}  # a deleted page comes back as a draft
    save_on_top = True
    fieldsets = [
        (None, {"fields": ["title", "lede", ("kind", "slug"), ("published_at", "position")]}),
        (
            "Clinical review",
            {
                "classes": ["collapse"],
                "description": "Shown at the end of the page, each line only when it is filled in.",
                "fields": [("reviewer", "reviewer_credential"), ("reviewed_on", "next_review_on")],
            },
        ),
        (
            "Search engines and deleted sections",
            {"classes": ["collapse"], "fields": ["description", "condition", "deleted_sections"]},
        ),
    ]

    def get_inlines(self, request, obj):
        has_moved = obj and obj.former_addresses.exists()
        return self.inlines if has_moved else self.inlines[:-1]

    def get_prepopulated_fields(self, request, obj=None):
        """Fills the address from the title only for a new page, because a printed address must
        not change when the title does.
        """
        return {} if obj else {"slug": ["title"]}

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *FIXED_FIELDS] if obj and obj.is_fixed else fields

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """Leaves out the kind of fixed pages, because they come with the site."""
        if db_field.name == "kind":
            kinds = [kind for kind in Article.Kind if kind != Article.Kind.PAGE]
            kwargs["choices"] = [(kind.value, kind.label) for kind in kinds]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        is_fixed = obj is not None and obj.is_fixed
        return not is_fixed and super().has_delete_permission(request, obj)

    def delete_view(self, request, object_id, extra_context=None):
        if request.method == "GET" and (article := self.get_object(request, unquote(object_id))):
            self.warn_what_hiding_does(request, [article])
        return super().delete_view(request, object_id, extra_context)

    def warn_what_hiding_does(self, request, articles):
        for article in articles:
            if article.is_published and not article.is_fixed:
                consequences = " ".join(site_links.what_hiding_does(article))
                self.message_user(request, f"{article}: {consequences}", messages.WARNING)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "published_at":
            for part, name in zip(field.widget.widgets, ("day", "time"), strict=True):
                part.attrs["aria-label"] = f"Published at, {name}"
        return field

    def view_on_site(self, article):
        return article.get_absolute_url() if article.is_published else None

    def render_change_form(  # noqa: PLR0917 the signature is Django's
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        if obj and not obj.is_published:
            token = signing.dumps(obj.pk, salt=PREVIEW_SALT)
            context["preview_url"] = reverse("articles:preview", args=[token])
            context["preview_days"] = PREVIEW_MAX_AGE_SECONDS // 86_400
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        renumber(form.instance.sections)
        show_advice(request, form.instance.sections.all())

    @admin.display(description="state", ordering="published_at")
    def state(self, article):
        if article.kind == Article.Kind.PAGE:
            return badge("sent", "Always shown")
        if article.is_published:
            return badge("sent", "Published")
        if article.published_at:
            moment = timezone.localtime(article.published_at).strftime("%b %-d, %-I:%M %p")
            return badge("new", f"From {moment}")
        return badge("draft", "Draft")

    @admin.display(description="next review", ordering="next_review_on")
    def review(self, article):
        if article.next_review_on and article.next_review_on < timezone.localdate():
            return badge("failed", "Overdue")
        return article.next_review_on

    @admin.display(description="deleted sections")
    def deleted_sections(self, article):
        gone = (
            Section.history.filter(article_id=article.pk, history_type="-")
            .exclude(id__in=article.sections.values("pk"))
            .order_by("-history_date")
        )
        links = [
            (
                reverse("admin:articles_section_simple_history", args=[row.id, row.history_id]),
                row.title,
                timezone.localtime(row.history_date).strftime("%b %-d, %Y, %H:%M"),
            )
            for row in gone
        ]
        items = format_html_join("", '<li><a href="{}">Restore “{}”</a>, deleted {}</li>', links)
        return format_html("<ul>{}</ul>", items) if links else "None"

    def leave_out_fixed_pages(self, request, queryset):
        fixed = queryset.filter(kind=Article.Kind.PAGE).count()
        # Staff have seen the warning already when they send the confirmation page ("post").
        if fixed and "post" not in request.POST:
            warning = f"Pages with a fixed address are always shown. Left unchanged: {fixed}."
            self.message_user(request, warning, messages.WARNING)
        return queryset.exclude(kind=Article.Kind.PAGE)

    @transaction.atomic
    def set_published_at(self, request, queryset, moment):
        # The rows are locked because a colleague may be saving the page at the same moment.
        for article in queryset.select_for_update():
            article.published_at = moment
            # Saved one by one, because `queryset.update()` sends no signal, and so it would
            # neither write the history nor empty the caches.
            article.save()

    @admin.action(description="Publish now", permissions=["change"])
    def publish(self, request, queryset):
        chosen = self.leave_out_fixed_pages(request, queryset)
        chosen = chosen.exclude(published_at__lte=timezone.now())
        count = chosen.count()
        self.set_published_at(request, chosen, timezone.now())
        self.message_user(request, f"{count} published.")

    @admin.action(description="Take down (make it a draft)", permissions=["change"])
    def take_down(self, request, queryset):
        chosen = self.leave_out_fixed_pages(request, queryset).exclude(published_at=None)
        public = [article for article in chosen if article.is_published]
        if public and "post" not in request.POST:
            return self.ask_before_hiding(request, public, chosen)
        count = chosen.count()
        self.set_published_at(request, chosen, None)
        self.message_user(request, f"{count} taken down.")
        return None

    def ask_before_hiding(self, request, public, chosen):
        context = self.admin_site.each_context(request) | {
            "title": "Take down",
            "opts": self.opts,
            "pages": [(article, site_links.what_hiding_does(article)) for article in public],
            "chosen": chosen,
        }
        return TemplateResponse(request, "admin/articles/take_down.html", context)

    @admin.action(description="Delete", permissions=["delete"])
    def delete_selected(self, request, queryset):
        chosen = self.leave_out_fixed_pages(request, queryset)
        if not chosen:
            return None
        if "post" not in request.POST:
            self.warn_what_hiding_does(request, chosen)
        return delete_selected(self, request, chosen)


@readiness_check("Guides")
def reviews(request):
    if not may_view(request, Article):
        return None
    return [
        Gap(
            f"{article.title}: {', '.join(undone)}",
            "The page names its reviewer and its review dates only if they are filled in.",
            reverse("admin:articles_article_change", args=[article.pk]) + "#fieldset-0-1-heading",
        )
        for article in Article.objects.published().exclude(kind=Article.Kind.PAGE)
        if (undone := review_gaps(article))
    ]


def review_gaps(article: Article) -> list[str]:
    gaps = []
    if not article.reviewer:
        gaps.append("no reviewer")
    if not article.reviewed_on or not article.next_review_on:
        gaps.append("no review dates")
    elif article.next_review_on < timezone.localdate():
        gaps.append(f"review overdue since {article.next_review_on:%B %-d, %Y}")
    return gaps

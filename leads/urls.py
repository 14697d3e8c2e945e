from django.urls import path, register_converter

from articles.ebooks.formats import FormatConverter
from leads import mailed_links, views
from leads.delivery import esp

app_name = "leads"

register_converter(FormatConverter, "ebook_format")

urlpatterns = [
    path("ebooks/", views.ebooks, name="ebooks"),
    path("ebooks/link/", views.new_link, name="new-link"),
    path("ebooks/link/sent/", views.new_link_sent, name="new-link-sent"),
    path("ebooks/library/<str:token>/", mailed_links.library, name="library"),
    path("ebooks/library/<str:token>/<slug:slug>/", mailed_links.read_online, name="read-online"),
    path(
        "ebooks/library/<str:token>/<slug:slug>.<ebook_format:file_format>",
        mailed_links.download,
        name="download",
    ),
    path("consultation/", views.consultation, name="consultation"),
    path("consultation/thanks/", views.consultation_thanks, name="consultation-thanks"),
    path("news/confirm/<str:token>/", mailed_links.confirm, name="news-confirm"),
    path("news/unsubscribe/<str:token>/", mailed_links.unsubscribe, name="news-unsubscribe"),
    path("mail-events/", esp.mail_events, name="mail-events"),
    path("my-data/erased/", mailed_links.my_data_erased, name="my-data-erased"),
    path("my-data/<str:token>/", mailed_links.my_data, name="my-data"),
    path("testimonials/", views.testimonials, name="testimonials"),
]

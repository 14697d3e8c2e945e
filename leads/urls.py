from django.urls import path

from leads import views

app_name = "leads"

urlpatterns = [
    path("ebooks/", views.ebooks, name="ebooks"),
    path("ebooks/link/", views.new_link, name="new-link"),
    path("ebooks/link/sent/", views.new_link_sent, name="new-link-sent"),
    path("ebooks/library/<str:token>/", views.library, name="library"),
    path("ebooks/library/<str:token>/<slug:slug>/", views.read_online, name="read-online"),
    path("consultation/", views.consultation, name="consultation"),
    path("consultation/thanks/", views.consultation_thanks, name="consultation-thanks"),
    path("testimonials/", views.testimonials, name="testimonials"),
]

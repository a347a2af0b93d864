"""Routes of the page, of events, and of unsubscribing."""

from django.urls import path

from web.events import event_file_view, event_page
from web.pages import index, unsubscribe

urlpatterns = [
    path("", index, name="index"),
    path("events/<int:event_id>", event_page, name="event"),
    path("events/<int:event_id>.<str:suffix>", event_file_view, name="event-file"),
    path("unsubscribe/<str:token>", unsubscribe, name="unsubscribe"),
]

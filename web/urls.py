"""The page at the root."""

from django.urls import path

from web.views import index

urlpatterns = [path("", index, name="index")]

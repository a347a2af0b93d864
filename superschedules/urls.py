"""Routes of the project: the page, the API, the admin."""

from django.contrib import admin
from django.urls import include, path, re_path

from api.api import api
from api.http.errors import api_not_found

admin.autodiscover()
handler404 = "web.pages.not_found"
urlpatterns = [
    path("api/v1/", api.urls),
    re_path(r"^api(/|$)", api_not_found),
    path("admin/", admin.site.urls),
    path("", include("web.urls")),
]

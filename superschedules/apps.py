from django.apps import AppConfig


class SuperschedulesConfig(AppConfig):
    name = "superschedules"

from django.apps import AppConfig
from django.core.checks import register


class SuperschedulesConfig(AppConfig):
    name = "superschedules"

    def ready(self) -> None:
        """Registers the check of the time zones."""
        from superschedules.checks import check_time_zones

        register(check_time_zones)

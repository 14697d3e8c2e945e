from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self):
        from clinic_site import health  # noqa: PLC0415 models load after this module
        from leads.delivery.stuck_mail import stuck_mail  # noqa: PLC0415

        health.readiness_checks.append(stuck_mail)

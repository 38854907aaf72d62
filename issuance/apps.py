from django.apps import AppConfig


class IssuanceConfig(AppConfig):
    name = "issuance"
    label = "issuance"
    verbose_name = "Passports"
    default_auto_field = "django.db.models.BigAutoField"

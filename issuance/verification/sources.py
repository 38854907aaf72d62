"""Whom this deployment trusts: where the signers' certificates come from, for the command and the console."""

from pathlib import Path

from django.conf import settings

from issuance import errors
from issuance.verification import trust


def configured() -> trust.Trust:
    """Raises UnusableKeys where there is nobody to trust."""
    if not settings.SIGNING_KEYS_DIR:
        raise errors.UnusableKeys("Nobody is trusted here: SIGNING_KEYS_DIR is not set.")
    return trust.of_keys(Path(settings.SIGNING_KEYS_DIR))

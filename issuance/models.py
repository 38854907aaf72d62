"""What was issued, tried and revoked: the tables of the issuing tier. None holds a name, a number or a dose.

People and documents appear as keyed hashes alone (issuance.hashes); the key lives with the workers, never here.
Rules and races: issuance.issued (Certificate, Passport), issuance.tries (Try, Refusal), issuance.revocations.
"""

from __future__ import annotations

from django.db import models

HASH_LENGTH = 64
TICKET_LENGTH = 22
REFERENCE_LENGTH = 8
CERTIFICATE_ID_LENGTH = 80
# Of a staff account, or of an account of the machine.
STAFF_LENGTH = 150


class Certificate(models.Model):
    """The certificate that stands for one person and one set of facts; replaced when it has expired or is revoked."""

    facts_hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    certificate_id = models.CharField(max_length=CERTIFICATE_ID_LENGTH, unique=True)
    kid = models.CharField("key id", max_length=16)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.certificate_id


class Passport(models.Model):
    """What one ticket was given; several tickets of one person may have been given the same certificate."""

    ticket_id = models.CharField(max_length=TICKET_LENGTH, unique=True)
    room = models.CharField(max_length=64)
    certificate_id = models.CharField(max_length=CERTIFICATE_ID_LENGTH, db_index=True)
    kid = models.CharField("key id", max_length=16, help_text="Of the signer, in hex.")
    person_hash = models.CharField(
        max_length=HASH_LENGTH, db_index=True, help_text="Keyed: tells repeats, names nobody."
    )
    issued_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-issued_at", "-pk")

    def __str__(self) -> str:
        return self.certificate_id


class Try(models.Model):
    """One of the few places for tries of a document number; taken before the permit, given back on a match."""

    document_hash = models.CharField(max_length=HASH_LENGTH)
    place = models.PositiveSmallIntegerField()
    ticket_id = models.CharField(max_length=TICKET_LENGTH, unique=True)
    attempt = models.BigIntegerField(help_text="Of the ticket: a later one takes the try over.")
    tried_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tries"
        constraints = (models.UniqueConstraint(fields=("document_hash", "place"), name="one_try_a_place"),)

    def __str__(self) -> str:
        return self.ticket_id


class Refusal(models.Model):
    """A ticket that was refused because its document number had no try left: what staff find by its reference."""

    ticket_id = models.CharField(max_length=TICKET_LENGTH, unique=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH, db_index=True)
    document_hash = models.CharField(max_length=HASH_LENGTH, db_index=True)
    refused_at = models.DateTimeField(db_index=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=STAFF_LENGTH, blank=True)

    class Meta:
        ordering = ("-refused_at", "-pk")
        verbose_name = "refusal for too many tries"
        verbose_name_plural = "refusals for too many tries"

    def __str__(self) -> str:
        return self.reference


class Revocation(models.Model):
    """A certificate that staff have revoked; lifted ones stay, so that one can see who did what."""

    class Reason(models.TextChoices):
        ISSUED_IN_ERROR = "issued_in_error", "issued in error"
        RECORD_WITHDRAWN = "record_withdrawn", "the registry withdrew the record"
        MISUSED = "misused", "copied or used by somebody else"
        HOLDER_ASKED = "holder_asked", "its holder asked for it"

    certificate_id = models.CharField(max_length=CERTIFICATE_ID_LENGTH, db_index=True)
    reason = models.CharField(max_length=32, choices=Reason.choices)
    revoked_at = models.DateTimeField()
    revoked_by = models.CharField(max_length=STAFF_LENGTH)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=STAFF_LENGTH, blank=True)

    class Meta:
        ordering = ("-revoked_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("certificate_id",), condition=models.Q(lifted_at=None), name="one_revocation_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return self.certificate_id

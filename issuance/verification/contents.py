"""What a signed certificate says: the claims around it, and the fields of the EU schema, each checked.

Sources: EU DCC schema 1.3.3; RFC 8392 for the claims. Whether a code stands in a value set is not asked: sets change,
and a verifier that is not up to date must not reject what is.
"""

import datetime
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

import pydantic

from issuance import errors
from issuance.verification import cbor

Kind = Literal["vaccination", "test", "recovery"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ISSUER, _EXPIRES, _NOT_BEFORE, _ISSUED, _HCERT, _EU_DCC = 1, 4, 5, 6, -260, 1


@dataclass(frozen=True, repr=False)
class Certificate:
    """The claims of a code whose signature holds. Not to be printed: `payload` is a person's."""

    issuer: str
    issued_at: datetime.datetime
    expires_at: datetime.datetime
    not_before: datetime.datetime
    payload: Mapping[str, Any]
    kind: Kind

    @property
    def certificate_id(self) -> str:
        [entry] = self.payload[self.kind[0]]
        return str(entry["ci"])


def read(signed: bytes) -> Certificate:
    """Raises Unverified(`wrong_contents`). The signature must have been verified."""
    try:
        claims = cbor.loads(signed)
        issued_at = _instant(claims[_ISSUED])
        written = _plain(claims[_HCERT][_EU_DCC])
        checked = _Schema.model_validate(written)
        return Certificate(
            issuer=_text(claims.get(_ISSUER, "")),
            issued_at=issued_at,
            expires_at=_instant(claims[_EXPIRES]),
            not_before=_instant(claims.get(_NOT_BEFORE, claims[_ISSUED])),
            payload=written,
            kind=checked.kind,
        )
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, OSError):
        raise errors.Unverified("wrong_contents") from None


def _instant(seconds: Any) -> datetime.datetime:
    """A NumericDate: whole seconds by the specification, fractions by RFC 8392."""
    if type(seconds) not in (int, float) or not math.isfinite(seconds):
        raise ValueError("not a time")
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _plain(value: Any) -> Any:
    """As JSON has it: dates as text, whether they were tagged or not, and text composed (NFC). Raises ValueError."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {_text(key): _plain(each) for key, each in value.items()}
    if value is None or isinstance(value, int | float):
        return value
    raise ValueError("nothing that JSON has")


def _date(text: str) -> str:
    """A full-date of RFC 3339; Python would take weeks and dates without hyphens too."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("not a date")
    datetime.date.fromisoformat(text)
    return text


def _date_time(text: str) -> str:
    """A date-time of RFC 3339, with its offset."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", text, re.ASCII):
        raise ValueError("not a date with a time")
    datetime.datetime.fromisoformat(text[:19])
    return text


class _Fields(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)


_Text80 = Annotated[str, pydantic.Field(max_length=80)]
_Standardised = Annotated[str, pydantic.Field(max_length=80, pattern="^[A-Z<]*$")]
_Country = Annotated[str, pydantic.Field(pattern="[A-Z]{1,10}")]
_Dose = Annotated[int, pydantic.Field(ge=1)]
_Date = Annotated[str, pydantic.AfterValidator(_date)]
_DateTime = Annotated[str, pydantic.AfterValidator(_date_time)]


class _Name(_Fields):
    fn: _Text80 = ""
    fnt: _Standardised = ""
    gn: _Text80 = ""
    gnt: _Standardised = ""

    @pydantic.model_validator(mode="after")
    def _is_standardised(self) -> "_Name":
        if not {"fnt", "gnt"} & self.model_fields_set:
            raise ValueError("neither name is standardised")
        return self


class _Entry(_Fields):
    tg: str
    co: _Country
    issuer: _Text80 = pydantic.Field(alias="is")
    ci: _Text80


class _Vaccination(_Entry):
    vp: str
    mp: str
    ma: str
    dn: _Dose
    sd: _Dose
    dt: _Date


class _Test(_Entry):
    tt: str
    nm: _Text80 = ""
    ma: str = ""
    sc: _DateTime
    tr: str
    tc: _Text80 = ""


class _Recovery(_Entry):
    fr: _Date
    df: _Date
    du: _Date


class _Schema(_Fields):
    ver: str = pydantic.Field(pattern=r"^[0-9]+.[0-9]+.[0-9]+$")
    nam: _Name
    dob: str = pydantic.Field(pattern=r"^((19|20)[0-9]{2}(-[0-9]{2}){0,2})?$")
    v: list[_Vaccination] = pydantic.Field([], min_length=1, max_length=1)
    t: list[_Test] = pydantic.Field([], min_length=1, max_length=1)
    r: list[_Recovery] = pydantic.Field([], min_length=1, max_length=1)

    @property
    def kind(self) -> Kind:
        """Raises ValueError where there is not exactly one entry."""
        [kind] = [kind for kind in KINDS if kind[0] in self.model_fields_set]
        return kind

"""COVID-19 vaccines by name, manufacturer and code: what a registry's code becomes in a certificate.

Sources: EU eHealth Network, Value Sets for EU Digital COVID Certificates 1.14 of 2023-01-25 (sections 2.2 to
2.4) and its Annex A (2023-05-05), which allows the combinations; CDC, vaccine codes (CVX), September 2025.
"""

from collections.abc import Iterable
from dataclasses import dataclass

CVX = "http://hl7.org/fhir/sid/cvx"

COVID_19 = "840539006"
DISEASES = {COVID_19: "COVID-19"}

MRNA = "1119349007"
VECTOR = "29061000087103"
SPIKE_PROTEIN = "1162643001"
INACTIVATED = "1157024006"
UNSPECIFIED = "28531000087107"
VACCINES = {
    MRNA: "SARS-CoV-2 mRNA vaccine",
    VECTOR: "COVID-19 non-replicating viral vector vaccine",
    SPIKE_PROTEIN: "SARS-CoV-2 recombinant spike protein antigen vaccine",
    INACTIVATED: "Inactivated whole SARS-CoV-2 antigen vaccine",
    UNSPECIFIED: "COVID-19 vaccine",
}


@dataclass(frozen=True)
class Product:
    """One line of Annex A; `series`: how many doses make a course where the registry does not say."""

    code: str
    name: str
    holder_code: str
    holder: str
    vaccine_code: str
    series: int = 2


_COMIRNATY = Product("EU/1/20/1528", "Comirnaty", "ORG-100030215", "Biontech Manufacturing GmbH", MRNA)
_SPIKEVAX = Product("EU/1/20/1507", "Spikevax", "ORG-100031184", "Moderna Biotech Spain S.L.", MRNA)
_VAXZEVRIA = Product("EU/1/21/1529", "Vaxzevria", "ORG-100001699", "AstraZeneca AB", VECTOR)
_NUVAXOVID = Product("EU/1/21/1618", "Nuvaxovid", "ORG-100032020", "Novavax CZ a.s.", SPIKE_PROTEIN)
_JCOVDEN = Product("EU/1/20/1525", "Jcovden", "ORG-100001417", "Janssen-Cilag International", VECTOR, series=1)
_VALNEVA = Product("EU/1/21/1624", "COVID-19 Vaccine Valneva", "ORG-100036422", "Valneva France", UNSPECIFIED)
_VIDPREVTYN = Product("EU/1/21/1580", "VidPrevtyn Beta", "ORG-100000788", "Sanofi Pasteur", UNSPECIFIED, series=1)
_COVAXIN = Product("Covaxin", "Covaxin", "Bharat-Biotech", "Bharat Biotech", INACTIVATED)
_CORONAVAC = Product("CoronaVac", "CoronaVac", "Sinovac-Biotech", "Sinovac Biotech", INACTIVATED)
_BBIBP = Product(
    "BBIBP-CorV",
    "BBIBP-CorV",
    "ORG-100020693",
    "China Sinopharm International Corp. - Beijing location",
    INACTIVATED,
)
_GAMALEYA = ("Gamaleya-Research-Institute", "Gamaleya Research Institute", VECTOR)
_SPUTNIK_V = Product("Sputnik-V", "Sputnik-V", *_GAMALEYA)
_SPUTNIK_LIGHT = Product("Sputnik-Light", "Sputnik Light", *_GAMALEYA, series=1)
_CONVIDECIA = Product("Convidecia", "Convidecia", "ORG-100013793", "CanSino Biologics", VECTOR, series=1)
_EPIVACCORONA = Product("EpiVacCorona", "EpiVacCorona", "Vector-Institute", "Vector Institute", SPIKE_PROTEIN)
_COVIFENZ = Product("Covifenz", "Covifenz", "ORG-100008549", "Medicago Inc.", UNSPECIFIED)
_MEDIGEN = Product(
    "MVC-COV1901",
    "MVC COVID-19 vaccine",
    "ORG-100033914",
    "Medigen Vaccine Biologics Corporation",
    SPIKE_PROTEIN,
)

# CVX tells strengths and variants apart, Annex A does not ("use also for adapted vaccines").
_PRODUCTS_BY_CVX: dict[str, Product] = {
    **dict.fromkeys(("208", "217", "218", "219"), _COMIRNATY),
    **dict.fromkeys(("300", "301", "302", "308", "309", "310", "520"), _COMIRNATY),
    **dict.fromkeys(("207", "221", "227", "228"), _SPIKEVAX),
    **dict.fromkeys(("229", "230", "311", "312", "519"), _SPIKEVAX),
    **dict.fromkeys(("211", "313"), _NUVAXOVID),
    "210": _VAXZEVRIA,
    "212": _JCOVDEN,
    "502": _COVAXIN,
    "504": _SPUTNIK_LIGHT,
    "505": _SPUTNIK_V,
    "506": _CONVIDECIA,
    "509": _EPIVACCORONA,
    "510": _BBIBP,
    "511": _CORONAVAC,
    "512": _COVIFENZ,
    "515": _MEDIGEN,
    "518": _VALNEVA,
    "521": _VIDPREVTYN,
}

# Codes under which CDC lists other makers' products too (Covishield, Covovax), which Annex A tells apart:
# code (MVX) and beginning of the name of the maker whose product is meant above.
_MAKERS = {"210": ("ASZ", "AstraZeneca"), "211": ("NVX", "Novavax")}

# COVID-19 vaccines that no line of Annex A names: product not said (213, 500, 517), no entry (501, 507, 508,
# 513, 514, 516), a withdrawn one (225, 226), and 503, a live virus by CVX but an inactivated one by Annex A.
# 999 is "unknown".
_UNNAMED_CVX = frozenset(("213", "225", "226", "500", "501", "503", "507", "508", "513", "514", "516", "517", "999"))


def find(codes: Iterable[tuple[str, str]], manufacturer: str | None) -> Product | None:
    """The product that these (system, code) pairs name; None where none does, or where they do not agree.

    `manufacturer` is its code (MVX) or name; None where it is not recorded.
    """
    cvx = [code for system, code in codes if system == CVX and _is_by(code, manufacturer)]
    found = {_PRODUCTS_BY_CVX[code] for code in cvx if code in _PRODUCTS_BY_CVX}
    return found.pop() if len(found) == 1 else None


def may_be_covid_19(codes: Iterable[tuple[str, str]]) -> bool:
    """False only where a CVX code says it is another vaccine: what cannot be read is not passed over."""
    cvx = {code for system, code in codes if system == CVX}
    return not cvx or not cvx.isdisjoint(_PRODUCTS_BY_CVX.keys() | _UNNAMED_CVX)


def by_code(code: str) -> Product:
    """The product of a certificate's `mp`. Raises KeyError for one that is not in this table."""
    return _PRODUCTS_BY_CODE[code]


def every() -> Iterable[Product]:
    return _PRODUCTS_BY_CODE.values()


def _is_by(cvx: str, manufacturer: str | None) -> bool:
    makers = _MAKERS.get(cvx)
    return makers is None or manufacturer is None or manufacturer.startswith(makers)


_PRODUCTS_BY_CODE = {product.code: product for product in _PRODUCTS_BY_CVX.values()}

"""COVID-19 vaccines by name, manufacturer and code: what a registry's code becomes in a certificate.

Sources: EU eHealth Network, Value Sets for EU Digital COVID Certificates 1.14 of 2023-01-25 (sections 2.2 to
2.4) and its Annex A (2023-05-05), which allows the combinations; CDC, vaccine codes (CVX), September 2025; WHO, maps
of the DDCC guide to ICD-11 (drafts of February 2023), of which those lines count that call two codes equivalent and
mean one product alone. Not looked over by a physician.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CVX = "http://hl7.org/fhir/sid/cvx"
SNOMED = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
ICD_11 = "http://id.who.int/icd11/mms"
EU_REGISTER = "https://ec.europa.eu/health/documents/community-register/html/"
EU_OTHERS = "http://ec.europa.eu/temp/vaccineproductname"

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

# Without a code of CVX: met under their code of the register, or of the value set.
_BIMERVAX = Product("EU/1/22/1709", "Bimervax", "ORG-100036914", "Hipra Human Health S.L.", UNSPECIFIED, series=1)
_SERUM_INSTITUTE = ("ORG-100001981", "Serum Institute Of India Private Limited")
_COVISHIELD = Product("Covishield", "Covishield", *_SERUM_INSTITUTE, VECTOR)
_COVOVAX = Product("Covovax", "Covovax", *_SERUM_INSTITUTE, SPIKE_PROTEIN)

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


_PRODUCTS_BY_ICD_11 = {
    "XM8NQ0": _COMIRNATY,
    "XM3DT5": _SPIKEVAX,
    "XM6QV1": _JCOVDEN,
    "XM1G90": _COVAXIN,
    "XM7HT3": _CORONAVAC,
    "XM8866": _BBIBP,
    "XM5ZJ4": _SPUTNIK_V,
    "XM5QM6": _SPUTNIK_LIGHT,
    "XM1AG7": _CONVIDECIA,
    "XM6SZ8": _EPIVACCORONA,
    "XM4EC8": _MEDIGEN,
    "XM97T2": _COVISHIELD,
}
# Kinds of vaccine; products without a line of Annex A here; AstraZeneca's and Novavax', under one code with others.
_KINDS_ICD_11 = ("XM68M6", "XM1NL1", "XM5DF6", "XM9QW8", "XM0CX4", "XM5JC5", "XM1J92", "XM6AT1", "XM0GQ8", "XM3CT4")
_ABSENT_ICD_11 = ("XM9TQ1", "XM85P5", "XM9FQ7", "XM97N6", "XM2YG8", "XM3U61", "XM0K39", "XM1AU2", "XM3PG0", "XM0RV9")
_SHARED_ICD_11 = ("XM4YL8", "XM9T65")
_UNNAMED_ICD_11 = frozenset((*_KINDS_ICD_11, *_ABSENT_ICD_11, *_SHARED_ICD_11, "XM3SK8", "XM9P21", "XM9N08", "XM52P3"))
# SNOMED CT names kinds; products have codes in national extensions only.
_UNNAMED_SNOMED = frozenset((*VACCINES, "1119305005", "30141000087107", "1187593009"))
_ATC_OLD, _ATC_SINCE_2022 = "J07BX03", "J07BN"

_BY_CODE = {product.code: product for product in (*_PRODUCTS_BY_CVX.values(), _BIMERVAX, _COVISHIELD, _COVOVAX)}
_PRODUCTS: dict[str, dict[str, Product]] = {
    CVX: _PRODUCTS_BY_CVX,
    ICD_11: _PRODUCTS_BY_ICD_11,
    EU_REGISTER: _BY_CODE,
    EU_OTHERS: _BY_CODE,
}
_UNNAMED: dict[str, frozenset[str]] = {CVX: _UNNAMED_CVX, ICD_11: _UNNAMED_ICD_11, SNOMED: _UNNAMED_SNOMED}
_DISEASES = frozenset(((SNOMED, COVID_19), (ICD_11, "RA01")))
# Written so in some guides.
_OTHER_NAMES = {"http://id.who.int/icd/release/11/mms": ICD_11}


def find(codes: Iterable[tuple[str, str]], manufacturer: str | None) -> Product | None:
    """The product that these (system, code) pairs name; None where none does, or where they do not agree.

    `manufacturer` is its code (MVX) or name; None where it is not recorded. It never makes a product of a kind.
    """
    named = (
        _PRODUCTS.get(system, {}).get(code) for system, code in _known(codes) if _is_by(system, code, manufacturer)
    )
    found = {product for product in named if product}
    return found.pop() if len(found) == 1 else None


def is_against_covid_19(codes: Iterable[tuple[str, str]], diseases: Iterable[tuple[str, str]] = ()) -> bool | None:
    """None where neither the code nor the disease that is named tells: a code of a system that nobody here knows."""
    codes, diseases = list(_known(codes)), list(_known(diseases))
    if any(_is_covid_19(system, code) for system, code in codes) or not _DISEASES.isdisjoint(diseases):
        return True
    # These two list every vaccine there is, and SNOMED CT every disease.
    if any(system in (CVX, ATC) for system, _ in codes) or any(system == SNOMED for system, _ in diseases):
        return False
    return None


def by_code(code: str) -> Product:
    """The product of a certificate's `mp`. Raises KeyError for one that is not in this table."""
    return _BY_CODE[code]


def every() -> Iterable[Product]:
    return _BY_CODE.values()


def _known(codes: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((_OTHER_NAMES.get(system, system), code) for system, code in codes)


def _is_covid_19(system: str, code: str) -> bool:
    if system == ATC:
        return code == _ATC_OLD or code.startswith(_ATC_SINCE_2022)
    return code in _PRODUCTS.get(system, {}) or code in _UNNAMED.get(system, ())


def _is_by(system: str, code: str, manufacturer: str | None) -> bool:
    makers = _MAKERS.get(code) if system == CVX else None
    return makers is None or manufacturer is None or manufacturer.startswith(makers)

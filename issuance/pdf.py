"""The passport on paper: one A4 page with the code and, in plain words, what the code says.

Keeps nothing of a document, and nothing of a person: threads may render at once. The same page gives the same bytes.
"""

from __future__ import annotations

from issuance import certificate, products
from issuance.fonts import faces
from issuance.paper import document, facts, metadata, panels, squares, words


def page(issued: certificate.Certificate, language: str = words.FIRST) -> facts.Page:
    """The page of a certificate, taken from what was signed, so that paper and code cannot disagree.

    A name in a script that no packaged font has stands there in Latin letters, as the code has it too.
    """
    name, vaccination = issued.payload["nam"], issued.payload["v"][0]
    product = products.by_code(vaccination["mp"])
    return facts.Page(
        family=_drawable(name.get("fn", ""), name.get("fnt", "")),
        given=_drawable(name.get("gn", ""), name.get("gnt", "")),
        family_latin=name.get("fnt", "").replace("<", " "),
        given_latin=name.get("gnt", "").replace("<", " "),
        birth_date=issued.payload["dob"],
        disease=products.DISEASES[vaccination["tg"]],
        vaccine=products.VACCINES[vaccination["vp"]],
        product=product.name,
        maker=product.holder,
        dose=f"{vaccination['dn']} / {vaccination['sd']}",
        given_on=vaccination["dt"],
        country=vaccination["co"],
        issuer=vaccination["is"],
        certificate_id=vaccination["ci"],
        issued_at=issued.issued_at,
        expires_at=issued.expires_at,
        hc1=issued.hc1,
        language=language,
    )


def _drawable(name: str, latin: str) -> str:
    return name if faces.can_draw(name) else latin.replace("<", " ")


def render(content: facts.Page, code: squares.Squares | None = None) -> bytes:
    """A PDF/A-2u; `code`: where it was drawn before. Raises faces.MissingGlyph before anything is written."""
    first, second = words.pair(content.language)
    page, drawings = panels.draw(content, code or squares.of(content.hc1))
    about = metadata.Metadata(first["title"], content.issuer, (first.tag, second.tag), content.issued_at)
    return document.write(page, about, drawings)

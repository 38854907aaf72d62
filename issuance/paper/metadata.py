"""What a document says of itself: title, language, dates, and that it keeps to PDF/A-2u. Nothing of the person.

Sources: ISO 19005-2 (PDF/A-2), 6.6; ISO 16684-1 (XMP). The older information dictionary says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax import saxutils

from issuance.paper import colours, objects

PRODUCER = "Vestibule"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag>{languages}</rdf:Bag></dc:language>
<xmp:CreatorTool>{producer}</xmp:CreatorTool><xmp:CreateDate>{created}</xmp:CreateDate>
<xmp:ModifyDate>{created}</xmp:ModifyDate><pdf:Producer>{producer}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""

_PROFILE = objects.Stream.of(colours.profile(), "/N 3")


@dataclass(frozen=True, slots=True)
class Metadata:
    """`languages`: the document's own first."""

    title: str
    author: str
    languages: tuple[str, ...]
    created_at: datetime


def information(file: objects.File, about: Metadata) -> int:
    created = f"{about.created_at.astimezone(UTC):(D:%Y%m%d%H%M%SZ)}"
    return file.add(
        f"<</Title {objects.text(about.title)}/Author {objects.text(about.author)}/Creator({PRODUCER})"
        f"/Producer({PRODUCER})/CreationDate{created}/ModDate{created}>>"
    )


def xmp(file: objects.File, about: Metadata) -> int:
    """Not compressed: archives look for it without knowing PDF."""
    packet = _XMP.format(
        title=saxutils.escape(about.title),
        author=saxutils.escape(about.author),
        languages="".join(f"<rdf:li>{tag}</rdf:li>" for tag in about.languages),
        producer=PRODUCER,
        created=f"{about.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
    return file.add(objects.Stream.of(packet.encode(), "/Type/Metadata/Subtype/XML", compress=False))


def output_intent(file: objects.File) -> int:
    profile = file.add(_PROFILE)
    return file.add(
        "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/RegistryName(http://www.color.org)"
        f"/Info(sRGB)/DestOutputProfile {profile} 0 R>>"
    )

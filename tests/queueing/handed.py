"""What a worker hands to the browser that waited: a small one, with everything in it that must be escaped or turned."""

from __future__ import annotations

from queueing import documents
from queueing.documents import Phrase

NASTY = "<script>alert('x')</script> & \"Müller\""
VIEW = documents.View(
    title=(Phrase(text="Health passport", language="en"), Phrase(text="الجواز الصحي", language="ar")),
    mark=(Phrase(text="Specimen", language="en"),),
    issuer="<Umlaut> authority",
    code=documents.Code(side=3, bits="qwA=", text="HC1:<X>", alternative=(Phrase(text="A code", language="en"),)),
    sections=(
        documents.Section(
            title=(Phrase(text="Holder", language="en"),),
            facts=(
                documents.Fact(
                    label=(Phrase(text="Surname", language="en"), Phrase(text="اللقب", language="ar")),
                    value=Phrase(text="الفلسطيني", language="ar"),
                    also="AL FALASTINI",
                ),
                documents.Fact(label=(Phrase(text="Given names", language="en"),), value=Phrase(text=NASTY)),
            ),
        ),
    ),
    notes=(Phrase(text="Compare it.", language="en"), Phrase(text="قارن", language="ar")),
)

"""One page becomes a document: fonts, pictures, structure and metadata around it.

Source: ISO 32000-1, 7.7 (document), 14.7 and 14.8 (structure).
"""

from __future__ import annotations

from collections.abc import Mapping

from issuance.paper import canvas, embedding, metadata, objects

_SIZE = f"{canvas.WIDTH_MM / 25.4 * 72:.2f} {canvas.HEIGHT_MM / 25.4 * 72:.2f}"


def write(page: canvas.Canvas, about: metadata.Metadata, drawings: Mapping[str, objects.Stream]) -> bytes:
    """`drawings`: what the page calls by name (images and forms)."""
    file = objects.File()
    catalog, pages, sheet = file.reserve(), file.reserve(), file.reserve()
    content = file.add(objects.Stream.of("\n".join(page.content).encode()))
    fonts = [
        f"/{face.name} {embedding.embed(file, face, letters)} 0 R"
        for face, letters in sorted(page.glyphs.items(), key=lambda item: item[0].name)
    ]
    pictures = [f"/{name} {file.add(stream)} 0 R" for name, stream in drawings.items()]
    structure = _structure(file, page, sheet)
    information, xmp, intent = (make(file, about) for make in (metadata.information, metadata.xmp, _intent))
    file.put(pages, f"<</Type/Pages/Count 1/Kids[{sheet} 0 R]>>")
    file.put(
        sheet,
        f"<</Type/Page/Parent {pages} 0 R/MediaBox[0 0 {_SIZE}]/Contents {content} 0 R/StructParents 0/Tabs/S"
        f"/Resources<</Font<<{''.join(fonts)}>>/XObject<<{''.join(pictures)}>>>>>>",
    )
    file.put(
        catalog,
        f"<</Type/Catalog/Pages {pages} 0 R/Lang({about.languages[0]})/MarkInfo<</Marked true>>"
        f"/StructTreeRoot {structure} 0 R/Metadata {xmp} 0 R/OutputIntents[{intent} 0 R]"
        "/ViewerPreferences<</DisplayDocTitle true>>>>",
    )
    return file.finish(catalog, information)


def _intent(file: objects.File, _about: metadata.Metadata) -> int:
    return metadata.output_intent(file)


def _structure(file: objects.File, page: canvas.Canvas, sheet: int) -> int:
    root = file.reserve()
    numbers: dict[int, int] = {}
    top = _element(file, page.root, root, sheet, numbers)
    owners = " ".join(f"{numbers[id(owner)]} 0 R" for owner in page.marks)
    file.put(root, f"<</Type/StructTreeRoot/K {top} 0 R/ParentTree<</Nums[0[{owners}]]>>/ParentTreeNextKey 1>>")
    return root


def _element(file: objects.File, element: canvas.Element, parent: int, sheet: int, numbers: dict[int, int]) -> int:
    number = numbers[id(element)] = file.reserve()
    kids = [
        str(kid) if isinstance(kid, int) else f"{_element(file, kid, number, sheet, numbers)} 0 R"
        for kid in element.kids
    ]
    entries = f"/S/{element.role}/P {parent} 0 R/Pg {sheet} 0 R/K[{' '.join(kids)}]"
    if element.language:
        entries += f"/Lang({element.language})"
    if element.alternative:
        entries += f"/Alt {objects.text(element.alternative)}"
    file.put(number, f"<<{entries}>>")
    return number

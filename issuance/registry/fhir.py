"""The little of HL7 FHIR R4 that we read: shapes of the wire, checked; everything else is passed over.

Source: hl7.org/fhir/R4: bundle, patient, immunization, capabilitystatement. Errors do not show what was found.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, alias_generators

DOCUMENT_SYSTEM = "https://vestibule.example/fhir/document-number"
"""Names the numbering of documents in `identifier`: the demo country's; a real registry has its own."""
REVINCLUDE = "Immunization:patient"


class Shape(BaseModel):
    """A FHIR element; unknown fields are passed over, as the specification asks of readers."""

    model_config = ConfigDict(
        alias_generator=alias_generators.to_camel, extra="ignore", frozen=True, hide_input_in_errors=True
    )


class Identifier(Shape):
    system: str | None = None
    value: str | None = None


class HumanName(Shape):
    use: str | None = None
    text: str | None = None
    family: str | None = None
    # An element that has only an extension stands as null in the list.
    given: list[str | None] = []


class PatientLink(Shape):
    type: str | None = None


class Patient(Shape):
    id: str
    active: bool = True
    identifier: list[Identifier] = []
    name: list[HumanName] = []
    birth_date: str | None = None
    link: list[PatientLink] = []

    def is_replaced(self) -> bool:
        """True for a record that was merged into another one: that is the one to go by."""
        return any(link.type == "replaced-by" for link in self.link)


class Coding(Shape):
    system: str | None = None
    code: str | None = None


class Concept(Shape):
    coding: list[Coding] = []


class Reference(Shape):
    reference: str | None = None
    identifier: Identifier | None = None
    display: str | None = None


class Protocol(Shape):
    target_disease: list[Concept] = []
    dose_number_positive_int: int | None = None
    dose_number_string: str | None = None
    series_doses_positive_int: int | None = None
    series_doses_string: str | None = None


class Immunization(Shape):
    id: str | None = None
    status: str
    vaccine_code: Concept
    patient: Reference
    occurrence_date_time: str | None = None
    occurrence_string: str | None = None
    is_subpotent: bool = False
    lot_number: str | None = None
    manufacturer: Reference | None = None
    protocol_applied: list[Protocol] = []


class Link(Shape):
    relation: str
    url: str


class Entry(Shape):
    full_url: str | None = None
    resource: dict[str, Any] = {}


class Bundle(Shape):
    resource_type: Literal["Bundle"]
    link: list[Link] = []
    entry: list[Entry] = []

    def next_url(self) -> str | None:
        """Where the next page is; None on the last one."""
        return next((link.url for link in self.link if link.relation == "next"), None)

    def of_type(self, resource_type: str) -> list[Entry]:
        """The entries that hold a resource of that type, without outcomes and other extras of a server."""
        return [entry for entry in self.entry if entry.resource.get("resourceType") == resource_type]


class SearchableType(Shape):
    type: str
    search_rev_include: list[str] = []


class Rest(Shape):
    mode: str
    resource: list[SearchableType] = []


class Capabilities(Shape):
    resource_type: Literal["CapabilityStatement"]
    rest: list[Rest] = []

    def offers_revinclude(self) -> bool:
        """True where a search for a patient can bring the immunizations along."""
        return any(
            REVINCLUDE in kind.search_rev_include
            for rest in self.rest
            if rest.mode == "server"
            for kind in rest.resource
            if kind.type == "Patient"
        )

"""What staff bring to be verified: a document, or the text of a code. Read where it is, kept nowhere."""

from typing import Any

from django import forms

from issuance import errors
from issuance.verification import documents, reading

_LONGEST_TEXT = 100_000  # characters: whole letters are pasted


class Document(forms.Form):
    """`found` has the codes once the form is valid."""

    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        label="Document",
        help_text="A PDF, a picture (PNG, JPEG, WebP) or a text, of at most 5 MB.",
    )
    text = forms.CharField(
        required=False,
        max_length=_LONGEST_TEXT,
        label="Or the code itself",
        help_text="It begins with HC1:",
        widget=forms.Textarea(
            attrs={"rows": 6, "class": "vLargeTextField", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    found: list[documents.Found]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text")
        if self.errors:
            return cleaned
        if bool(file) == bool(text):
            raise forms.ValidationError("Choose a document or paste a code, one of the two.")
        try:
            self.found = reading.codes(file.read() if file else (text or "").encode())
        except errors.Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from None
        return cleaned

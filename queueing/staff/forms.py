"""How staff fill in a room in the console: the logo as a file, words as JSON that can be read."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from queueing import errors, logos, wordings


class LogoField(forms.FileField):
    """Kept as a data: URI; without a new file the one there is stays."""

    widget = forms.FileInput(attrs={"accept": ".svg,.png"})

    def clean(self, data: Any, initial: Any = None) -> str:
        if not data:
            return initial or ""
        try:
            return logos.to_uri(super().clean(data).read())
        except errors.BadLogo as bad:
            raise ValidationError(f"This file {bad}.") from None


class TextsField(forms.JSONField):
    def prepare_value(self, value: Any) -> Any:
        written = super().prepare_value(value)
        return json.dumps(value, ensure_ascii=False, indent=2) if isinstance(value, dict) else written


class RoomForm(forms.ModelForm):  # type: ignore[type-arg]
    logo = LogoField(
        required=False,
        help_text=(
            f"SVG or PNG, at most {logos.MAX_BYTES // 1024} KiB. An SVG without scripts, links, pictures and fonts: "
            "export it as plain or optimised SVG. Dark pages: @media (prefers-color-scheme: dark) in its style."
        ),
    )
    without_logo = forms.BooleanField(required=False, label="Take the logo away")
    texts = TextsField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80, "spellcheck": "true"}),
        help_text=(
            'Words in the place of ours, by language: {"en": {"form.title": "…"}}. These can be replaced: '
            + ", ".join(wordings.PLACEHOLDERS)
            + "."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("without_logo"):
            cleaned["logo"] = ""
        return cleaned

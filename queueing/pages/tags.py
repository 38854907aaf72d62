"""What templates of the pages may ask for by name. `words` and `phase` stand in the context of each."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from queueing.pages import assets

register = Library()


@register.simple_tag(takes_context=True)
def text(context: Context, key: str, **values: Any) -> str:
    """`{% text "form.title" %}`, `{% text "form.waiting" count=n %}`."""
    written: str = context["words"].get(key, **values)
    return written


@register.simple_tag
def asset(name: str) -> str:
    """The path of a static file: `{% asset "room.js" %}`."""
    return assets.url(name)


@register.simple_tag
def data(name: str) -> SafeString:
    """A small picture in the page itself: `{% data "favicon.svg" %}`."""
    return mark_safe(assets.data(name))  # noqa: S308 a file of ours, without what could end an attribute


@register.simple_tag(takes_context=True)
def hidden_unless(context: Context, screen: str) -> SafeString:
    """On a screen that is not the one shown."""
    return _HIDDEN if context["phase"].screen != screen else _SHOWN


@register.simple_tag(takes_context=True)
def hidden_unless_after(context: Context, ends: str) -> SafeString:
    """On what is offered after some ends only, as Phase.is_after has them."""
    return _SHOWN if context["phase"].is_after(ends) else _HIDDEN


@register.simple_tag(takes_context=True)
def secondary_after(context: Context, ends: str) -> SafeString:
    """On a button that rarely helps after some ends."""
    return _SECONDARY if context["phase"].is_after(ends) else _SHOWN


@register.simple_tag(takes_context=True)
def entered(context: Context, name: str) -> SafeString:
    """On an input: what was typed into it before, and whether that has to be put right."""
    typed = context["typed"].get(name, "")
    wrong = any(fault["input"] == name for fault in context["faults"].values())
    value = format_html(' value="{}"', typed) if typed else _SHOWN
    return format_html("{}{}", value, mark_safe(' aria-invalid="true"') if wrong else _SHOWN)


_HIDDEN, _SECONDARY, _SHOWN = mark_safe(" hidden"), mark_safe(' class="secondary"'), mark_safe("")

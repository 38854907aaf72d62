"""What pages may load and run (CSP 3): their own origin's files, and nothing that stands in them but what is named."""

from __future__ import annotations


def content(scripts: str = "", styles: str = "") -> str:
    """`scripts`, `styles`: sources beside our own, such as the hash of what stands in the page itself."""
    return (
        f"default-src 'none'; script-src {_with(scripts)}; style-src {_with(styles)}; img-src 'self' blob: data:; "
        "connect-src 'self'; font-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )


def _with(sources: str) -> str:
    return f"'self' {sources}".rstrip()

"""Pages of long answers, kept under a random name, so that no link says what was asked."""

import collections
import itertools
import secrets
from dataclasses import dataclass

from issuance.registry.simulator import register, resources

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Rest:
    found: register.Found
    offset: int


class Pages:
    """Cuts answers into pages of `size` matches; what comes along with a match stays on its page."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._rests: collections.OrderedDict[str, _Rest] = collections.OrderedDict()

    def first(self, base: str, found: register.Found) -> resources.Resource:
        """The first page of an answer."""
        return self._page(base, _Rest(found, 0))

    def further(self, base: str, cursor: str) -> tuple[resources.Resource, int | None] | None:
        """The page behind a next link, as often as asked, and whom it is about; None for an unknown or old one."""
        rest = self._rests.get(cursor)
        return (self._page(base, rest), rest.found.person) if rest else None

    def _page(self, base: str, rest: _Rest) -> resources.Resource:
        found = rest.found
        end = rest.offset + min(self._size, found.count or self._size)
        matches = found.matches[rest.offset : end]
        entries = [resources.entry(base, match.resource, "match") for match in matches]
        included = itertools.chain.from_iterable(match.included for match in matches)
        entries += [resources.entry(base, resource, "include") for resource in included]
        next_url = self._keep(base, _Rest(found, end)) if end < len(found.matches) else None
        return resources.bundle(len(found.matches), entries, next_url)

    def _keep(self, base: str, rest: _Rest) -> str:
        cursor = secrets.token_urlsafe(16)
        self._rests[cursor] = rest
        if len(self._rests) > MOST_KEPT:
            self._rests.popitem(last=False)
        return f"{base}/page/{cursor}"

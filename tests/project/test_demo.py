from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from project import demo


@pytest.mark.parametrize("hosts", [["localhost", "127.0.0.1"], ["http://127.0.0.1:8000", "http://localhost:8000"], []])
def test_demo_keys_serve_this_machine(hosts: list[str]) -> None:
    demo.refuse_elsewhere("SECRET_KEY", [demo.MARK + "x"], hosts)


@pytest.mark.parametrize("host", ["passport.example", "*", ".example", "https://passport.example", "10.0.0.7"])
def test_demo_keys_refuse_to_serve_anywhere_else(host: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        demo.refuse_elsewhere("SECRET_KEY", ["real", demo.MARK + "x"], ["localhost", host])


def test_real_keys_serve_everywhere() -> None:
    demo.refuse_elsewhere("SECRET_KEY", ["real"], ["passport.example"])

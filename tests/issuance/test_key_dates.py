"""What ends when is known to metrics and the log in time; `manage.py signing_keys list` shows the same."""

import shutil
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from issuance import key_changes, key_dates, signing_keys
from tests.issuance import samples

KINDS = ("authority", "signer", "list")
NOW = samples.NOW


@pytest.fixture
def folder(tmp_path):
    signing_keys.create(tmp_path / "keys", NOW)
    return tmp_path / "keys"


@pytest.fixture
def watch(folder):
    return key_dates.Watch(folder, KINDS)


def left_s(kind):
    return REGISTRY.get_sample_value("vestibule_key_expires_seconds", {"kind": kind})


def days(number):
    return timedelta(days=number)


def test_metrics_count_down_to_the_end_of_the_key_in_use(watch, folder):
    watch.look(NOW + days(10))
    assert [left_s(kind) for kind in KINDS] == [days(number).total_seconds() for number in (3640, 720, 355)]
    key_changes.rotate(folder, "signer", NOW + days(20))
    watch.look(NOW + days(20))
    assert left_s("signer") == days(730).total_seconds()


@pytest.mark.parametrize(("number", "named"), [(334, []), (336, ["signer of trust lists"]), (521, ["Signer "])])
def test_log_warns_thirty_days_ahead(watch, folder, caplog, number, named):
    if number > 365:
        key_changes.rotate(folder, "list", NOW + days(number))
        caplog.clear()
    watch.look(NOW + days(number))
    warned = [record.message for record in caplog.records if record.name == "issuance.key_dates"]
    assert len(warned) == len(named)
    assert all(name in text for name, text in zip(named, warned, strict=True))


def test_log_says_from_when_on_passports_live_shorter(watch, folder, caplog):
    key_changes.rotate(folder, "list", NOW + days(521))
    watch.look(NOW + days(521))
    assert "passports live shorter from 2028-05-25 on: rotate" in caplog.text


def test_log_repeats_itself_once_a_day(watch, caplog):
    for hours in range(0, 49, 6):
        watch.look(NOW + days(340) + timedelta(hours=hours))
    assert caplog.text.count("signer of trust lists") == 3


def test_end_of_the_authority_is_told_as_what_it_is(watch, caplog):
    watch.look(NOW + days(3630))
    assert "no passport and no trust list is valid any more" in caplog.text


def test_key_that_has_ended_or_is_not_there_counts_as_nothing(watch, folder):
    watch.look(NOW + days(731))
    assert (left_s("signer"), left_s("list")) == (0, 0)
    watch.look(NOW)
    assert left_s("signer") > 0
    shutil.rmtree(folder)
    watch.look(NOW)
    assert [left_s(kind) for kind in KINDS] == [0, 0, 0]


def test_unreadable_folder_is_told(watch, folder, caplog):
    (folder / "authority" / "certificate.pem").write_text("nonsense")
    watch.look(NOW)
    assert "certificate.pem is missing or is not a certificate" in caplog.text

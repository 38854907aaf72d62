import threading

import pytest

from issuance import stages


def spent(**seconds):
    return dict.fromkeys(stages.STAGES, 0.0) | seconds


def test_stage_inside_another_is_not_counted_twice():
    watch = stages.Stopwatch("claim")
    with watch.on("registry"), watch.on("permit"):
        threading.Event().wait(0.05)
    with pytest.raises(KeyError, match="of a stage"), watch.on("record"):
        raise KeyError("of a stage")
    seconds = watch.stop()
    assert set(seconds) == set(stages.STAGES)
    assert seconds["permit"] >= 0.05
    assert seconds["registry"] < seconds["permit"]
    assert seconds["render"] == 0


def test_meter_tells_means_of_visits_that_asked_the_registry():
    meter = stages.Meter(50)
    meter.visited("test", spent(claim=9, permit=9))
    for registry_s in (0.1, 0.3):
        meter.visited("test", spent(registry=registry_s, render=0.02, record=0.004))
    with meter.busy():
        told = meter.told()
    assert {name: told[name] for name in ("visits", "busy", "contract_per_s")} == {
        "visits": "2",
        "busy": "1",
        "contract_per_s": "50",
    }
    assert (told["registry_us"], told["render_us"], told["record_us"]) == ("200000", "20000", "4000")
    assert meter.told()["busy"] == "0"


def test_old_visits_are_forgotten(monkeypatch):
    meter = stages.Meter()
    meter.visited("test", spent(registry=1))
    monkeypatch.setattr(stages, "REMEMBERED_S", -1)
    assert (meter.told()["visits"], meter.told()["registry_us"]) == ("0", "0")

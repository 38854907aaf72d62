import io
import json

import pytest
from django.core import management

from issuance import sizing, stages
from queueing import keys, store
from queueing.attendance import Attendance

COSTS = sizing.Costs(0.15, 0.012, 0.004)


def test_rule_of_the_contract():
    """50 calls a second of 0.166 s each take 8.3 threads; four fifths of 11 are 8.8."""
    advice = sizing.advise(50, COSTS, threads_at_work=4)
    assert (advice.threads, advice.processes) == (11, 2)
    assert advice.usable_per_s == 45
    assert advice.reach_per_s == pytest.approx(4 / 0.166)
    assert not advice.is_enough


def test_more_workers_than_called_for_reach_no_more_than_the_permits():
    advice = sizing.advise(50, COSTS, threads_at_work=100)
    assert advice.reach_per_s == advice.usable_per_s
    assert advice.is_enough
    assert sizing.advise(50, COSTS, threads_at_work=0).reach_per_s == 0


@pytest.fixture
def at_work(redis_client):
    """Two processes of 8 and 2 threads whose registries took 0.1 and 0.4 s; each signs by its own Attendance."""
    for threads, registry_s, visits in ((8, 0.1, 3), (2, 0.4, 1)):
        meter = stages.Meter(50)
        for _ in range(visits):
            meter.visited("test", dict.fromkeys(stages.STAGES, 0.0) | {"registry": registry_s, "render": 0.02})
        Attendance(store.Store(redis_client), threads, tell=meter.told)._sign()


def size(*arguments):
    said = io.StringIO()
    management.call_command("size_workers", *arguments, stdout=said)
    return said.getvalue()


def test_crew_is_those_who_gave_a_sign_of_life_with_what_they_measured(at_work, redis_client):
    redis_client.zadd(keys.WORKERS, {"dead:64": 1})
    redis_client.hset(keys.worker("dead:64"), mapping={"visits": 9, "registry_us": 9_000_000})
    crew = sizing.crew(redis_client)
    assert (crew.processes, crew.threads, crew.visits, crew.contract_per_s) == (2, 10, 4, 50)
    assert crew.costs.registry_s == pytest.approx((3 * 0.1 + 0.4) / 4)
    assert crew.costs.render_s == pytest.approx(0.02)
    for member in redis_client.zrangebyscore(keys.WORKERS, 2, "+inf"):
        assert 0 < redis_client.pttl(keys.worker(member.decode())) <= 60_000


def test_command_says_what_is_called_for_and_what_is_reached(at_work):
    said = json.loads(size("--json"))
    assert said["at_work"] == {"threads": 10, "processes": 2, "busy": 0, "visits": 4}
    assert said["called_for"] == {"threads": 13, "processes": 2}
    assert said["reach_per_s"] == 45
    text = size()
    for line in ("50 calls/s, of which 45 are used", "registry 175 ms", "13 threads: 2 processes of 8", "45.0/s"):
        assert line in text
    assert "more workers are called for" in size("--rate", "200")


def test_what_is_said_by_hand_goes_first(redis_client):
    with pytest.raises(management.CommandError, match="say --registry-s"):
        size()
    costs = ("--registry-s", "0.15", "--render-s", "0.012", "--record-s", "0.004")
    said = json.loads(size("--json", "--rate", "50", *costs))
    assert said["called_for"] == {"threads": 11, "processes": 2}
    assert said["reach_per_s"] == 0


@pytest.mark.django_db
@pytest.mark.urls("project.urls.private")
class TestPage:
    def test_says_the_same_to_staff(self, at_work, admin_client):
        shown = " ".join(admin_client.get("/admin/workers/").text.split())
        assert "10 threads in 2 processes, 0 busy" in shown
        assert "registry 175 ms, render 20 ms" in shown
        assert "13 threads, that is 2 processes of 8" in shown
        assert "reach 45.0 a second" in shown
        assert "/admin/workers/" in admin_client.get("/admin/").text

    def test_says_what_it_does_not_know(self, redis_client, admin_client, settings):
        assert "nothing to reckon with" in admin_client.get("/admin/workers/").text
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        assert "Redis does not answer" in admin_client.get("/admin/workers/").text

    def test_is_for_staff(self, redis_client, client):
        assert client.get("/admin/workers/").status_code == 302

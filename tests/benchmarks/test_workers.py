"""The judge of storms and outages; what it judges is measured by `python -m benchmarks.workers`."""

from benchmarks.workers import verdict

OK, TOO_MANY = 200, 429


def calls(*told):
    return [(round(at_s * 1e9), status) for at_s, status in told]


def test_call_inside_a_pause_is_found():
    """A 429 at 10 s is heard by 10.1 s and says 5 s; what was on its way by 10.35 s is nobody's fault."""
    storm = [(10.0, TOO_MANY), (10.3, TOO_MANY)]
    good = verdict.of_the_storm(calls((9.9, OK), *storm, (15.2, OK)), 0.1, 5)
    assert good == {"storm_refused": 2, "pauses": 1, "calls_in_pause": 0}
    assert verdict.of_the_storm(calls(*storm, (10.4, OK), (15.09, OK)), 0.1, 5)["calls_in_pause"] == 2


def test_pause_asked_for_again_is_another_one():
    told = verdict.of_the_storm(calls((10, TOO_MANY), (15.2, TOO_MANY), (20.4, OK)), 0.1, 5)
    assert told == {"storm_refused": 2, "pauses": 2, "calls_in_pause": 0}


def test_outage_is_told_and_the_line_moves_again():
    reasons = [(9, ""), (10.5, ""), (13, "registry_unavailable"), (41, "registry_unavailable"), (43.5, "")]
    told = verdict.of_the_outage(calls((9, OK), (41.2, 503), (42, OK)), (10, 40), reasons, {"failed": {}})
    assert told == {"reason_after_s": 3, "moved_after_s": 3.5, "issued_after_s": 2, "failed": 0}


def test_line_that_never_says_or_moves_is_told_so():
    told = verdict.of_the_outage(calls((9, OK)), (10, 40), [(9, "")], {"failed": {"registry_unavailable": 3}})
    assert told == {"reason_after_s": None, "moved_after_s": None, "issued_after_s": None, "failed": 3}


def test_whoever_is_neither_served_nor_waiting_has_lost_the_place():
    summary = {"issued": 70, "refused": {"no_record": 5}, "still_waiting": 20, "left": 3}
    summary |= {"wrong_order": 0, "errors": {}}
    assert verdict.of_the_crowd(summary, 98)["places_lost"] == 0
    assert verdict.of_the_crowd(summary, 100)["places_lost"] == 2

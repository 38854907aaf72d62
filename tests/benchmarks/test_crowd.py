"""Citizens against a server: a scripted one for what goes wrong, the whole of Vestibule for what ought to go right."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from benchmarks.crowd import arrivals, crowd, measures
from issuance.registry import people
from project.local import options, stack
from tests.benchmarks import scripted_room
from tests.benchmarks.scripted_room import Room, hang_up, issue, stand

pytestmark = pytest.mark.filterwarnings("error")

# With this seed nobody waits longer than 20 ms before the first three tries.
SHORT_WAITS = 10_574
CLAIMS = {"given_names": "Ada", "family_name": "Lovelace", "date_of_birth": "1990-12-10", "document_number": "X1"}


def visiting(room: Room, *steps: arrivals.Step, timeout_s: float = 30) -> crowd.Plan:
    """One citizen who comes at once, and whose dice make the first waits short."""
    visits = (arrivals.Visit(1, 0.0, steps),)
    return crowd.Plan(room.url, "passport", visits, lambda _number: CLAIMS, timeout_s, seed=SHORT_WAITS)


async def visit(room: Room, *steps: arrivals.Step) -> measures.Summary:
    async with scripted_room.opened(room):
        return await crowd.run(visiting(room, *steps))


async def test_a_citizen_waits_is_called_and_fetches_the_passport():
    room = Room()
    summary = await visit(room)
    assert (summary.joined, summary.issued, summary.errors, summary.troubles) == (1, 1, {}, {})
    assert summary.people[0]["called_at_us"] == 2_000
    assert room.heard == ["closed 1000"]


async def test_a_join_whose_answer_is_lost_is_repeated_with_the_same_key():
    room = Room(joins=[None, web.Response(status=503, headers={"Retry-After": "0"}), scripted_room.joined()])
    summary = await visit(room)
    assert summary.issued == 1
    assert len(room.keys) == 3
    assert len(set(room.keys)) == 1
    assert summary.errors == {}


async def test_a_server_that_breaks_is_an_error_even_when_asked_again():
    summary = await visit(Room(joins=[web.Response(status=500), scripted_room.joined()]))
    assert (summary.issued, summary.errors) == (1, {"join_500": 1})


async def test_details_that_are_refused_end_the_visit():
    summary = await visit(Room(joins=[web.json_response({}, status=422)]))
    assert (summary.joined, summary.turned_away, summary.errors) == (0, 1, {"join_422": 1})
    assert not summary.is_good


async def test_a_socket_that_the_server_closes_is_opened_again():
    summary = await visit(Room(scenes=[hang_up(1001), hang_up(1011), issue]))
    assert (summary.issued, summary.errors) == (1, {})
    assert summary.troubles == {"socket_1001": 1, "socket_1011": 1}


async def test_a_socket_closed_for_our_own_fault_is_an_error_and_opened_again():
    summary = await visit(Room(scenes=[hang_up(1008), issue]))
    assert (summary.issued, summary.errors) == (1, {"socket_1008": 1})


async def test_a_refused_socket_asks_whether_the_ticket_still_lives():
    room = Room(scenes=[hang_up(4401), issue], tickets=[web.json_response(scripted_room.STATE)])
    summary = await visit(room)
    assert (summary.issued, summary.errors) == (1, {})
    assert room.heard[0] == "asked"


@pytest.mark.parametrize(("status", "error"), [(410, "place_lost"), (401, "ticket_refused")])
async def test_a_place_that_is_gone_within_its_grace_is_an_error(status, error):
    summary = await visit(Room(scenes=[hang_up(4410)], tickets=[web.Response(status=status)]))
    assert (summary.lapsed, summary.errors) == (1, {error: 1})


async def test_an_outcome_may_come_by_asking():
    state = {**scripted_room.STATE, "state": "refused", "position": None, "reason": "no_record"}
    summary = await visit(Room(scenes=[hang_up(4410)], tickets=[web.json_response(state)]))
    assert (summary.refused, summary.errors) == ({"no_record": 1}, {})


async def test_a_passport_that_is_no_pdf_is_an_error():
    summary = await visit(Room(passport=b"<html>"))
    assert (summary.issued, summary.errors) == (1, {"passport_is_no_pdf": 1})


@pytest.mark.parametrize("text", ["{", "[]", "null"])
async def test_what_is_no_json_object_is_an_error(text):
    async def babble(room: Room, live: web.WebSocketResponse) -> None:
        await live.send_str(text)
        await issue(room, live)

    assert (await visit(Room(scenes=[babble]))).errors == {"bad_frame": 1}


@pytest.mark.parametrize(
    ("deed", "heard"),
    [
        ("leave", ['{"type": "leave"}', "closed 4410"]),
        ("delete", ["DELETE ticket=t", "closed 1006"]),
        ("close", ["closed 1001"]),
    ],
)
async def test_each_way_of_leaving_is_taken_as_planned(deed, heard):
    async def stand_until_left(room: Room, live: web.WebSocketResponse) -> None:
        await live.send_str(scripted_room.state())
        if deed == "delete":
            await room.left.wait()
            await live.close(code=4410)
            room.heard.append(f"closed {live.close_code}")
        else:
            await room.hear(live)

    room = Room(scenes=[stand_until_left])
    summary = await visit(room, arrivals.Step(0.0, deed))
    assert room.heard[0] == heard[0]
    assert (summary.left, summary.gone_silent) == ((0, 1) if deed == "close" else (1, 0))
    person = summary.people[0]
    assert (person["how_left"], person["called_at_us"]) == (deed, None)
    assert person["joined_at_us"] <= person["leaving_at_us"] <= person["left_at_us"]


async def test_somebody_drops_at_the_door_and_returns_to_the_outcome():
    async def call(room: Room, live: web.WebSocketResponse) -> None:
        await live.send_str(json.dumps({"type": "called", "called_at_us": 2_000}))
        await room.hear(live)

    async def remember(room: Room, live: web.WebSocketResponse) -> None:
        await live.send_str(json.dumps(scripted_room.ISSUED))
        await room.hear(live)

    room = Room(scenes=[call, remember])
    summary = await visit(room, arrivals.Step(arrivals.AT_THE_DOOR, "drop", away=0.0))
    assert (summary.issued, summary.dropped, summary.errors, summary.troubles) == (1, 1, {}, {})
    assert room.heard[0] == "closed 1006"


async def test_a_crowd_that_is_stopped_gives_its_places_back():
    room = Room(scenes=[stand])
    async with scripted_room.opened(room):
        stop = asyncio.Event()
        running = asyncio.create_task(crowd.run(visiting(room), stop))
        await room.held.wait()
        stop.set()
        summary = await running
    assert "DELETE ticket=t" in room.heard
    assert (summary.still_waiting, summary.errors) == (1, {})


async def test_a_place_whose_number_never_arrived_is_given_back_too():
    room = Room(joins=[None])
    async with scripted_room.opened(room):
        stop = asyncio.Event()
        running = asyncio.create_task(crowd.run(visiting(room), stop))
        await room.asked.wait()
        stop.set()
        await running
    assert len(set(room.keys)) == 1
    assert room.heard == ["DELETE ticket=t"]


async def test_a_crowd_whose_time_is_over_says_so():
    room = Room(scenes=[stand])
    async with scripted_room.opened(room):
        summary = await crowd.run(visiting(room, timeout_s=0.3))
    assert (summary.still_waiting, summary.errors) == (1, {"timed_out": 1})
    assert "DELETE ticket=t" in room.heard


async def test_nobody_at_the_address_is_a_sentence():
    with pytest.raises(crowd.NoSuchRoom, match="Nobody answers at"):
        await crowd.run(crowd.Plan("http://127.0.0.1:1", "passport", (), lambda _number: CLAIMS))


def test_more_sockets_than_the_process_may_open_are_refused_before_anybody_comes():
    with pytest.raises(crowd.TooManySockets, match="start several crowds"):
        crowd.allow_sockets(1_000_000_000)


@pytest.fixture(scope="module")
def vestibule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stack.Stack]:
    with stack.running(options.Options(directory=tmp_path_factory.mktemp("crowd"))) as running:
        yield running


def citizens(vestibule: stack.Stack, folder: Path, *arguments: str) -> list[dict[str, object]]:
    out = folder / "people.jsonl"
    vestibule.manage("crowd", "--url", vestibule.address(), "--people-out", str(out), *arguments)
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_a_crowd_queues_leaves_returns_and_is_served_in_order(vestibule: stack.Stack, tmp_path: Path):
    printed = vestibule.manage(
        "crowd", "--url", vestibule.address(), "--size", "80", "--drop", "0.2", "--timeout", "100", "--json"
    )
    figures = json.loads(printed.splitlines()[-1])

    assert (figures["joined"], figures["wrong_order"], figures["errors"]) == (80, 0, {})
    assert figures["issued"] > 0
    assert figures["still_waiting"] == 0
    ended = figures["issued"] + sum(figures["refused"].values()) + figures["left"] + figures["gone_silent"]
    assert ended == 80


def test_people_are_written_down_by_number_and_never_by_name(vestibule: stack.Stack, tmp_path: Path):
    lines = citizens(vestibule, tmp_path, "--size", "10", "--leave", "0", "--seed", "2")
    text = (tmp_path / "people.jsonl").read_text()

    visits = arrivals.plan(10, 50, leave=0, drop=0.1, seed=2, population=people.COUNT)
    assert [line["person"] for line in lines] == [visit.number for visit in visits]
    for person in map(people.person, (visit.number for visit in visits)):
        assert person.family_name not in text
        assert person.document_number not in text

"""The edge as it ships, in front of a real web process and of one that tells what it was asked."""

import contextlib
import functools
import gzip
import http.client
import json
import socket
import ssl
import sys

import brotli
import pytest
import redis
from websockets.sync import client as websockets

from deploy import make_secrets
from project import headers, limits
from project.local import ports
from queueing import logos, publications, settings, store, vouching
from queueing.pages import logo as pages_logo
from queueing.pages import press
from tests.contracts import edges, mirrors

ASSETS = press.press(press.FRONTEND)[0]
STYLE = ASSETS["site.css"]
PAGES = (
    *("/", "/rooms/passport", "/rooms/passport/", "/rooms/nobody-knows-it", "/room.html", "/404.html"),
    *(ASSETS[name].path for name in ("site.css", "room.js", "favicon.svg")),
    *("/static/site.css", "/static/room.000000000000.js", "/static/js/room.js"),
    *("/nothing", "/rooms/UPPER", "/rooms/a/b", f"/rooms/{'a' * 41}", "/static/nothing.js", "/static", "/static/"),
    *("/package.json", "/jsconfig.json", "/nginx.conf", "/metrics", "/admin/", "/.env"),
)
HSTS = {"Strict-Transport-Security": "max-age=31536000"}
DETAILS = {
    "given_names": "Ieva Dzidra",
    "family_name": "Ozoliņa",
    "date_of_birth": "1969-03-12",
    "document_number": "XX7720646",
}
LOGO = logos.to_uri(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>')
PATIENCE_S = 30
several_addresses = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deployment") / "secrets"
    make_secrets.make(folder, ports.HOST)
    return folder


@pytest.fixture(scope="module")
def start_edge(guard, nginx, secrets, tmp_path_factory):
    with contextlib.ExitStack() as stack:

        def start(web, changes=None):
            folder = tmp_path_factory.mktemp("edge")
            return stack.enter_context(edges.running_edge(guard, nginx, folder, secrets, web, changes))

        yield start


@pytest.fixture(scope="module")
def web(guard, valkey, secrets, tmp_path_factory):
    with edges.running_web(guard, valkey.url(), secrets, tmp_path_factory.mktemp("web")) as address:
        yield address


@pytest.fixture(scope="module")
def edge(start_edge, web):
    """In front of a real web process; tests leave it as it is."""
    return start_edge(web)


@pytest.fixture(scope="module")
def mirror():
    with mirrors.running_mirror() as address:
        yield address


@pytest.fixture(scope="module")
def mirrored(start_edge, mirror):
    return start_edge(mirror)


@pytest.fixture(scope="module")
def lonely(start_edge):
    """In front of nobody."""
    return start_edge(f"http://{ports.HOST}:{ports.free()}")


def test_nginx_accepts_its_configuration(edge):
    said = edge.check()
    complaints = [line for line in said.splitlines() if "[" in line and "exceed open file resource limit" not in line]
    assert "test is successful" in said
    assert complaints == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_come_as_from_the_web_tier(edge, web, path):
    status, sent, body = edges.ask(edge, path)
    web_status, web_sent, web_body = edges.ask_web(web, path)
    assert (status, body) == (web_status, web_body)
    assert sent.get_content_type() == web_sent.get_content_type()
    for name in (*headers.HEADERS, "Cache-Control"):
        assert sent.get_all(name) == web_sent.get_all(name), name


@pytest.mark.parametrize(
    "path", ["/../package.json", "/static/../package.json", "/%2e%2e/x", "/static/%2e%2e/404.html"]
)
def test_no_path_leads_out_of_the_pages(edge, path):
    assert edges.ask(edge, path)[0] in {400, 404}


def test_head_of_a_page_comes_without_its_body(edge):
    status, sent, body = edges.ask(edge, STYLE.path, "HEAD")
    assert (status, body) == (200, b"")
    assert int(sent["Content-Length"]) > 1_000


def test_nothing_can_be_sent_to_a_page(edge):
    assert edges.ask(edge, "/", "POST", b"x=1")[0] == 405
    assert edges.ask(edge, STYLE.path, "DELETE")[0] == 404


def test_everything_nginx_answers_has_the_headers_of_the_web_tier(edge, lonely):
    asked = [(edge, "/nothing", {}), (edge, STYLE.path, {}), (edge, "/trouble.html", {})]
    asked += [(lonely, "/api/rooms", {}), (lonely, "/api/rooms", {"Accept": "text/html"})]
    asked += [(edge, "/api/rooms/passport/tickets", {"method": "POST", "body": bytes(limits.MAX_BODY_BYTES + 1)})]
    for place, path, how in asked:
        sent = edges.ask(place, path, **how)[1]
        for name, value in (headers.HEADERS | HSTS).items():
            assert sent.get_all(name) == [value], (path, name)


def test_answers_of_web_keep_their_own_headers_and_get_no_second_ones(edge):
    _status, sent, _body = edges.ask(edge, "/api/rooms")
    for name, value in (headers.HEADERS | HSTS).items():
        assert sent.get_all(name) == [value], name


def test_plain_http_is_sent_to_https(edge):
    with contextlib.closing(http.client.HTTPConnection(ports.HOST, edge.http_port)) as connection:
        connection.request("GET", "/rooms/passport?from=poster", headers={"Host": "passport.example"})
        answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, "https://passport.example/rooms/passport?from=poster")


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_tls_is_of_today_and_brings_http_2(edge, version):
    context = edges.trusting()
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection((ports.HOST, edge.https_port)) as plain, context.wrap_socket(plain) as wrapped:
        assert wrapped.selected_alpn_protocol() == "h2"


def test_nothing_before_tls_1_2_is_offered():
    lines = (edges.RULES / "tls.conf").read_text().splitlines()
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in lines
    assert "ssl_session_tickets off;" in lines


def test_body_of_the_largest_size_reaches_web_and_a_larger_one_is_refused_in_its_words(mirrored):
    path = "/api/rooms/passport/tickets"
    status, _sent, body = edges.ask(mirrored, path, "POST", bytes(limits.MAX_BODY_BYTES))
    assert (status, json.loads(body)["body"]) == (200, limits.MAX_BODY_BYTES)
    for too_large in (bytes(limits.MAX_BODY_BYTES + 1), iter([bytes(10_000)] * 2)):
        status, sent, body = edges.ask(mirrored, path, "POST", too_large)
        assert (status, sent.get_content_type()) == (413, "application/problem+json")
        assert json.loads(body) == json.loads(limits.TOO_LARGE)


def test_neither_bodies_nor_answers_are_written_to_files(start_edge, mirror):
    edge = start_edge(mirror)
    edges.without_temporary_folders(edge)
    in_the_smallest_chunks = (b"x" for _ in range(limits.MAX_BODY_BYTES))
    status, _sent, body = edges.ask(edge, "/api/rooms/passport/tickets", "POST", in_the_smallest_chunks)
    assert (status, json.loads(body)["body"]) == (200, limits.MAX_BODY_BYTES)
    assert len(edges.ask(edge, "/api/large")[2]) == 8_000_000


def test_tickets_of_several_rooms_fit_through(mirrored):
    status, sent, _body = edges.ask(mirrored, "/api/cookies")
    assert (status, [len(cookie) for cookie in sent.get_all("Set-Cookie")]) == (200, [3_912] * 2)
    cookies = "; ".join(f"vestibule-{room}={'x' * 3_500}" for room in "abcd")
    assert json.loads(edges.ask(mirrored, "/api/rooms", Cookie=cookies)[2])["headers"]["Cookie"] == cookies


@several_addresses
def test_web_is_told_the_address_that_the_edge_saw_and_not_what_the_client_claims(mirrored):
    claims = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "http"}
    asked = json.loads(edges.ask(mirrored, "/api/rooms?a=b", source="127.0.0.7", Host="passport.example", **claims)[2])
    assert asked["path"] == "/api/rooms?a=b"
    told = asked["headers"]
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == ("127.0.0.7", "https")
    assert told["Host"] == "passport.example"


@pytest.mark.parametrize("path", [STYLE.path, ASSETS["trouble.js"].path])
def test_parts_of_pages_are_there_while_web_is_not(lonely, path):
    assert edges.ask(lonely, path)[0] == 200


@pytest.mark.parametrize(
    ("accepted", "chosen", "language"),
    [
        ("", "", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "", "de"),
        ("ar", "", "ar"),
        ("xx-XX,xx;q=0.9,el-GR;q=0.8,el;q=0.7,en;q=0.6", "", "el"),
        ("xx,yy;q=0.9, pl;q=0.8", "", "pl"),
        ("xx,yy", "", "en"),
        ("de", "fr", "fr"),
        ("de", "../404.fr", "de"),
    ],
)
def test_person_is_told_in_their_language(edge, web, lonely, accepted, chosen, language):
    sent = {"Accept_Language": accepted, "Cookie": f"language={chosen}", "Accept": "text/html"}
    expected = press.press(press.FRONTEND)[1]
    missing = edges.ask(edge, "/nothing", **sent)
    assert (missing[0], missing[2]) == (404, expected[f"404.{language}.html"])
    assert edges.ask_web(web, "/nothing", **sent)[2] == missing[2]
    trouble = edges.ask(lonely, "/rooms/passport", **sent)
    assert (trouble[0], trouble[2]) == (503, expected[f"trouble.{language}.html"])


def test_program_is_told_as_a_problem_that_web_does_not_answer(lonely):
    status, sent, body = edges.ask(lonely, "/api/rooms", Accept="*/*")
    assert (status, sent.get_content_type()) == (503, "application/problem+json")
    assert (sent["Retry-After"], sent["Cache-Control"]) == ("3", "no-store")
    assert (json.loads(body)["status"], json.loads(body)["retry_after_s"]) == (503, 3)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/rooms/passport"),
        ("POST", "/api/rooms/passport/tickets"),
        ("GET", "/api/rooms/passport/passport"),
    ],
)
def test_person_is_told_in_a_page_that_web_does_not_answer(lonely, method, path):
    body = b"given_names=Anna" if method == "POST" else None
    status, sent, body = edges.ask(lonely, path, method, body, Accept="text/html,*/*;q=0.8")
    assert (status, sent.get_content_type(), sent["Cache-Control"]) == (503, "text/html", "no-store")
    assert body == edges.ask(lonely, "/trouble.html")[2]
    assert ASSETS["trouble.js"].path in body.decode()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_troubles_that_web_tells_of_itself_pass_unchanged(mirrored, status):
    got, _sent, body = edges.ask(mirrored, f"/api/answer-{status}", Accept="text/html")
    assert (got, json.loads(body)["path"]) == (status, f"/api/answer-{status}")


def test_health_of_web_is_seen_through_the_edge_and_its_metrics_are_not(edge):
    assert edges.ask(edge, "/healthz")[::2] == (200, b"alive\n")
    assert edges.ask(edge, "/readyz")[::2] == (200, b"ready\n")
    assert edges.ask(edge, "/metrics")[0] == 404


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("br", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
@pytest.mark.parametrize("name", ["site.css", "room.js", "favicon.svg"])
def test_parts_of_pages_travel_well_packed_and_are_kept_for_a_year(edge, web, name, accepted, encoding, unpack):
    asset = ASSETS[name]
    for _status, sent, body in (
        edges.ask(edge, asset.path, Accept_Encoding=accepted),
        edges.ask_web(web, asset.path, Accept_Encoding=accepted),
    ):
        assert unpack(body) == asset.content
        assert (sent["Content-Encoding"], sent.get_all("Vary")) == (encoding, ["Accept-Encoding"])
        assert sent.get_all("Cache-Control") == ["public, max-age=31536000, immutable"]
        assert sent["Content-Type"] == f"{asset.media_type}; charset=utf-8"


@pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=0-4"])
def test_part_of_a_page_comes_whole_whatever_range_is_asked(edge, asked):
    status, sent, body = edges.ask(edge, STYLE.path, Accept_Encoding="br", Range=asked)
    assert (status, sent["Content-Encoding"], brotli.decompress(body)) == (200, "br", STYLE.content)


def test_what_is_kept_already_is_not_sent_again(edge):
    tag = edges.ask(edge, STYLE.path)[1]["ETag"]
    assert edges.ask(edge, STYLE.path, If_None_Match=tag)[::2] == (304, b"")


def test_part_of_another_release_comes_from_web(mirrored):
    """Which releases web knows is its own business."""
    status, _sent, body = edges.ask(mirrored, "/static/room.0123456789ab.js")
    assert (status, json.loads(body)["path"]) == (200, "/static/room.0123456789ab.js")


def test_part_of_no_release_is_missing_and_that_is_kept_by_nobody(edge):
    for path in ("/static/room.0123456789ab.js", "/static/room.js", "/static/br/room.js"):
        status, sent, _body = edges.ask(edge, path)
        assert (status, sent["Cache-Control"]) == (404, "no-store")


def test_what_web_answers_is_not_compressed(edge):
    """Compressed secrets beside what others choose can be guessed from their length (BREACH)."""
    assert edges.ask(edge, "/api/rooms", Accept_Encoding="gzip")[1]["Content-Encoding"] is None


def test_newcomers_share_a_page_for_a_moment_and_whoever_has_a_ticket_does_not(mirrored):
    def asked(path="/rooms/newcomers", **sent):
        return json.loads(edges.ask(mirrored, path, **sent)[2])["number"]

    first = asked()
    assert asked() == first
    others = [asked(Accept_Language="de"), asked("/rooms/newcomers?language=de"), asked("/rooms/others")]
    others += [asked(Cookie="vestibule-newcomers=1"), asked(Cookie="a=b; __Host-vestibule-newcomers=1")]
    assert len({first, *others}) == len(others) + 1
    assert "X-Accel-Expires" not in edges.ask(mirrored, "/rooms/newcomers")[1]


def test_form_sent_too_often_is_answered_with_a_page(start_edge, mirror):
    send = functools.partial(
        edges.ask, start_edge(mirror, {"rate=200r/s": "rate=1r/m", "burst=4000 nodelay": "burst=1 nodelay"})
    )
    answers = [send("/rooms/passport", "POST", b"step=join", Accept="text/html") for _ in range(3)]
    assert [status for status, _sent, _body in answers] == [200, 200, 429]
    assert answers[2][1].get_content_type() == "text/html"
    assert {send("/rooms/passport")[0] for _ in range(5)} == {200}


@pytest.fixture
def publish(valkey, secrets):
    with redis.Redis.from_url(valkey.url()) as client:
        client.flushall()
        key = vouching.signing_key((secrets / "tier_signing_key").read_text().strip())

        def publish(slug):
            publications.publish(store.Store(client), key, settings.RoomSettings(slug=slug, logo=LOGO), hold=False)
            client.set(f"{{{slug}}}:pulse", "")

        yield publish


@pytest.fixture
def room(publish):
    publish("passport")


@pytest.mark.parametrize(
    ("rooms", "path", "status"),
    [
        (("passport", "visa"), "/", 200),
        (("passport",), "/rooms/passport", 200),
        (("passport",), "/rooms/nobody-knows-it", 404),
        ((), "/rooms/passport", 503),
    ],
)
def test_edge_keeps_whatever_page_a_newcomer_may_get(start_edge, web, publish, rooms, path, status):
    """It asks for one at a time: those that it may not keep would come to a crowd one after the other."""
    for slug in rooms:
        publish(slug)
    edge = start_edge(web)
    # Web looks at its rooms once a second.
    assert any(edges.ask_web(web, path)[0] == status for _ in range(10_000))
    assert {edges.ask(edge, path)[0] for _ in range(5)} == {status}
    edges.ask(edge, "/static/mark")
    before = edge.log(until="/static/mark")
    assert " web=- " in before
    assert {edges.ask(edge, path, Cookie="vestibule-passport=1")[0] for _ in range(5)} == {status}
    edges.ask(edge, "/static/end")
    assert " web=- " not in edge.log(until="/static/end").removeprefix(before)


def test_browser_joins_and_hears_of_its_place_on_a_websocket_through_the_edge(edge, room):
    origin = {"Origin": f"https://{ports.HOST}"}
    body = json.dumps(DETAILS).encode()
    status, sent, _body = edges.ask(
        edge, "/api/rooms/passport/tickets", "POST", body, Content_Type="application/json", **origin
    )
    cookie = sent["Set-Cookie"].partition(";")[0]
    assert (status, cookie.partition("=")[0]) == (201, "__Host-vestibule-passport")
    address = f"wss://{ports.HOST}:{edge.https_port}/ws/rooms/passport"
    opened = websockets.connect(
        address,
        ssl=edges.trusting(),
        origin=origin["Origin"],
        additional_headers={"Cookie": cookie},
        compression=None,
        open_timeout=PATIENCE_S,
    )
    with opened as browser:
        frame = json.loads(browser.recv(timeout=PATIENCE_S))
    assert (frame["type"], frame["state"], frame["position"]) == ("state", "waiting", 1)


def test_logo_of_a_room_comes_through_under_its_own_policy(edge, room):
    logo = logos.read(LOGO)
    status, sent, body = edges.ask(edge, f"/rooms/passport/{logo.file_name}")
    assert (status, sent.get_content_type(), body) == (200, "image/svg+xml", logo.content)
    assert sent.get_all("Content-Security-Policy") == [pages_logo.POLICY]
    assert sent.get_all("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert sent.get_all("X-Content-Type-Options") == ["nosniff"]
    edge.log(until=f"/rooms/passport/{logo.file_name} 200 ")


def test_joins_beyond_the_limit_are_refused_politely_and_those_who_wait_never_are(start_edge, mirror):
    tight = {"rate=200r/s": "rate=1r/m", "burst=4000 nodelay": "burst=1 nodelay"}
    join = functools.partial(edges.ask, start_edge(mirror, tight))
    answers = [join("/api/rooms/passport/tickets", "POST", b"{}") for _ in range(3)]
    assert [status for status, _sent, _body in answers] == [200, 200, 429]
    assert answers[2][1].get_content_type() == "application/problem+json"
    assert int(answers[2][1]["Retry-After"]) == json.loads(answers[2][2])["retry_after_s"]
    waiting = ("/api/rooms/passport/ticket", "/api/rooms/passport", "/ws/rooms/passport", "/")
    assert {join(path)[0] for path in waiting for _ in range(5)} == {200}


def test_the_edge_limits_later_than_web_does():
    rules = "\n".join(path.read_text() for path in edges.RULES.glob("*.conf"))
    assert rules.count("limit_req zone=joins burst=4000 nodelay;") == rules.count("limit_req zone=") == 2
    assert "limit_conn" not in rules
    per_minute = int(rules.partition("rate=")[2].partition("r/s")[0]) * 60
    assert per_minute > 6_000


@several_addresses
def test_no_log_has_an_address_a_query_a_cookie_or_what_people_paste(edge, lonely):
    secret = {"Cookie": "vestibule-passport=canary-cookie", "Referer": "https://canary.example/"}
    paths = ("/?canary-query", "/canary-path", "/rooms/canary@example.org", "/api/rooms/passport/ticket?canary-query")
    for place in (edge, lonely):
        for path in paths:
            edges.ask(place, path, source="127.0.0.9", User_Agent="canary-agent", **secret)
        edges.ask(place, "/api/rooms/passport/tickets", "POST", b"canary-body", source="127.0.0.9")
        edges.ask(place, "/api/rooms/passport/tickets", "POST", bytes(20_000), source="127.0.0.9")
        log = place.log()
        assert "/api/rooms/passport/ticket 401 " in log or "/api/rooms/passport/ticket 503 " in log
        for file in place.folder.glob("*.log"):
            assert "canary" not in file.read_text()
            assert "127.0.0.9" not in file.read_text()

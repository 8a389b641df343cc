# SPDX-License-Identifier: MIT
"""The proxy before a store that remembers what it was asked, before Kafka, and before a database."""

import http.client
import http.server
import threading
import time

import pymysql
import pytest

from tests.harness.waiting import WaitFor
from tests.servers import KafkaServer
from tests.servers.fault_proxy import FaultProxy, Rule, StreamRule
from tests.servers.faults import Answer, CutReply, Delay, Late, LoseAfter, LoseBefore, Silence, Slice
from tests.servers.wire import HttpWire, KafkaWire


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        self.server.asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(201)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_GET(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b"first,", b"second"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", "12")
        self.end_headers()

    def log_message(self, *_):
        pass


class Store:
    """An HTTP server and the proxy before it."""

    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.asked = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.proxy = FaultProxy(self.server.server_port, HttpWire()).start()

    @property
    def asked(self):
        return self.server.asked

    def Ask(self, verb, path, body=None, connection=None, headers=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=5)
        connection.request(verb, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.headers)

    def Close(self):
        self.proxy.stop()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def store():
    made = Store()
    yield made
    made.Close()


def test_what_no_rule_names_passes_as_it_is(store):
    connection = http.client.HTTPConnection("127.0.0.1", store.proxy.port, timeout=5)
    assert store.Ask("PUT", "/a", b"x" * 300_000, connection)[:2] == (201, b"ok")
    assert store.Ask("GET", "/a", connection=connection)[:2] == (200, b"first,second")
    assert store.Ask("HEAD", "/a", connection=connection)[:2] == (200, b"")
    assert store.Ask("PUT", "/b", b"y", connection, {"Expect": "100-continue"})[:2] == (201, b"ok")
    assert store.asked == [("/a", b"x" * 300_000), ("/b", b"y")]
    assert store.proxy.count("PUT", status=201) == 2


def test_a_request_is_lost_before_its_effect(store):
    rule = store.proxy.add(Rule(LoseBefore(), "PUT", "/a", skip=1))
    assert store.Ask("PUT", "/a", b"1")[0] == 201
    with pytest.raises(OSError):
        store.Ask("PUT", "/a", b"2")
    assert store.Ask("PUT", "/a", b"3")[0] == 201
    assert [body for _, body in store.asked] == [b"1", b"3"] and rule.met == 1


def test_a_reply_is_lost_after_the_effect(store):
    store.proxy.add(Rule(LoseAfter(), "PUT"))
    with pytest.raises(OSError):
        store.Ask("PUT", "/a", b"1")
    assert [body for _, body in store.asked] == [b"1"]


@pytest.mark.parametrize(
    ("fault", "order"),
    [(Late(), [b"retry", b"first", b"other", b"last"]), (Late(before=True), [b"first", b"retry", b"other", b"last"]),
     (Late(by=1), [b"retry", b"other", b"first", b"last"])])
def test_a_request_arrives_late(store, fault, order):
    store.proxy.add(Rule(fault, "PUT", "/a"))
    with pytest.raises(OSError):
        store.Ask("PUT", "/a", b"first")
    assert store.asked == []
    for path, body in (("/a", b"retry"), ("/b", b"other"), ("/b", b"last")):
        assert store.Ask("PUT", path, body)[0] == 201
    assert [body for _, body in store.asked] == order


def test_the_proxy_answers_itself(store):
    store.proxy.add(Rule(Answer(503, (("Retry-After", "2"),)), "PUT"))
    store.proxy.add(Rule(Answer(500, applied=True), "PUT"))
    assert store.Ask("PUT", "/a", b"1")[2]["Retry-After"] == "2"
    assert store.Ask("PUT", "/a", b"2")[0] == 500
    assert [body for _, body in store.asked] == [b"2"]


def test_a_reply_is_cut_delayed_sliced_and_slow(store):
    store.proxy.add(Rule(CutReply(30), "GET", "/cut"))
    with pytest.raises((OSError, http.client.HTTPException)):
        store.Ask("GET", "/cut")
    store.proxy.add(Rule(Slice(1), "PUT", "/sliced"))
    assert store.Ask("PUT", "/sliced", b"0123456789" * 20)[:2] == (201, b"ok")
    assert store.asked[-1] == ("/sliced", b"0123456789" * 20)
    for fault in (Delay(0.2), Slice(50, rate=500)):
        store.proxy.add(Rule(fault, "PUT", "/slow"))
        started = time.monotonic()
        assert store.Ask("PUT", "/slow", b"z")[0] == 201
        assert time.monotonic() - started >= 0.2


def test_a_half_open_connection_says_nothing(store):
    store.proxy.add(Rule(Silence(applied=True), "PUT"))
    connection = http.client.HTTPConnection("127.0.0.1", store.proxy.port, timeout=0.3)
    with pytest.raises(TimeoutError):
        store.Ask("PUT", "/a", b"1", connection)
    assert len(store.asked) == 1


def test_an_idempotent_producer_writes_once_though_replies_are_lost():
    with FaultProxy(wire=KafkaWire()) as proxy, KafkaServer(advertised=proxy.port) as kafka:
        proxy.upstream = kafka.proxied_port
        kafka.create_topic("t")
        lost = proxy.add(Rule(LoseAfter(), "Produce", times=2))
        through = {"bootstrap.servers": f"127.0.0.1:{proxy.port}", "enable.idempotence": True, "log_level": 0}
        kafka.produce("t", [(None, b"%d" % i) for i in range(50)], **through)
        assert lost.met == 2
        assert [record.value() for record in kafka.records("t")] == [b"%d" % i for i in range(50)]


def test_a_database_connection_breaks_in_the_middle_of_an_answer(servers):
    source = servers("mariadb")
    with FaultProxy(source.port) as proxy:
        def Query():
            connection = pymysql.connect(host="127.0.0.1", port=proxy.port, user="root",
                                         password=source.root_password, read_timeout=1)
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT REPEAT('x', 100000)")
                    return len(cursor.fetchone()[0])
            finally:
                connection.close()

        assert Query() == 100_000
        for rule in (StreamRule(after=50_000), StreamRule(after=50_000, silent=True)):
            proxy.add(rule)
            with pytest.raises(pymysql.err.OperationalError):
                Query()
            WaitFor(lambda rule=rule: rule.met == 1, "the rule has been met")
        proxy.add(StreamRule(slice=7))
        assert Query() == 100_000
        proxy.refuse()
        with pytest.raises(pymysql.err.OperationalError):
            Query()
        proxy.refuse(False)
        assert Query() == 100_000

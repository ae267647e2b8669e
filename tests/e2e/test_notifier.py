"""Notifications over WebSockets: who is let in, what comes, and clients that break the rules."""
import json
import socket
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from support import BINARY, DATABASE_URL, Server, cluster_settings, free_port, make_database, postgres, wait_until
from websocket import BYTES, CONTINUATION, PING, TEXT, Refused, WebSocket, mint

SECRET = "e2e-secret-0123456789-0123456789-ab"
FLOW = {"event_created", "enforcement_created", "enforcement_status_changed", "execution_created",
        "execution_status_changed"}


def kinds_of(messages):
    """How often each (channel, entity, state) came."""
    counts = {}
    for one in messages:
        key = (one["notification_type"], one["entity_id"], one["payload"].get("status"))
        counts[key] = counts.get(key, 0) + 1
    return counts


class Notifier(unittest.TestCase):
    """All roles in one process: the WebSocket is on the API's port, and on one of its own."""

    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        settings = {"ATTUNE__NOTIFIER__PORT": str(cls.port), "ATTUNE__SECURITY__JWT_SECRET": SECRET,
                    "ATTUNE__NOTIFIER__MAX_CLIENTS": "20", "ATTUNE__NOTIFIER__MAX_SUBSCRIPTIONS": "5",
                    "ATTUNE__NOTIFIER__QUEUE_LIMIT": "50", "ATTUNE__SERVER__HEADER_TIMEOUT": "2s"}
        cls.server = Server(settings=settings, command=("serve", "--roles", "sensor,executor,worker,api,notifier"))
        cls.addClassCleanup(cls.server.remove)
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()

    def connect(self, *filters, port=None, **how):
        how.setdefault("token", self.server.token)
        client = WebSocket(port or self.port, **how)
        self.addCleanup(client.socket.close)
        self.welcome = client.message()
        for one in filters:
            client.subscribe(one)
        client.settle()
        return client

    def refusal(self, **how):
        with self.assertRaises(Refused) as caught:
            WebSocket(self.port, **how)
        return caught.exception.status, json.loads(caught.exception.body)["error"]

    def ask(self, path):
        """Of the notifier's own port: the status and the body."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, json.loads(problem.read())

    def stats(self):
        return self.ask("/stats")[1]

    # ---- who is let in

    def test_only_access_and_execution_tokens_are_let_in(self):
        self.assertEqual(self.refusal(), (401, "missing_token"))
        self.assertEqual(self.refusal(token="nonsense"), (401, "invalid_or_expired_token"))
        self.assertEqual(self.refusal(token=mint(SECRET, -1)), (401, "invalid_or_expired_token"))
        self.assertEqual(self.refusal(token=mint("another-secret-0123456789")), (401, "invalid_or_expired_token"))
        self.assertEqual(self.refusal(token=mint(SECRET, sub="4711")), (401, "invalid_or_expired_token"))
        self.assertEqual(self.refusal(token=mint(SECRET, sub="me")), (401, "invalid_subject_in_token"))
        for kind in ("refresh", "sensor", "worker"):
            self.assertEqual(self.refusal(token=mint(SECRET, token_type=kind)), (401, f"{kind}_tokens_not_allowed"))
        self.connect(token=mint(SECRET, token_type="execution", login="execution:1", metadata={"execution_id": 1}))

    def test_the_token_may_come_as_a_subprotocol_but_not_as_a_cookie_or_in_the_query(self):
        token = self.server.token
        client = self.connect(token=None, protocols=("attune.v1", f"attune.jwt.{token}"))
        self.assertEqual(client.protocol, "attune.v1")
        self.assertIsNone(self.connect().protocol)
        self.assertEqual(self.refusal(protocols=(f"attune.jwt.{token}",)), (401, "missing_token"))
        self.assertEqual(self.refusal(path=f"/ws?token={token}"), (401, "missing_token"))
        self.assertEqual(self.refusal(fields=(f"Cookie: attune_access_token={token}",)), (401, "missing_token"))

    def test_a_plain_request_is_told_what_is_there(self):
        self.assertEqual(self.ask("/ws")[0], 401)
        with socket.create_connection(("127.0.0.1", self.port), 10) as plain:
            plain.sendall(f"GET /ws HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.server.token}\r\n\r\n".encode())
            self.assertIn(b" 426 ", plain.recv(1000))
        self.assertEqual(self.ask("/health"), (200, {"status": "ok"}))
        self.assertEqual(self.ask("/health/ready")[0], 200)
        doctor = subprocess.run([BINARY, "doctor"], env=self.server.environment(), capture_output=True, text=True,
                                timeout=60, check=False)
        self.assertIn(f"answers at http://127.0.0.1:{self.port}", doctor.stdout)

    # ---- what comes

    def test_a_flow_is_told_hop_by_hop_and_once(self):
        for port in (self.port, self.server.port):  # the api's, too
            client = self.connect("all", "entity_type:execution", port=port)
            self.assertEqual(self.welcome["type"], "welcome")
            self.assertRegex(self.welcome["client_id"], r"^client_\d+$")
            rule = self.server.make_rule(f"core.told_{port}")
            self.addCleanup(self.server.call, "DELETE", f"/api/v1/rules/core.told_{port}")
            told = []
            while not FLOW <= {one["notification_type"] for one in told}:
                message = client.message()
                if message["payload"]["rule_ref"] == rule["ref"]:
                    told.append(message)
            self.assertEqual(set(kinds_of(told).values()), {1})
            by_channel = {one["notification_type"]: one for one in reversed(told)}
            self.assertEqual(by_channel["event_created"]["payload"]["rule"], rule["id"])
            made = by_channel["enforcement_created"]["payload"]
            changed = by_channel["enforcement_status_changed"]["payload"]
            self.assertEqual((made["status"], changed["old_status"], changed["status"]),
                             ("created", "created", "processed"))
            first, last = by_channel["execution_created"], by_channel["execution_status_changed"]
            self.assertEqual(set(first), {"type", "notification_type", "entity_type", "entity_id", "user_id", "payload",
                                          "timestamp"})
            self.assertEqual(first["payload"]["entity_id"], first["entity_id"])
            self.assertEqual(first["payload"]["status"], "scheduled")
            self.assertEqual(last["payload"]["old_status"], "scheduled")

    def test_a_client_gets_what_its_filters_say(self):
        first = self.server.execute("core.noop")
        self.server.wait_for_status(first, {"completed"})
        client = self.connect("notification_type:execution_created", "entity:execution:0", "user:1", "entity_type:event")
        for one in ("entity_type:event", "user:1"):
            client.send({"type": "unsubscribe", "filter": one})
        client.send({"type": "ping"})
        client.settle()
        number = self.server.execute("core.noop")
        self.server.wait_for_status(number, {"completed"})
        second = self.server.execute("core.noop")

        told = [client.message(), client.message()]
        self.assertEqual([(one["notification_type"], one["entity_id"]) for one in told],
                         [("execution_created", number), ("execution_created", second)])
        self.assertEqual(told[0]["user_id"], 1)

        own = self.connect(f"entity:execution:{second}")
        self.server.wait_for_status(second, {"completed"})
        third = self.server.execute("core.sleep", {"seconds": 1})
        own.subscribe(f"entity:execution:{third}")
        while (last := own.message())["payload"]["status"] != "completed" or last["entity_id"] != third:
            self.assertIn(last["entity_id"], (second, third))

    def test_what_is_not_understood_is_an_error_frame_and_no_end(self):
        client = self.connect()
        for text, word in (("{", "JSON"), ("[]", "type"), ('{"type": 1}', "type"), ('{"type": "subscribe"}', "filter"),
                           ('{"type": "subscribe", "filter": "entity:execution"}', "entity_type:<type>"),
                           ('{"type": "subscribe", "filter": "entity:execution:x"}', "an id"),
                           ('{"type": "subscribe", "filter": "entity_type:exection"}', "exection"),
                           ('{"type": "subscribe", "filter": "notification_type:x"}', "event_created"),
                           ('{"type": "unsubscribe", "filter": ""}', "expected"),
                           ("[" * 5000, "deep")):
            client.send(text)
            message = client.message()
            self.assertEqual(message["type"], "error")
            self.assertIn(word, message["message"])
        client.send_frame(BYTES, b"{}")
        self.assertIn("text", client.message()["message"])
        client.settle()

    def test_nobody_sees_what_he_may_not_read(self):
        stranger = self.connect("all", token=mint(SECRET, token_type="execution", login="execution:0",
                                                  metadata={"execution_id": 0}))
        stranger.subscribe("entity_type:event")
        self.assertIn("events:read", stranger.message()["message"])
        stranger.subscribe("user:2")
        self.assertIn("administrator", stranger.message()["message"])
        self.server.wait_for_status(self.server.execute("core.noop"), {"completed"})
        stranger.settle()  # fails when something else comes first
        self.assertEqual(stranger.received, b"")

    # ---- clients that break the rules

    def test_the_rules_of_the_protocol_are_kept(self):
        for what, code, send in (
                ("a frame that is not masked", 1002, lambda c: c.send_frame(TEXT, b"{}", masked=False)),
                ("text that is not UTF-8", 1007, lambda c: c.send_frame(TEXT, b'{"type": "\xff"}')),
                ("a frame of 2^62 bytes", 1009, lambda c: c.send_frame(TEXT, length=2**62)),
                ("a message of 20,000 bytes", 1009, lambda c: c.send_frame(TEXT, b"x" * 20_000)),
                ("an endless message", 1009, self.send_fragments),
                ("a reserved opcode", 1002, lambda c: c.send_frame(3)),
                ("a continuation of nothing", 1002, lambda c: c.send_frame(CONTINUATION, b"x")),
                ("a long ping", 1002, lambda c: c.send_frame(PING, b"x" * 126))):
            with self.subTest(what):
                client = self.connect()
                send(client)
                self.assertEqual(client.end()[0], code)
        wait_until(lambda: self.server.call("GET", "/health").status == 200)

    @staticmethod
    def send_fragments(client):
        client.send_frame(TEXT, b"x", final=False)
        try:
            for _ in range(20_000):
                client.send_frame(CONTINUATION, b"x", final=False)
        except OSError:
            pass  # it was closed meanwhile

    def test_filters_and_clients_are_bounded(self):
        client = self.connect(*(f"entity:execution:{number}" for number in range(5)))
        for number in range(3000):
            client.subscribe(f"entity:execution:{number}")
            if number >= 5:
                self.assertIn("notifier.max_subscriptions", client.message()["message"])
        client.socket.close()
        wait_until(lambda: self.stats()["connected_clients"] == 0, what="the last client's leaving")
        clients = [self.connect("all") for _ in range(20)]
        self.assertEqual(self.stats(), {"connected_clients": 20, "total_subscriptions": 20})
        with self.assertRaises(Refused) as caught:
            WebSocket(self.port, token=self.server.token)
        self.assertEqual(caught.exception.status, 503)
        self.assertIn("notifier.max_clients", caught.exception.body)
        for one in clients:
            one.socket.close()
        wait_until(lambda: self.stats()["connected_clients"] == 0, what="the others' leaving")
        self.connect()

    def test_a_client_that_does_not_read_is_ended(self):
        client = self.connect()
        client.socket.settimeout(1)
        with self.assertRaises(OSError):  # nobody takes it any more, or the end
            for _ in range(200_000):
                client.send("{" * 1000)
        wait_until(lambda: self.stats()["connected_clients"] == 0, 60, what="the slow client's end")

    def test_a_handshake_that_never_ends_is_ended(self):
        with socket.create_connection(("127.0.0.1", self.port), 10) as slow:
            slow.sendall(b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n")
            self.assertIn(b" 408 ", slow.recv(1000))

    def test_a_handshake_that_is_wrong_is_refused(self):
        token = self.server.token
        with socket.create_connection(("127.0.0.1", self.port), 10) as other:
            other.sendall(b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          b"Sec-WebSocket-Version: 7\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                          b"Authorization: Bearer " + token.encode() + b"\r\n\r\n")
            self.assertRegex(other.recv(1000).split(b"\r\n")[0], rb" 4\d\d ")


class Endings(unittest.TestCase):
    def test_a_server_that_stops_says_so(self):
        server = Server()
        self.addCleanup(server.remove)
        self.addCleanup(server.stop)
        server.start()
        client = WebSocket(server.port, token=server.token)
        self.addCleanup(client.socket.close)
        client.message()
        began = time.monotonic()
        server.process.terminate()
        self.assertEqual(client.end(), (1001, "the server stops"))
        self.assertEqual(server.stop(), 0)
        self.assertLess(time.monotonic() - began, 10)


@unittest.skipUnless(DATABASE_URL, "needs a PostgreSQL server: ATTUNE_E2E_DATABASE_URL")
class TwoNotifiers(unittest.TestCase):
    def setUp(self):
        self.url, name = make_database()
        self.addCleanup(postgres, f"drop database if exists {name} with (force)")
        self.api = Server(settings=cluster_settings(self.url))
        self.notifiers = []
        for _ in range(2):
            one = Server(settings=cluster_settings(self.url), command=("notifier",))
            one.settings["ATTUNE__NOTIFIER__PORT"] = str(one.port)
            self.notifiers.append(one)
        for server in (self.api, *self.notifiers):
            self.addCleanup(server.remove)
            self.addCleanup(server.stop)
            server.launch()
            wait_until(server.is_ready, what="readiness")
        self.api.log_in()

    def test_each_client_hears_of_everything_once(self):
        clients = [WebSocket(one.port, token=self.api.token) for one in self.notifiers * 2]
        for client in clients:
            self.addCleanup(client.socket.close)
            client.message()
            client.subscribe("entity_type:execution")
            client.settle()
        numbers = {self.api.execute("core.noop") for _ in range(30)}

        for client in clients:
            told = []
            while {one["entity_id"] for one in told if one["payload"]["status"] == "completed"} != numbers:
                told.append(client.message())
            counts = kinds_of(told)
            self.assertEqual(set(counts.values()), {1})
            self.assertEqual({number for channel, number, _ in counts if channel == "execution_created"}, numbers)
        for one in self.notifiers:
            self.assertEqual(one.call("GET", "/stats").json,
                             {"connected_clients": 2, "total_subscriptions": 2})
            metrics = one.call("GET", "/metrics").text
            for line in ("attune_database_up 1", "attune_notifier_clients 2", "attune_notifier_messages_total "):
                self.assertIn(f"\n{line}", metrics)


if __name__ == "__main__":
    unittest.main()

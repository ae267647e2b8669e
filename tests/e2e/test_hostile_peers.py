"""Clients that are slow, greedy, broken or malicious: each gets a clear answer or is closed within a bound, the server
stays quick for the others, and its memory stays bounded."""
import contextlib
import os
import re
import socket
import time
import unittest

from support import FINAL, PATIENCE, Server, wait_until

MIB = 1024 * 1024
HOST = b"Host: x\r\n"
LOGIN = b"POST /auth/login HTTP/1.1\r\n" + HOST
GET = b"GET /health HTTP/1.1\r\n"
# what it is, the bytes, the statuses that may answer it
REQUESTS = [
    ("a body in two framings", LOGIN + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("two lengths", LOGIN + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{    }", 400),
    ("a signed length", LOGIN + b"Content-Length: +5\r\n\r\n{   }", 400),
    ("a negative length", LOGIN + b"Content-Length: -1\r\n\r\n", 400),
    ("a hexadecimal length", LOGIN + b"Content-Length: 0x5\r\n\r\n", 400),
    ("a length of 23 digits", LOGIN + b"Content-Length: " + b"9" * 23 + b"\r\n\r\n", 400),
    ("an unknown encoding", LOGIN + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    ("two encodings", LOGIN + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ("a blank before the colon", LOGIN + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
    ("a chunk without a size", LOGIN + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400),
    ("a chunk of 2^64 - 1", LOGIN + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx", 413),
    ("a chunk's endless extension", LOGIN + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * 300_000, 400),
    ("no host", GET + b"\r\n", 400),
    ("two hosts", GET + HOST + HOST + b"\r\n", 400),
    ("bare line feeds", b"GET /health HTTP/1.1\nHost: x\n\n", 400),
    ("another version", b"GET /health HTTP/9.9\r\n" + HOST + b"\r\n", 400),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    ("TLS", bytes.fromhex("160301020001") + bytes(600), 400),
    ("noise", bytes(range(128, 256)) * 40, 400),
    ("a header of 200 kB", GET + HOST + b"X: " + b"y" * 200_000 + b"\r\n\r\n", 431),
    ("20,000 fields", GET + HOST + b"X: y\r\n" * 20_000 + b"\r\n", 431),
    ("NUL in the path", b"GET /health\0 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("an encoded NUL", b"GET /api/v1/rules/a%00b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a path that is not UTF-8", b"GET /api/v1/rules/%ff%fe HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a broken escape", b"GET /api/v1/rules/%zz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("a path upwards", b"GET /../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("an unknown method", b"BREW /health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", 405),
    ("TRACE", b"TRACE /health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", 405),
    ("CONNECT", b"CONNECT example.org:443 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", 404),
]
# what it is, the body of a request to run core.echo, the status and a word of its answer
BODIES = [
    ("a raw NUL", b'{"action_ref": "core.echo", "parameters": {"message": "a\0b"}}', 400, "JSON"),
    ("not UTF-8", b'{"action_ref": "core.echo", "parameters": {"message": "\xff"}}', 400, "JSON"),
    ("half a surrogate", b'{"action_ref": "core.echo", "parameters": {"message": "\\ud800"}}', 400, "JSON"),
    ("a number over all bounds", b'{"action_ref": "core.echo", "parameters": {"message": 1e400}}', 400, "number"),
    ("a number of 400 digits", b'{"action_ref": "core.echo", "parameters": {"message": ' + b"9" * 400 + b"}}", 400,
     "number"),
    ("200 objects deep", b'{"a":' * 200 + b"1" + b"}" * 200, 400, "deep"),
    ("100,000 lists deep", b"[" * 100_000, 400, "deep"),
    ("not a number", b'{"action_ref": NaN}', 400, "JSON"),
    ("more after its end", b'{"action_ref": "core.noop"} x', 400, "extra"),
]


class HostilePeers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(settings={"ATTUNE__SERVER__HEADER_TIMEOUT": "1s", "ATTUNE__SERVER__BODY_TIMEOUT": "1s",
                                      "ATTUNE__SERVER__IDLE_TIMEOUT": "1s", "ATTUNE__SERVER__MAX_CONNECTIONS": "600"})
        cls.addClassCleanup(cls.server.remove)
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()

    def setUp(self):
        self.sockets = contextlib.ExitStack()
        self.addCleanup(self.sockets.close)

    def connect(self, data=b"", receive_buffer=None):
        peer = self.sockets.enter_context(socket.socket())
        if receive_buffer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        peer.settimeout(PATIENCE)
        peer.connect(("127.0.0.1", self.server.port))
        peer.sendall(data)
        return peer

    @staticmethod
    def answer(peer):
        """All that comes until the server closes."""
        out = b""
        with contextlib.suppress(ConnectionError):
            while piece := peer.recv(65536):
                out += piece
        return out

    def exchange(self, pieces, pause=0.0):
        """Sends what it can; the status that came (0: closed without a word), and the whole answer."""
        peer = self.connect()
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                peer.sendall(piece)
                time.sleep(pause)
        out = self.answer(peer)
        return (int(out.split(b" ", 2)[1]) if out.startswith(b"HTTP/1.1 ") else 0), out

    def field(self):
        return b"Authorization: Bearer " + self.server.token.encode() + b"\r\n"

    def memory(self):
        """What the server has resident, in MiB."""
        with open(f"/proc/{self.server.process.pid}/statm", encoding="utf-8") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB

    def assert_quick(self):
        started = time.monotonic()
        self.assertEqual(self.server.call("GET", "/api/v1/rules").status, 200)
        self.assertLess(time.monotonic() - started, 2)

    def test_broken_requests_are_refused_and_closed(self):
        for what, request, status in REQUESTS:
            with self.subTest(what):
                got, text = self.exchange([request])

                self.assertEqual(got, status, text[:300])
                self.assertIn(b'"error"', text)
        self.assert_quick()

    def test_broken_bodies_are_refused_with_a_reason(self):
        for what, body, status, word in BODIES:
            with self.subTest(what):
                answer = self.server.call("POST", "/api/v1/executions/execute", raw=body)

                self.assertEqual(answer.status, status, answer)
                self.assertIn(word, answer.text)

    def test_a_nul_in_a_text_becomes_the_replacement_character(self):
        number = self.server.execute("core.echo", {"message": "a\0b"})

        self.assertEqual(self.server.wait_for_status(number, FINAL)["result"]["stdout"], "a\ufffdb")

    def test_bodies_without_measure_are_refused_before_they_are_read(self):
        before = self.memory()
        head = b"POST /api/v1/rules HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        chunks = [b"Transfer-Encoding: chunked\r\n\r\n"] + [b"100000\r\n" + bytes(MIB) + b"\r\n"] * 100
        declared = [b"Content-Length: 104857600\r\n\r\n"] + [bytes(MIB)] * 100
        for what, pieces, status in (("declared", [head, self.field(), *declared], 413),
                                     ("endless", [head, self.field(), *chunks], 413),
                                     ("endless, of a stranger", [head, *chunks], 401),
                                     ("endless, to a path that is none", [b"POST /x HTTP/1.1\r\n", HOST, *chunks], 413),
                                     ("endless login", [LOGIN, *chunks], 413)):
            with self.subTest(what):
                got, text = self.exchange(pieces)

                self.assertIn(got, (status, 0), text[:300])  # the reset may overtake the answer
        self.assertLess(self.memory() - before, 64)
        self.assert_quick()

    def test_slow_requests_are_given_up(self):
        for what, pieces, status in (("nothing at all", [], 0),
                                     ("a slow header", [GET] + [b"X: y\r\n"] * 60, 408),
                                     ("a slow body", [LOGIN, b"Content-Length: 100\r\n\r\n"] + [b"x"] * 60, 408)):
            with self.subTest(what):
                started = time.monotonic()

                got, text = self.exchange(pieces, 0.05)

                self.assertEqual(got, status, text[:300])
                self.assertLess(time.monotonic() - started, 8)

    def test_idle_connections_cost_little_and_end(self):
        before = self.memory()
        peers = [self.connect() for _ in range(500)]

        self.assert_quick()
        self.assertLess(self.memory() - before, 50)
        for peer in peers:
            self.assertEqual(self.answer(peer), b"")

    def test_more_connections_than_allowed_are_told_so(self):
        peers = [self.connect(GET) for _ in range(600)]

        got, text = self.exchange([])

        self.assertEqual(got, 503, text)
        for peer in peers:
            peer.close()
        wait_until(lambda: self.exchange([GET + HOST + b"Connection: close\r\n\r\n"])[0] == 200, what="room again")

    def test_pipelined_requests_are_answered_in_order(self):
        peer = self.connect((GET + HOST + b"\r\n" + b"GET /nothing HTTP/1.1\r\n" + HOST + b"\r\n") * 500 +
                            GET + HOST + b"Connection: close\r\n\r\n")

        statuses = re.findall(rb"HTTP/1\.1 (\d+) ", self.answer(peer))

        self.assertEqual(b" ".join(statuses), b"200 404 " * 500 + b"200")

    def test_a_pipeline_whose_answers_nobody_reads_is_held_back(self):
        before = self.memory()
        peer = self.connect(receive_buffer=4096)
        peer.settimeout(1)
        request = (b"GET /api/v1/rules HTTP/1.1\r\n" + HOST + self.field() + b"\r\n") * 1000
        sent = 0
        with contextlib.suppress(TimeoutError, ConnectionError):
            for _ in range(200):
                peer.sendall(request)
                sent += 1

        self.assertLess(sent, 200, "the server reads on although it cannot answer")
        self.assertLess(self.memory() - before, 50)
        self.assert_quick()

    def test_slow_readers_of_big_answers_and_streams_hold_nobody_up(self):
        number = self.server.execute("core.echo", {"message": "x" * 900_000})
        self.server.wait_for_status(number, FINAL)
        before = self.memory()
        ask = b"GET /api/v1/executions/%d HTTP/1.1\r\n" % number
        for _ in range(50):
            self.connect(ask + HOST + self.field() + b"\r\n", receive_buffer=4096)
            self.connect(b"GET /api/v1/flow/stream HTTP/1.1\r\n" + HOST + self.field() + b"\r\n", receive_buffer=4096)
        last = [self.server.execute("core.null") for _ in range(300)][-1]

        self.assertEqual(self.server.wait_for_status(last, FINAL)["status"], "completed")
        self.assert_quick()
        self.assertLess(self.memory() - before, 150)


if __name__ == "__main__":
    unittest.main()

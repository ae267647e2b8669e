"""Just enough of AMQP 0-9-1 to be a program outside: declares a queue, binds it, reads it; and to stand between a
program and its broker. Standard library only."""
import contextlib
import json
import socket
import struct
import threading
import urllib.parse

METHOD, HEADER, BODY, HEARTBEAT, END = 1, 2, 3, 8, 0xCE


def short(text):
    raw = text.encode()
    return bytes([len(raw)]) + raw


def long(raw):
    return struct.pack(">I", len(raw)) + raw


class Queue:
    """A durable queue on the broker of a URL, bound to an exchange by some routing keys. Close it: it is deleted."""

    def __init__(self, url, name, exchange, keys):
        parts = urllib.parse.urlsplit(url)
        vhost = urllib.parse.unquote(parts.path[1:]) or "/"
        self.name = name
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=10)
        self.input = self.socket.makefile("rb")
        self.socket.sendall(b"AMQP\x00\x00\x09\x01")
        self.expect(10, 10)
        secret = f"\0{urllib.parse.unquote(parts.username)}\0{urllib.parse.unquote(parts.password)}".encode()
        self.call(0, 10, 11, long(b"") + short("PLAIN") + long(secret) + short("en_US"), (10, 30))
        self.send(0, 10, 31, struct.pack(">HIH", 1, 131072, 0))
        self.call(0, 10, 40, short(vhost) + short("") + b"\0", (10, 41))
        self.call(1, 20, 10, short(""), (20, 11))
        self.call(1, 50, 10, b"\0\0" + short(name) + b"\x02" + long(b""), (50, 11))
        for key in keys:
            self.call(1, 50, 20, b"\0\0" + short(name) + short(exchange) + short(key) + b"\0" + long(b""), (50, 21))

    def send(self, channel, class_id, method_id, arguments):
        payload = struct.pack(">HH", class_id, method_id) + arguments
        self.socket.sendall(struct.pack(">BHI", METHOD, channel, len(payload)) + payload + bytes([END]))

    def frame(self):
        kind, _, size = struct.unpack(">BHI", self.input.read(7))
        payload = self.input.read(size)
        assert self.input.read(1) == bytes([END])
        return self.frame() if kind == HEARTBEAT else (kind, payload)

    def expect(self, *wanted):
        kind, payload = self.frame()
        got = struct.unpack(">HH", payload[:4])
        assert kind == METHOD and got == wanted, (kind, got, payload)
        return payload[4:]

    def call(self, channel, class_id, method_id, arguments, answer):
        self.send(channel, class_id, method_id, arguments)
        return self.expect(*answer)

    def get(self):
        """The next message, (routing key, envelope); None when there is none."""
        self.send(1, 60, 70, b"\0\0" + short(self.name) + b"\x01")
        _, payload = self.frame()
        if struct.unpack(">HH", payload[:4]) == (60, 72):
            return None
        rest = payload[4 + 8 + 1:]
        rest = rest[1 + rest[0]:]
        key = rest[1:1 + rest[0]].decode()
        _, header = self.frame()
        size = struct.unpack(">Q", header[4:12])[0]
        body = b""
        while len(body) < size:
            body += self.frame()[1]
        return key, json.loads(body)

    def close(self):
        self.call(1, 50, 40, b"\0\0" + short(self.name) + b"\0", (50, 41))
        self.input.close()
        self.socket.close()


class Proxy:
    """Stands between programs and the broker of a URL. While it is `deaf`, no message reaches the programs; all else
    does, so that they do not notice."""

    DELIVER = struct.pack(">HH", 60, 60)

    def __init__(self, url):
        self.parts = urllib.parse.urlsplit(url)
        self.deaf = False
        self.dropped = 0
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.start(self.accept)

    @property
    def url(self):
        login = self.parts.netloc.rpartition("@")[0]
        return self.parts._replace(netloc=f"{login}@127.0.0.1:{self.listener.getsockname()[1]}").geturl()

    @staticmethod
    def start(what, *arguments):
        threading.Thread(target=what, args=arguments, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                program, _ = self.listener.accept()
                broker = socket.create_connection((self.parts.hostname, self.parts.port), timeout=10)
                broker.settimeout(None)
                self.sockets += [program, broker]
                self.start(self.pass_on, program, broker)
                self.start(self.deliver, broker, program)

    def pass_on(self, program, broker):
        with contextlib.suppress(OSError), program, broker:
            while content := program.recv(65536):
                broker.sendall(content)

    def deliver(self, broker, program):
        dropping = False
        with contextlib.suppress(OSError, struct.error), program, broker.makefile("rb") as frames:
            while True:
                head = frames.read(7)
                kind, _, size = struct.unpack(">BHI", head)
                rest = frames.read(size + 1)
                if kind == METHOD:
                    dropping = self.deaf and rest[:4] == self.DELIVER
                    self.dropped += dropping
                if not dropping or kind == HEARTBEAT:
                    program.sendall(head + rest)

    def close(self):
        for one in [self.listener, *self.sockets]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

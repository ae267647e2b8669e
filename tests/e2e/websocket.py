"""A small WebSocket client (RFC 6455) that can break the rules, and tokens to go with it. Standard library only."""
import base64
import hashlib
import hmac
import json
import os
import socket
import struct
import time

CONTINUATION, TEXT, BYTES, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def mint(secret, lifetime=600, **claims):
    """A token as the server signs them."""
    def encode(raw):
        return base64.urlsafe_b64encode(raw).rstrip(b"=")
    now = int(time.time())
    claims = {"sub": "1", "login": "admin", "iat": now, "exp": now + lifetime, **claims}
    text = encode(b'{"typ":"JWT","alg":"HS256"}') + b"." + encode(json.dumps(claims).encode())
    return (text + b"." + encode(hmac.new(secret.encode(), text, hashlib.sha256).digest())).decode()


class Refused(Exception):
    """The server answered the handshake with something else."""

    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


class WebSocket:
    """Connected after its construction; `protocol` is the subprotocol that the server chose."""

    def __init__(self, port, token=None, protocols=(), path="/ws", fields=(), patience=10.0):
        self.socket = socket.create_connection(("127.0.0.1", port), patience)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", *fields]
        lines += [f"Authorization: Bearer {token}"] if token else []
        lines += ["Sec-WebSocket-Protocol: " + ", ".join(protocols)] if protocols else []
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.received = b""
        while b"\r\n\r\n" not in self.received:
            self.more()
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        status = int(head.split()[1])
        self.head = {name.lower(): value.strip() for name, _, value in
                     (line.partition(":") for line in head.decode().split("\r\n")[1:])}
        if status != 101:
            while len(self.received) < int(self.head.get("content-length", 0)):
                self.more()
            self.socket.close()
            raise Refused(status, self.received.decode())
        proof = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        assert self.head["sec-websocket-accept"] == base64.b64encode(proof).decode()
        self.protocol = self.head.get("sec-websocket-protocol")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def more(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        self.received += chunk

    def take(self, count):
        while len(self.received) < count:
            self.more()
        out, self.received = self.received[:count], self.received[count:]
        return out

    def send_frame(self, kind, payload=b"", final=True, masked=True, length=None):
        """`length` is what the frame claims to hold."""
        length = len(payload) if length is None else length
        mask = 0x80 if masked else 0
        size = bytes([mask | length]) if length < 126 else \
            bytes([mask | 126]) + struct.pack(">H", length) if length < 65536 else \
            bytes([mask | 127]) + struct.pack(">Q", length)
        key = os.urandom(4) if masked else b""
        if masked:
            payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(bytes([(0x80 if final else 0) | kind]) + size + key + payload)

    def send(self, message):
        self.send_frame(TEXT, (message if isinstance(message, str) else json.dumps(message)).encode())

    def subscribe(self, filter_text):
        self.send({"type": "subscribe", "filter": filter_text})

    def frame(self):
        first, second = self.take(2)
        assert not second & 0x80, "a server does not mask"
        length = second & 0x7F
        if length >= 126:
            length = struct.unpack(">H", self.take(2))[0] if length == 126 else struct.unpack(">Q", self.take(8))[0]
        return first & 0x0F, self.take(length)

    def message(self):
        """The next message, as JSON. Pings are answered."""
        while True:
            kind, payload = self.frame()
            if kind == PING:
                self.send_frame(PONG, payload)
            elif kind == CLOSE:
                raise ConnectionError(f"closed: {struct.unpack('>H', payload[:2])[0]} {payload[2:].decode()}")
            elif kind == TEXT:
                return json.loads(payload)

    def settle(self):
        """When the server has taken all that was sent so far."""
        self.send({"type": "settle"})
        while True:
            message = self.message()
            if message["type"] == "error" and "'settle'" in message["message"]:
                return

    def end(self):
        """(code, reason) of the server's close, whatever comes before it; 0 when it gives none."""
        try:
            while True:
                kind, payload = self.frame()
                if kind == CLOSE:
                    return struct.unpack(">H", payload[:2])[0], payload[2:].decode()
        except ConnectionError:
            return 0, ""

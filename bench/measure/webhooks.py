"""What a report to a webhook costs, from the request to its durable event and the answer."""
import hashlib
import hmac
import json
import os
import subprocess
import tempfile

from .line import BUILD, Line, median, numbers_of
from .server import Server

CONNECTIONS = 32
SECONDS = 5
ROUNDS = 5
BODY = json.dumps({"ref": "refs/heads/main", "repository": {"full_name": "octo-org/octo-repo"},
                   "commits": [{"id": "59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5", "message": "Update README.md"}]})


def webhooks():
    """signed reports to a webhook on 32 connections until the event is durable and answered; beside a
    hello-world on the same HTTP stack"""
    with tempfile.NamedTemporaryFile("w+") as request, Server() as server, _hello() as (port, hello):
        hook = _make_hook(server)
        rounds = []
        for _ in range(ROUNDS):
            bare = _load(request, port, "/hello")
            rounds.append((_load(request, server.port, hook), bare))
        hello.kill()
    rate, bare = (median(one[side]["rate"] for one in rounds) for side in (0, 1))
    p99 = median(one[0]["p99_ms"] for one in rounds)
    bad = sum(one[0]["bad"] for one in rounds)
    yield Line("webhooks", "1/s", rate, bare, "at least 0.20 of it", rate >= 0.20 * bare,
               {"rounds": rounds, "not_answered_with_200": bad})
    yield Line("webhook p99", "ms", p99, median(one[1]["p99_ms"] for one in rounds), "at most 10 ms", p99 <= 10)


def _make_hook(server):
    """The path of a webhook that asks for signatures, on a trigger that no rule uses."""
    server.call("POST", "/api/v1/triggers", {"ref": "core.hook", "pack_ref": "core", "label": "Hook"})
    key = server.call("POST", "/api/v1/triggers/core.hook/webhooks/enable").data["webhook_key"]
    server.call("PUT", "/api/v1/triggers/core.hook/webhook", {"provider": "github", "hmac": {"secret": "hush"}})
    return f"/api/v1/hooks/{key}"


class _hello:
    """The bare server, and its port."""

    def __enter__(self):
        self.process = subprocess.Popen([os.path.join(BUILD, "bench/hello_server")], stdout=subprocess.PIPE, text=True)
        return int(self.process.stdout.readline()), self.process

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


_number = 0


def _load(file, port, path):
    """The same request to either server."""
    global _number
    _number += 1
    signature = hmac.new(b"hush", BODY.encode(), hashlib.sha256).hexdigest()
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: GitHub-Hookshot/044aadd",
                        "Content-Type: application/json", "X-GitHub-Event: push",
                        f"X-GitHub-Delivery: {_number}-@@@@@@@@@@@@", f"X-Hub-Signature-256: sha256={signature}",
                        f"Content-Length: {len(BODY)}", "", ""])
    file.seek(0)
    file.truncate()
    file.write(head + BODY)
    file.flush()
    return numbers_of("http_load", port, CONNECTIONS, SECONDS, file.name)

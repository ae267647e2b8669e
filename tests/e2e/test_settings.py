"""Settings that the other tests leave at their defaults: each does what its line in the reference says."""
import base64
import http.client
import io
import json
import socket
import tarfile
import time
import unittest

from support import FINAL, Server, wait_until


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def form(archive):
    """A multipart body with one archive, and its content type."""
    head = b'--b0\r\nContent-Disposition: form-data; name="pack"; filename="p.tar.gz"\r\n\r\n'
    return head + archive + b"\r\n--b0--\r\n", "multipart/form-data; boundary=b0"


def archive_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text))
    return out.getvalue()


class WithSettings(unittest.TestCase):
    settings: dict = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(settings={f"ATTUNE__{name}": value for name, value in cls.settings.items()})
        cls.addClassCleanup(cls.server.remove)
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()


class Limits(WithSettings):
    settings = {"SERVER__BODY_LIMIT_BYTES": "2048", "SERVER__UPLOAD_LIMIT_BYTES": "4096",
                "SERVER__HEADER_LIMIT_BYTES": "2048", "SERVER__HEADER_TIMEOUT": "500ms",
                "SERVER__BODY_TIMEOUT": "500ms", "SERVER__IDLE_TIMEOUT": "500ms",
                "SERVER__PUBLIC_URL": "https://attune.example", "EVENTS__PAYLOAD_LIMIT_BYTES": "1024",
                "WORKER__DEFAULT_TIMEOUT": "1s", "WORKER__OUTPUT_LIMIT_BYTES": "1024",
                "WORKER__MAX_CONCURRENT_TASKS": "2", "SECURITY__ACCESS_TOKEN_TTL": "2h",
                "SECURITY__REFRESH_TOKEN_TTL": "3d", "SECURITY__ALLOW_SELF_REGISTRATION": "true"}

    def test_a_body_may_be_so_long_and_no_longer(self):
        rule = {"ref": "core.long", "label": "x" * 4000}
        self.assertEqual(self.server.call("POST", "/api/v1/rules", rule).status, 413)
        self.assertEqual(self.server.call("POST", "/api/v1/rules", {"ref": "core.long"}).status, 422)

    def test_an_archive_may_be_so_long_and_no_longer(self):
        body, kind = form(b"x" * 5000)
        answer = self.server.call("POST", "/api/v1/packs/upload", raw=body, headers={"Content-Type": kind})
        self.assertEqual(answer.status, 413, answer)
        self.assertEqual(answer.json["field"], "pack")

    def test_a_head_may_be_so_long_and_no_longer(self):
        self.assertEqual(self.server.call("GET", "/health", headers={"X-Long": "x" * 4000}).status, 431)

    def read_until_closed(self, first):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as connection:
            connection.sendall(first)
            started = time.monotonic()
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
            return answer, time.monotonic() - started

    def test_a_head_that_does_not_end_is_refused_in_time(self):
        answer, seconds = self.read_until_closed(b"GET /health HTTP/1.1\r\n")
        self.assertIn(b" 408 ", answer.split(b"\r\n")[0])
        self.assertLess(seconds, 10)

    def test_a_body_that_does_not_come_is_refused_in_time(self):
        answer, seconds = self.read_until_closed(
            b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        self.assertIn(b" 408 ", answer.split(b"\r\n")[0])
        self.assertLess(seconds, 10)

    def test_an_idle_connection_is_closed(self):
        answer, seconds = self.read_until_closed(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertIn(b" 200 ", answer.split(b"\r\n")[0])
        self.assertLess(seconds, 10)

    def test_actions_are_told_the_public_address(self):
        number = self.server.execute("core.local", {"command": "printf %s \"$ATTUNE_API_URL\""})
        self.assertEqual(self.server.wait_for_status(number, FINAL)["result"]["stdout"], "https://attune.example")

    def test_an_action_without_a_timeout_has_the_default(self):
        number = self.server.execute("core.local", {"command": "sleep 60"})
        execution = self.server.wait_for_status(number, FINAL)
        self.assertEqual(execution["status"], "failed")
        self.assertIn("timed out after 1 ", execution["result"]["error"])

    def test_output_beyond_its_limit_is_counted_and_not_kept(self):
        number = self.server.execute("core.local", {"command": "head -c 5000 /dev/zero | tr '\\0' x; exit 1"})
        result = self.server.wait_for_status(number, FINAL)["result"]
        self.assertTrue(result["stdout_truncated"], result)
        log = self.server.call("GET", f"/api/v1/executions/{number}/logs/stdout").text
        self.assertLess(len(log), 1200)

    def test_no_more_actions_run_at_once_than_are_allowed(self):
        for _ in range(5):
            self.server.execute("core.local", {"command": "sleep 0.4"})
        running = wait_until(lambda: self.server.executions("&status=running"), what="running executions")
        self.assertLessEqual(len(running), 2)

    def test_tokens_live_as_long_as_they_are_told(self):
        login = {"login": "admin", "password": "e2e-password-0123"}
        tokens = self.server.call("POST", "/auth/login", login, token=None).data
        self.assertEqual(tokens["expires_in"], 7200)
        refresh = claims(tokens["refresh_token"])
        self.assertEqual(refresh["exp"] - refresh["iat"], 3 * 86400)

    def test_anybody_may_register_where_that_is_allowed_and_has_no_right(self):
        body = {"login": "somebody", "password": "long enough"}
        answer = self.server.call("POST", "/auth/register", body, token=None)
        self.assertEqual(answer.status, 200, answer)
        token = answer.data["access_token"]
        for path in ("/api/v1/rules", "/api/v1/actions", "/api/v1/triggers", "/api/v1/executions", "/api/v1/events",
                     "/api/v1/enforcements", "/api/v1/runtimes", "/api/v1/executions/stats"):
            with self.subTest(path):
                self.assertEqual(self.server.call("GET", path, token=token).status, 403)
        self.assertEqual([one["ref"] for one in self.server.call("GET", "/api/v1/packs", token=token).json["items"]],
                         ["core"])


class Guarded(WithSettings):
    settings = {"SECURITY__LOGIN_ATTEMPTS": "2", "SECURITY__LOGIN_ATTEMPTS_PER_ADDRESS": "4",
                "SECURITY__LOGIN_WINDOW": "1h", "BOOTSTRAP__ADMIN_LOGIN": "admin",
                "SECURITY__JWT_SECRET": "a secret that others have too, of many characters",
                "SERVER__MAX_CONNECTIONS": "2"}

    def test_guessing_is_slowed_down(self):
        def guess(login):
            return self.server.call("POST", "/auth/login", {"login": login, "password": "wrong"}, token=None).status

        self.assertEqual([guess("one"), guess("one"), guess("one")], [401, 401, 429])
        self.assertEqual([guess("two"), guess("three"), guess("four")], [401, 401, 429])

    def test_more_connections_than_allowed_are_refused(self):
        open_ones = [socket.create_connection(("127.0.0.1", self.server.port), timeout=20) for _ in range(2)]
        try:
            def status():
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
                try:
                    connection.request("GET", "/health")
                    return connection.getresponse().status
                except OSError:
                    return None
                finally:
                    connection.close()
            wait_until(lambda: status() == 503, what="a refused connection")
        finally:
            for one in open_ones:
                one.close()


class Retention(WithSettings):
    settings = {"RETENTION__EVENTS": "1s", "RETENTION__ENFORCEMENTS": "1s", "RETENTION__EXECUTIONS": "1s",
                "RETENTION__OUTPUT": "1s", "RETENTION__CHECK_INTERVAL": "1s", "RETENTION__BATCH_SIZE": "3",
                "TIMERS__BATCH": "1", "EVENTS__BATCH": "1"}

    def test_history_goes_when_it_is_old_and_only_what_is_over(self):
        self.server.make_rule("core.history")
        waiting = self.server.execute("core.sleep", {"seconds": 600})
        wait_until(lambda: self.server.executions("&rule_ref=core.history"), what="a first execution")
        self.server.call("POST", "/api/v1/rules/core.history/disable")

        def left(path):
            return self.server.call("GET", f"/api/v1/{path}?rule_ref=core.history").json["items"]

        wait_until(lambda: not left("executions") and not left("enforcements") and not left("events"),
                   what="an empty history")
        self.assertEqual(self.server.execution(waiting)["status"], "running")
        stats = self.server.call("GET", "/api/v1/executions/stats").data
        self.assertEqual((stats["total"], stats["running"]), (1, 1), stats)
        echo = self.server.call("GET", "/api/v1/actions/core.echo/queue-stats").data
        self.assertGreaterEqual(echo["total_completed"], 1)
        self.server.call("POST", f"/api/v1/executions/{waiting}/cancel")


class RetentionOff(WithSettings):
    settings = {"RETENTION__ENABLED": "false", "RETENTION__EXECUTIONS": "1s", "RETENTION__CHECK_INTERVAL": "1s"}

    def test_nothing_goes(self):
        number = self.server.execute("core.noop")
        self.server.wait_for_status(number, FINAL)
        time.sleep(2.5)  # two looks at what is old
        self.assertEqual(self.server.execution(number)["status"], "completed")


if __name__ == "__main__":
    unittest.main()

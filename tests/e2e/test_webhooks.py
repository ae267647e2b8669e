"""Webhooks: what providers really send, and what becomes of it when the server is killed meanwhile."""
import hashlib
import hmac
import http.client
import json
import threading
import time
import unittest
import urllib.parse

from support import Server, ServerTest, wait_until

SECRET = "It's a Secret to Everybody"
# A push as GitHub sends it, shortened: https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
PUSH = {
    "ref": "refs/heads/main", "before": "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
    "after": "59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5", "created": False, "deleted": False, "forced": False,
    "base_ref": None, "compare": "https://github.com/Codertocat/Hello-World/compare/6113728f27ae...59b20b8d5c6f",
    "commits": [{"id": "59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5", "message": "Größe & 100 % \u2713 + more",
                 "author": {"name": "Codertocat", "email": "21031067+Codertocat@users.noreply.github.com"},
                 "added": [], "removed": [], "modified": ["README.md"]}],
    "repository": {"id": 186853002, "node_id": "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=", "name": "Hello-World",
                   "full_name": "Codertocat/Hello-World", "private": False, "pushed_at": 1557933657},
    "pusher": {"name": "Codertocat", "email": "21031067+Codertocat@users.noreply.github.com"},
    "sender": {"login": "Codertocat", "id": 21031067, "type": "User", "site_admin": False},
}
GITHUB = {"Accept": "*/*", "User-Agent": "GitHub-Hookshot/044aadd", "X-GitHub-Event": "push",
          "X-GitHub-Hook-ID": "292430182", "X-GitHub-Hook-Installation-Target-Type": "repository"}


def signed(body):
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


class Github(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        made = cls.server.call("POST", "/api/v1/triggers", {"ref": "core.push", "pack_ref": "core", "label": "Push"})
        assert made.status == 201, made
        enabled = cls.server.call("POST", "/api/v1/triggers/core.push/webhooks/enable")
        assert enabled.status == 200, enabled
        cls.hook = f"/api/v1/hooks/{enabled.data['webhook_key']}"
        set_up = cls.server.call("PUT", "/api/v1/triggers/core.push/webhook",
                                 {"provider": "github", "hmac": {"secret": SECRET}})
        assert set_up.status == 200, set_up
        cls.server.make_rule("core.on_push", trigger_ref="core.push", trigger_params={},
                             action_params={"message": "{{ event.payload.commits.0.message }}"})

    def deliver(self, body, content_type, delivery, **headers):
        return self.server.call("POST", self.hook, raw=body, token=None, headers={
            **GITHUB, "Content-Type": content_type, "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": signed(body), **headers})

    def check_delivery(self, body, content_type, delivery):
        answer = self.deliver(body, content_type, delivery)

        self.assertEqual(answer.status, 200, answer)
        event = self.server.call("GET", f"/api/v1/events/{answer.data['event_id']}").data
        self.assertEqual(event["payload"], PUSH)
        self.assertEqual(event["config"]["kind"], "push")
        self.assertEqual(event["config"]["headers"]["x-github-hook-id"], "292430182")
        self.assertNotIn("x-hub-signature-256", event["config"]["headers"])
        run = wait_until(lambda: self.server.executions("&trigger_ref=core.push&status=completed"), what="a run")[0]
        self.assertEqual(self.server.execution(run["id"])["config"]["message"], "Größe & 100 % \u2713 + more")

    def test_a_push_as_json(self):
        self.check_delivery(json.dumps(PUSH).encode(), "application/json", "72d3162e-cc78-11e3-81ab-4c9367dc0958")

    def test_a_push_as_a_form(self):
        body = urllib.parse.urlencode({"payload": json.dumps(PUSH, ensure_ascii=False)}).encode()
        self.check_delivery(body, "application/x-www-form-urlencoded", "82d3162e-cc78-11e3-81ab-4c9367dc0958")

    def test_a_redelivery_is_the_same_event(self):
        body = json.dumps(PUSH).encode()
        first = self.deliver(body, "application/json", "92d3162e")
        again = self.deliver(body, "application/json", "92d3162e")

        self.assertEqual(again.data, first.data)
        hits = self.server.call("GET", "/api/v1/triggers/core.push/webhook/hits?delivery=92d3162e").json["items"]
        self.assertEqual([hit["verdict"] for hit in hits], ["repeated", "accepted"])

    def test_what_has_no_right_signature_is_no_event(self):
        body = json.dumps(PUSH).encode()
        before = self.server.rows("select count(*) as n from event")
        for wrong in (signed(b"{}"), "sha256=", ""):
            answer = self.deliver(body, "application/json", "x", **{"X-Hub-Signature-256": wrong})
            self.assertEqual(answer.status, 401, answer)
        self.assertEqual(self.server.rows("select count(*) as n from event"), before)

    def test_a_body_beyond_the_limit_is_refused(self):
        body = b'"' + b"x" * (2 * 1024 * 1024) + b'"'
        self.assertEqual(self.deliver(body, "application/json", "big").status, 413)


class Crash(unittest.TestCase):
    """Reports from many connections while the server is killed and started again."""

    CONNECTIONS = 100
    EACH = 10

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)
        self.addCleanup(self.server.stop)
        self.server.start()
        self.server.call("POST", "/api/v1/triggers", {"ref": "core.hook", "pack_ref": "core", "label": "Hook"})
        key = self.server.call("POST", "/api/v1/triggers/core.hook/webhooks/enable").data["webhook_key"]
        self.path = f"/api/v1/hooks/{key}"
        self.server.make_rule("core.on_hook", trigger_ref="core.hook", action_ref="core.null", trigger_params={})
        self.acknowledged = {}
        self.attempts = 0
        self.lock = threading.Lock()

    def report(self, delivery):
        """Reports until it is acknowledged; the event."""
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
            try:
                with self.lock:
                    self.attempts += 1
                connection.request("POST", self.path, json.dumps({"delivery": delivery}),
                                   {"Content-Type": "application/json", "Idempotency-Key": delivery})
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == 200:
                    return json.loads(body)["data"]["event_id"]
                assert answer.status == 503, (answer.status, body)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                pass
            finally:
                connection.close()
            time.sleep(0.05)

    def report_some(self, number):
        for i in range(self.EACH):
            delivery = f"{number}-{i}"
            event = self.report(delivery)
            with self.lock:
                self.acknowledged[delivery] = event

    def wait_for(self, count):
        wait_until(lambda: len(self.acknowledged) >= count, 60, what=f"{count} acknowledged reports")

    def test_exactly_the_acknowledged_reports_are_events_and_each_has_its_run(self):
        total = self.CONNECTIONS * self.EACH
        threads = [threading.Thread(target=self.report_some, args=(n,)) for n in range(self.CONNECTIONS)]
        for thread in threads:
            thread.start()
        for part in (5, 3, 2):
            self.wait_for(total // part if part > 2 else total // 2)
            self.server.kill()
            self.server.start()
        for thread in threads:
            thread.join()

        self.assertEqual(len(self.acknowledged), total)
        self.assertGreater(self.attempts, total, "the server was not away for anybody")
        events = dict(self.server.rows("select delivery, id from event where delivery is not null"))
        self.assertEqual(events, self.acknowledged)
        runs = "select e.id as event, count(x.id) as runs from event e left join enforcement n on n.event = e.id " \
               "left join execution x on x.enforcement = n.id and x.status = 'completed' " \
               "where e.delivery is not null group by e.id"
        wait_until(lambda: set(count for _, count in self.server.rows(runs)) == {1}, 60, what="a run for each event")
        self.assertEqual(len(self.server.rows(runs)), total)


if __name__ == "__main__":
    unittest.main()

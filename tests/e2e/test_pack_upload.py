"""Packs as archives: what a pack is, and what somebody might send instead of one."""
import gzip
import io
import os
import tarfile

from support import FINAL, ServerTest, wait_until

PACK = b"ref: demo\nname: Demo\nversion: 1.0.0\n"
ACTION = b"ref: demo.hello\nlabel: Hello\nrunner_type: shell\nentry_point: hello.sh\n"
RULE = (b"ref: demo.often\nlabel: Often\ntrigger_ref: core.intervaltimer\naction_ref: demo.hello\nenabled: false\n"
        b"trigger_params: {unit: seconds, interval: 60}\n")
ICS = (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20250101\r\n"
       b"RRULE:FREQ=DAILY;COUNT=9000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
GOOD = {"pack.yaml": PACK, "actions/hello.yaml": ACTION, "actions/hello.sh": b"printf hello", "rules/often.yaml": RULE}


def archive_of(files, special=()):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            tar.addfile(entry, io.BytesIO(content))
        for name, kind, target in special:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, target
            tar.addfile(entry)
    return out.getvalue()


def form(parts):
    """The body of a form, and its content type."""
    body = b""
    for name, content in parts.items():
        file = b'; filename="pack.tar.gz"' if name == "pack" else b""
        body += b'--x-1\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + file + b"\r\n\r\n"
        body += content + b"\r\n"
    return body + b"--x-1--\r\n", "multipart/form-data; boundary=x-1"


def bomb(size):
    """Little that unpacks to much."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=9) as tar:
        entry = tarfile.TarInfo("pack.yaml")
        entry.size = size
        tar.addfile(entry, io.BytesIO(bytes(size)))
    return out.getvalue()


class Upload(ServerTest):
    def upload(self, archive, token="own", **fields):
        parts = {"pack": archive, **{name: value.encode() for name, value in fields.items()}}
        body, kind = form({name: value for name, value in parts.items() if value is not None})
        return self.server.call("POST", "/api/v1/packs/upload", raw=body, token=token,
                                headers={"Content-Type": kind})

    def remove(self):
        self.server.call("DELETE", "/api/v1/packs/demo")

    def packs_folder(self):
        return sorted(os.listdir(os.path.join(self.server.data, "packs")))

    def test_a_pack_is_installed_and_its_action_runs(self):
        self.addCleanup(self.remove)

        answer = self.upload(archive_of(GOOD), skip_tests="true")

        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(answer.data["pack"]["ref"], "demo")
        self.assertIs(answer.data["tests_skipped"], True)
        number = self.server.execute("demo.hello")
        self.assertEqual(self.server.wait_for_status(number, FINAL)["result"]["stdout"], "hello")
        self.assertEqual(self.server.call("GET", "/api/v1/rules/demo.often").status, 200)
        self.assertIn("demo", self.packs_folder())

    def test_a_pack_below_one_folder_is_a_pack(self):
        self.addCleanup(self.remove)
        self.assertEqual(self.upload(archive_of({f"demo-1.0/{k}": v for k, v in GOOD.items()})).status, 201)

    def test_it_is_replaced_by_force_alone(self):
        self.addCleanup(self.remove)
        self.assertEqual(self.upload(archive_of(GOOD)).status, 201)
        newer = dict(GOOD, **{"pack.yaml": PACK.replace(b"1.0.0", b"1.1.0")})
        del newer["rules/often.yaml"]

        refused = self.upload(archive_of(newer))
        self.assertEqual(refused.status, 409, refused)
        self.assertEqual(self.server.call("GET", "/api/v1/packs/demo").data["version"], "1.0.0")
        self.assertEqual(self.upload(archive_of(newer), force="true").status, 201)
        self.assertEqual(self.server.call("GET", "/api/v1/packs/demo").data["version"], "1.1.0")
        self.assertEqual(self.server.call("GET", "/api/v1/rules/demo.often").status, 404)

    def test_calendars_come_with_a_pack_and_hold_its_timers(self):
        self.addCleanup(self.remove)
        files = dict(GOOD, **{
            "calendars/closed.yaml": b"ref: demo.closed\nlabel: Closed\nics: calendars/closed.ics\n"
                                     b"definition: {timezone: Europe/Berlin}\n",
            "calendars/closed.ics": ICS,
            "rules/often.yaml": RULE.replace(b"enabled: false", b"enabled: true")
                .replace(b"interval: 60", b"interval: 60, calendars: [demo.closed]")})

        self.assertEqual(self.upload(archive_of(files)).status, 201)

        calendar = self.server.call("GET", "/api/v1/calendars/demo.closed").data
        self.assertEqual((calendar["is_adhoc"], calendar["pack_ref"]), (False, "demo"))
        self.assertEqual(calendar["definition"]["events"][0]["rule"], "FREQ=DAILY;COUNT=9000")
        timer = self.server.call("GET", "/api/v1/timers/demo.often").data
        self.assertGreater(timer["next_fire_at"], "2049-")
        files["calendars/closed.yaml"] = b"ref: demo.closed\ndefinition: {dates: ['2026-13-01']}\n"
        refused = self.upload(archive_of(files), force="true")
        self.assertEqual((refused.status, refused.json["field"]),
                         (422, "calendars/closed.yaml:2: definition.dates[0]"), refused)
        del files["calendars/closed.yaml"]
        refused = self.upload(archive_of(files), force="true")
        self.assertEqual(refused.status, 409, refused)
        self.assertIn("'demo.closed' is in use by rule demo.often", refused.json["error"])
        self.assertEqual(self.server.call("GET", "/api/v1/timers/demo.often").data["next_fire_at"],
                         timer["next_fire_at"])
        files["rules/often.yaml"] = RULE
        self.assertEqual(self.upload(archive_of(files), force="true").status, 201)
        self.assertEqual(self.server.call("GET", "/api/v1/calendars/demo.closed").status, 404)

    def test_what_is_no_pack_is_refused_and_leaves_nothing(self):
        above = os.path.join(self.server.data, "escaped")
        bad = {
            "an empty file": (b"", {422}),
            "no gzip": (b"PK\x03\x04 this is another format", {400}),
            "a damaged gzip": (archive_of(GOOD)[:-20], {400}),
            "gzip of no tar": (gzip.compress(b"hello" * 1000), {400}),
            "an archive without files": (archive_of({}), {400}),
            "no pack.yaml": (archive_of({"readme": b"hello"}), {400, 422}),
            "a pack.yaml that is no YAML": (archive_of({"pack.yaml": b"a: [b"}), {400, 422}),
            "a pack without a version": (archive_of({"pack.yaml": b"ref: demo\n"}), {422}),
            "a ref that leaves its folder": (archive_of({"pack.yaml": b"ref: ../x\nversion: 1.0.0\n"}), {422}),
            "a path that climbs": (archive_of(dict(GOOD, **{"../../escaped": b"x"})), {422}),
            "a path that climbs inside": (archive_of(dict(GOOD, **{"actions/../../../escaped": b"x"})), {422}),
            "an absolute path": (archive_of(dict(GOOD, **{above: b"x"})), {422}),
            "a symbolic link": (archive_of(GOOD, [("actions/link", tarfile.SYMTYPE, "/etc/passwd")]), {422}),
            "a hard link": (archive_of(GOOD, [("actions/link", tarfile.LNKTYPE, "/etc/passwd")]), {422}),
            "a device": (archive_of(GOOD, [("actions/null", tarfile.CHRTYPE, "")]), {422}),
            "a pipe": (archive_of(GOOD, [("actions/pipe", tarfile.FIFOTYPE, "")]), {422}),
            "a bomb": (bomb(200 * 1024 * 1024), {413}),
            "very many files": (archive_of({f"f{i}": b"" for i in range(20000)}), {413}),
            "an action with a broken schema":
                (archive_of(dict(GOOD, **{"actions/hello.yaml": ACTION + b"parameters: {n: {type: nonsense}}\n"})),
                 {422}),
            "a rule with a broken schedule":
                (archive_of(dict(GOOD, **{"rules/often.yaml": RULE.replace(b"interval: 60", b"interval: 0")})), {422}),
        }
        before = self.packs_folder()
        for what, (archive, statuses) in bad.items():
            with self.subTest(what):
                answer = self.upload(archive)

                self.assertIn(answer.status, statuses, answer)
                self.assertTrue(answer.json["error"])
                self.assertEqual(self.server.call("GET", "/api/v1/packs/demo").status, 404)
        self.assertEqual(self.packs_folder(), before)
        self.assertFalse(os.path.exists(above))
        self.assertFalse(os.path.exists(os.path.join(self.server.data, "packs", "escaped")))

    def test_what_is_no_form_is_refused(self):
        kind = {"Content-Type": "multipart/form-data; boundary=x-1"}

        def status(raw, headers):
            return self.server.call("POST", "/api/v1/packs/upload", raw=raw, headers=headers).status

        self.assertEqual(status(b"{}", {"Content-Type": "application/json"}), 415)
        self.assertEqual(status(b"hello", {"Content-Type": "multipart/form-data"}), 400)
        self.assertEqual(status(b"hello", kind), 400)
        self.assertEqual(status(form({"pack": b"abc"})[0][:-20], kind), 400)
        self.assertEqual(status(form({"other": b"abc"})[0], kind), 422)
        self.assertEqual(status(b"", kind), 400)

    def test_nobody_without_the_right_installs(self):
        self.assertEqual(self.upload(archive_of(GOOD), token=None).status, 401)

    def test_a_failed_replacement_keeps_the_old_pack(self):
        self.addCleanup(self.remove)
        self.assertEqual(self.upload(archive_of(GOOD)).status, 201)
        broken = dict(GOOD, **{"rules/often.yaml": RULE.replace(b"interval: 60", b"interval: 0")})

        self.assertEqual(self.upload(archive_of(broken), force="true").status, 422)
        number = self.server.execute("demo.hello")
        self.assertEqual(self.server.wait_for_status(number, FINAL)["result"]["stdout"], "hello")

    def test_two_at_once_make_one(self):
        import threading
        self.addCleanup(self.remove)
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(self.upload(archive_of(GOOD)).status))
                   for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

        self.assertEqual(sorted(answers), [201, 409, 409, 409])
        wait_until(lambda: self.server.call("GET", "/api/v1/actions/demo.hello").status == 200, 5)
        number = self.server.execute("demo.hello")
        self.assertEqual(self.server.wait_for_status(number, FINAL)["result"]["stdout"], "hello")

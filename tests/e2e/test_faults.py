"""AWS fails in every way it can, also in the midst of load: never a wrong credential, never late, never a crash."""
import datetime
import threading
import time
import unittest

from harness import TARGET_ACCOUNT, World, expect, wait_until

SHORT = 1000  # ms for STS where its silence is waited for; everywhere else a loaded machine gets the time it needs
DEADLINE = 30  # seconds; the longest limit of the server is half of it, and a loaded machine is slow
world = None


def use_world(of, **sections):
    global world
    world = World(**sections)
    of.addClassCleanup(world.close)


def seconds_left(body):
    ends = datetime.datetime.strptime(body["Expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    return (ends - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


class OneFault:
    """One fault after the other, each until it is cleared."""

    @classmethod
    def set_up(cls, **sections):
        use_world(cls, **sections)
        cls.tenant = world.tenant()
        cls.app = cls.tenant.ready()
        cls.role = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{cls.tenant.name}-prod"

    def under(self, fault):
        """The fault, only for this role where it can be told so: the base identity's own calls are left alone."""
        if fault.startswith("conn_") and fault != "conn_close":
            for _ in range(3):  # no idle connection to STS may be left that a vend could use
                with world.emulator.failing("conn_close", RoleArn=self.role):
                    self.vend()
            world.emulator.history()  # the control door's connection is open before new ones are refused
            return world.emulator.failing(fault)
        return world.emulator.failing(fault, RoleArn=self.role, **({"DelayMs": 60000} if fault == "drip" else {}))

    def vend(self):
        started = time.monotonic()
        answer = self.app.get("/v1/credentials/prod")
        self.assertLess(time.monotonic() - started, DEADLINE)
        return answer

    def assert_is_ours(self, body):
        """These very keys were issued for this role, and say truly when they end."""
        issued = {h["access_key"]: h for h in world.emulator.history() if h.get("access_key")}
        self.assertEqual(issued[body["AccessKeyId"]]["role"], self.role)
        self.assertEqual((len(body["SecretAccessKey"]), body["Token"]), (40, body["SessionToken"]))
        self.assertTrue(0 < seconds_left(body) <= 3605, body["Expiration"])

    def assert_refused(self, fault, status, code):
        with self.subTest(fault):
            with self.under(fault):
                answer = self.vend()
            self.assertEqual((answer.status, answer.code), (status, code), answer)
            self.assertNotIn(b"SecretAccessKey", answer.body)
            self.assertEqual(answer.json["retryable"], status in (429, 503, 504))
            self.assertIsNone(world.server.process.poll())


class Silence(OneFault, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.set_up(vending={"sts_timeout_ms": SHORT})

    def test_it_ends_at_the_time_limit_and_the_server_recovers(self):
        for fault in ("hang", "conn_stall", "drip"):
            self.assert_refused(fault, 504, "sts_timeout")
        wait_until("a vend", lambda: self.vend().status == 200)


class Faults(OneFault, unittest.TestCase):
    REFUSED = {  # (status, code): faults
        (503, "sts_unavailable"): (
            "reset", "close", "truncate", "truncate_rst", "truncate_head", "truncate_chunked", "conn_reset", "conn_fin", "internal", "unavailable", "bad_gateway",
            "gateway_timeout"),
        (503, "base_credentials_unavailable"): ("expired_token", "expired_token_exception", "invalid_client_token", "errors_wrapper"),
        (429, "sts_throttled"): ("throttling", "throttling_exception", "request_limit", "too_many"),
        (422, "trust_refused"): ("access_denied",),
        (502, "sts_rejected"): (
            "signature_mismatch", "opt_in_required", "validation", "unknown_code", "redirect", "clock_skew_no_date", "clock_skew_age", "two_length", "neg_length",
            "huge_length", "huge", "huge_headers", "many_headers", "bad_status", "gzip", "garbage", "empty", "html", "json", "wrong_root", "outside",
            "missing_token", "missing_key", "missing_secret", "missing_expiration", "empty_token", "bad_expiration", "past_expiration", "far_expiration",
            "unclosed", "dtd_bomb", "xxe", "deep", "duplicate", "crlf_token", "nul_token", "invalid_utf8", "proxy_forbidden", "proxy_login"),
    }
    ANSWERED = ("slow", "chunked", "chunked_trailer", "continue100", "early_hints", "close_after", "conn_close", "http10", "no_content_length", "extra_bytes",
                "wrong_content_type", "no_content_type", "fraction_expiration", "offset_expiration", "prefix", "cdata", "entities", "pretty", "bom",
                "big_token", "extra_elements")

    def test_a_200_that_is_no_credential_is_counted_as_malformed(self):
        def counts():
            return {l.split('"')[1]: float(l.split(" ")[1]) for l in world.server.metrics().splitlines() if l.startswith("hourkey_sts_requests_total")}

        before = counts()
        for fault in ("garbage", "html", "proxy_forbidden"):
            with world.emulator.failing(fault, RoleArn=self.role):
                self.assertIn("egress proxy", self.vend().json["hint"])
        after = counts()
        self.assertEqual({k: after[k] - before[k] for k in after if after[k] != before[k]}, {"malformed": 3})

    @classmethod
    def setUpClass(cls):
        cls.set_up()

    def test_each_failure_has_its_code_in_time_and_the_server_recovers(self):
        for fault, status, code in ((f, *wanted) for wanted, faults in self.REFUSED.items() for f in faults):
            self.assert_refused(fault, status, code)
        self.assert_is_ours(expect(self.vend(), 200).json)

    def test_each_oddity_that_is_still_an_answer_is_taken(self):
        for fault in self.ANSWERED:
            with self.subTest(fault):
                with self.under(fault):
                    answer = self.vend()
                self.assertEqual(answer.status, 200, answer)
                self.assert_is_ours(answer.json)

    def test_a_clock_that_differs_from_awss_is_corrected_in_the_signature(self):
        with self.under("clock_skew"):
            body = expect(self.vend(), 200).json
        self.assertTrue(7000 < seconds_left(body) <= 7205, "AWS's own word on the end, by its clock, an hour ahead")
        self.assert_is_ours(expect(self.vend(), 200).json)

    def test_a_session_that_aws_cut_short_is_reported_with_its_true_end(self):
        with self.under("short_expiration"):
            body = expect(self.vend(), 200).json
            self.assertLessEqual(seconds_left(body), 61)
            unmet = self.app.get("/v1/credentials/prod?min_ttl_seconds=900")
        self.assertEqual((unmet.status, unmet.code), (409, "min_ttl_unmet"))

    def test_a_passing_trouble_is_not_seen_by_the_caller(self):
        for fault in ("reset", "close", "internal", "unavailable", "truncate", "gateway_timeout"):
            with self.subTest(fault), world.emulator.failing(fault, Count=1, RoleArn=self.role):
                self.assert_is_ours(expect(self.vend(), 200).json)

    def test_one_roles_trouble_is_not_anothers(self):
        other = world.tenant().ready()
        with world.emulator.failing("hang", RoleArn=self.role):
            waiting = threading.Thread(target=self.vend)
            waiting.start()
            for _ in range(5):
                expect(other.get("/v1/credentials/prod"), 200)
            self.assertTrue(waiting.is_alive(), "the others waited for it")
            waiting.join()


class UnderLoad(unittest.TestCase):
    """Several clients vend without pause while AWS misbehaves."""

    ALLOWED = {(200, "status 200"), (422, "trust_refused"), (429, "sts_throttled"), (502, "sts_rejected"), (503, "sts_unavailable"), (504, "sts_timeout"),
               (503, "audit_unavailable")}  # a disk that stalls under the load

    @classmethod
    def setUpClass(cls):
        use_world(cls, vending={"sts_timeout_ms": SHORT})

    def setUp(self):
        self.tenant = world.tenant()
        self.app = self.tenant.ready()
        self.role = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{self.tenant.name}-prod"
        self.answers, self.trouble, self.stop = [], [], threading.Event()
        self.issued = {}

    def load(self):
        client = self.app.as_holder_of(self.app.token)
        try:
            while not self.stop.is_set():
                started = time.monotonic()
                answer = client.get("/v1/credentials/prod")
                took = time.monotonic() - started
                if took > DEADLINE:
                    raise AssertionError(f"{answer.status} after {took:.1f} s")
                if (answer.status, answer.code) not in self.ALLOWED:
                    raise AssertionError(repr(answer))
                self.answers.append(answer)
        except BaseException as trouble:  # told by the main thread
            self.trouble.append(trouble)

    def running(self, clients=4):
        threads = [threading.Thread(target=self.load) for _ in range(clients)]
        for thread in threads:
            thread.start()

        def end():
            self.stop.set()
            for thread in threads:
                thread.join()
        self.addCleanup(end)
        return end

    def count(self, status, at_least):
        """Waits until that many more answers of this status have come."""
        before = sum(a.status == status for a in self.answers)

        def seen():
            if self.trouble:
                raise self.trouble[0]
            return sum(a.status == status for a in self.answers) >= before + at_least
        wait_until(f"{at_least} answers of {status}", seen)

    def remember_issued(self):
        for call in world.emulator.history():
            if call.get("access_key"):
                self.issued[call["access_key"]] = call

    def check(self):
        self.assertEqual(self.trouble, [])
        self.remember_issued()
        good = [a.json for a in self.answers if a.status == 200]
        for body in good:
            issued = self.issued[body["AccessKeyId"]]
            self.assertEqual((issued["role"], body["Token"]), (self.role, body["SessionToken"]))
            self.assertNotIn("fault", issued)
        self.assertEqual(len({b["AccessKeyId"] for b in good}), len(good), "no credential was handed out twice")
        self.assertIsNone(world.server.process.poll())
        expect(world.api().get("/readyz"), 200)
        verified = world.server.command("audit", "verify")
        self.assertEqual(verified.returncode, 0, verified.stdout)

    def test_faults_come_and_go(self):
        end = self.running()
        self.count(200, 10)
        for fault, status in (("throttling", 429), ("hang", 504), ("reset", 503), ("garbage", 502), ("empty", 502), ("past_expiration", 502),
                              ("missing_token", 502), ("access_denied", 422)):
            with world.emulator.failing(fault, RoleArn=self.role):
                self.count(status, 3)
            self.count(200, 5)
        end()
        self.check()

    def test_every_third_answer_is_broken(self):
        end = self.running()
        with world.emulator.failing("duplicate", Every=3, RoleArn=self.role):
            self.count(502, 10)
            self.count(200, 10)
        end()
        self.check()

    def test_sts_is_stopped_and_started_again(self):
        end = self.running()
        for _ in range(2):
            self.count(200, 10)
            self.remember_issued()
            # It forgets with its process what it issued last: only what is answered after this is looked up anew.
            self.stop_sts_between_answers()
            self.count(503, 3)
            world.emulator.start()
        self.count(200, 10)
        end()
        self.check()

    def stop_sts_between_answers(self):
        """A hold on the role first, so that what was issued has been remembered when the process ends."""
        world.emulator.control("SetFault", Fault="reset", RoleArn=self.role)
        self.count(503, 1)
        self.remember_issued()
        world.emulator.stop()


if __name__ == "__main__":
    unittest.main()

"""What a change answers, what its record says, and that a change of nothing is none."""
import collections
import threading
import unittest

from harness import TARGET_ACCOUNT, World, expect

world = None


def setUpModule():
    global world
    world = World()
    unittest.addModuleCleanup(world.close)


def together(count, work):
    """Runs work(0) to work(count - 1) at once, each in a thread of its own."""
    failures = []

    def guarded(number):
        try:
            work(number)
        except BaseException as e:  # noqa: BLE001: told below
            failures.append(e)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def role(name):
    return {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/{name}"}


class Answers(unittest.TestCase):
    def setUp(self):
        self.tenant = world.tenant()
        self.admin, self.path = self.tenant.admin, self.tenant.path

    def client(self):
        return world.api(self.admin.token)

    def test_a_put_is_answered_with_its_own_content_whoever_else_puts(self):
        threads, puts = 6, 40
        etags = collections.Counter()

        def put(number):
            client = self.client()
            for turn in range(puts):
                wanted = role(f"r-{number}-{turn}")
                answer = expect(client.put(f"{self.path}/connections/prod", wanted), 200, 201)
                self.assertEqual(answer.json["role_arn"], wanted["role_arn"])
                self.assertEqual(answer.headers["ETag"], f'"{answer.json["revision"]}"')
                etags[answer.headers["ETag"]] += 1

        together(threads, put)
        self.assertEqual(len(etags), threads * puts, "each change has a revision of its own")

    def test_a_done_put_is_never_not_found_whoever_deletes(self):
        self.tenant.app("web")
        expect(self.admin.put(f"{self.path}/connections/prod", role("r")), 201)
        things = ((f"{self.path}/apps/gone", None), (f"{self.path}/connections/gone", role("r")), (f"{self.path}/connections/prod/grants/web", {}))
        seen = set()

        def act(number):
            client = self.client()
            path, body = things[number // 2]
            for _ in range(60):
                if number % 2:
                    expect(client.delete(path), 204, 404)
                else:
                    answer = expect(client.put(path, body), 200, 201)
                    if answer.status == 201:
                        etag = (path, answer.headers["ETag"])
                        self.assertNotIn(etag, seen, "a revision came back")
                        seen.add(etag)

        together(2 * len(things), act)

    def test_an_etag_of_what_was_deleted_fits_nothing_that_comes_after(self):
        self.tenant.app("web")
        for path, body in ((f"{self.path}/connections/prod", role("one")), (f"{self.path}/connections/prod/grants/web", {}), (f"{self.path}/apps/api", {})):
            with self.subTest(path):
                old = expect(self.admin.put(path, body), 201).headers["ETag"]
                expect(self.admin.delete(path), 204)
                self.assertNotEqual(expect(self.admin.put(path, body), 201).headers["ETag"], old)
                self.assertEqual(self.admin.delete(path, **{"If-Match": old}).status, 412)
                self.assertEqual(self.admin.put(path, body, **{"If-Match": old}).status, 412)

    def test_an_etag_of_a_tenant_fits_no_later_one_of_its_name(self):
        other = world.tenant()
        old = expect(world.operator.get(other.path), 200).headers["ETag"]
        expect(world.operator.delete(other.path), 204)
        expect(world.operator.post("/v1/tenants", {"name": other.name}), 201)
        self.assertEqual(world.operator.delete(other.path, **{"If-Match": old}).status, 412)
        expect(world.operator.get(other.path), 200)

    def test_if_none_match_creates_and_never_changes(self):
        self.tenant.app("web")
        only_new = {"If-None-Match": "*"}
        for path, body in ((f"{self.path}/connections/prod", role("one")), (f"{self.path}/connections/prod/grants/web", {"reason": "first"}),
                           (f"{self.path}/apps/api", {})):
            with self.subTest(path):
                made = expect(self.admin.put(path, body, **only_new), 201)
                refused = self.admin.put(path, body, **only_new)
                self.assertEqual((refused.status, refused.code), (412, "revision_mismatch"))
                self.assertEqual(expect(self.admin.get(path), 200).headers["ETag"], made.headers["ETag"])
                self.assertEqual(self.admin.put(path, body, **{"If-None-Match": '"1"'}).status, 400)

    def test_one_of_many_that_create_only_does(self):
        made = []

        def create(number):
            if self.client().put(f"{self.path}/connections/prod", role(f"r-{number}"), **{"If-None-Match": "*"}).status == 201:
                made.append(number)

        together(6, create)
        self.assertEqual(len(made), 1)
        self.assertEqual(expect(self.admin.get(f"{self.path}/connections/prod"), 200).json["role_arn"], role(f"r-{made[0]}")["role_arn"])


class Records(unittest.TestCase):
    def setUp(self):
        self.tenant = world.tenant()
        self.admin, self.path = self.tenant.admin, self.tenant.path

    def last(self, action):
        return self.tenant.records(action)[-1]

    def test_a_record_says_what_was_there_and_what_is(self):
        path = f"{self.path}/connections/prod"
        made = expect(self.admin.put(path, {**role("one"), "region": "eu-west-1"}), 201).json
        record = self.last("connection.put")
        self.assertNotIn("before", record)
        self.assertEqual(record["after"], {"name": "prod", "kind": "role", "state": "pending", "role_arn": role("one")["role_arn"], "region": "eu-west-1",
                                           "external_id": made["external_id"], "created_at": made["created_at"]})
        expect(self.admin.put(path, role("two")), 200)
        changed = self.last("connection.put")
        self.assertEqual(changed["before"], record["after"])
        self.assertEqual(changed["after"], {**{k: v for k, v in record["after"].items() if k != "region"}, "role_arn": role("two")["role_arn"]})

        self.tenant.app("web")
        self.assertEqual(self.last("app.put")["after"]["name"], "web")
        grant = {"max_duration_seconds": 1800, "expires_at": "2099-01-02T03:04:05Z", "reason": 'because "of" it\n'}
        expect(self.admin.put(f"{path}/grants/web", grant), 201)
        expect(self.admin.put(f"{path}/grants/web", {}), 200)
        record = self.last("grant.put")
        self.assertLessEqual(grant.items(), record["before"].items())
        self.assertEqual({k: v for k, v in record["after"].items() if k != "created_at"}, {"app": "web", "connection": "prod"})
        expect(self.admin.delete(f"{path}/grants/web"), 204)
        self.assertEqual(self.last("grant.delete")["before"], record["after"])
        self.assertNotIn("after", self.last("grant.delete"))

        token = self.tenant.issue("app", "web", expires_in_seconds=3600)
        created = self.last("token.create")["after"]
        self.assertEqual((created["id"], created["role"], created["app"], created["expires_at"]), (token["id"], "app", "web", token["expires_at"]))
        expect(self.admin.delete(f"{self.path}/tokens/{token['id']}"), 204)
        record = self.last("token.revoke")
        self.assertEqual(record["before"], created)
        self.assertEqual(record["after"], {**created, "revoked_at": record["time"]})

        expect(self.admin.delete(path), 204)
        self.assertEqual(self.last("connection.delete")["before"], changed["after"])
        self.assertEqual(self.tenant.records("tenant.create")[0]["after"]["name"], self.tenant.name)

    def test_a_change_of_nothing_is_none(self):
        app = self.tenant.ready()
        token = self.tenant.issue("app", "deploy")
        expect(self.admin.delete(f"{self.path}/tokens/{token['id']}"), 204)
        connection = expect(self.admin.get(f"{self.path}/connections/prod"), 200)
        same = {"kind": "role", "role_arn": connection.json["role_arn"]}
        before = len(self.tenant.records())
        repeated = (
            ("app", lambda: self.admin.put(f"{self.path}/apps/deploy"), f"{self.path}/apps/deploy"),
            ("connection", lambda: self.admin.put(f"{self.path}/connections/prod", same), f"{self.path}/connections/prod"),
            ("grant", lambda: self.admin.put(f"{self.path}/connections/prod/grants/deploy"), f"{self.path}/connections/prod/grants/deploy"),
        )
        for name, put, path in repeated:
            with self.subTest(name):
                etag = expect(self.admin.get(path), 200).headers["ETag"]
                for _ in range(3):
                    self.assertEqual(expect(put(), 200).headers["ETag"], etag)
        for _ in range(2):
            expect(self.admin.delete(f"{self.path}/tokens/{token['id']}"), 204)
        self.assertEqual(len(self.tenant.records()), before)
        expect(app.get("/v1/credentials/prod"), 200)

    def test_a_verification_that_finds_nothing_new_is_no_new_revision(self):
        self.tenant.ready()
        path = f"{self.path}/connections/prod"
        first = expect(self.admin.get(path), 200)
        for _ in range(3):
            self.assertEqual(expect(self.admin.post(f"{path}/verify"), 200).json["state"], "active")
        again = expect(self.admin.get(path), 200)
        self.assertEqual(again.headers["ETag"], first.headers["ETag"])
        self.assertGreaterEqual(again.json["verified_at"], first.json["verified_at"])
        self.assertEqual([r["after"]["state"] for r in self.tenant.records("connection.verify") if "after" in r], ["active"])


if __name__ == "__main__":
    unittest.main()

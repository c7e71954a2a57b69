"""The API's contract, over real TLS against the real server. What every answer must have is checked by harness.Api itself."""
import datetime
import socket
import ssl
import threading
import unittest
import warnings

import boto3

from harness import HOURKEY_ACCOUNT, HOURKEY_USER, TARGET_ACCOUNT, Api, World, expect, wait_until

world = None


def setUpModule():
    global world
    warnings.simplefilter("ignore", ResourceWarning)  # botocore leaves its connections to the garbage collector
    world = World()
    unittest.addModuleCleanup(world.close)


class Resources(unittest.TestCase):
    def setUp(self):
        self.tenant = world.tenant()
        self.admin, self.path = self.tenant.admin, self.tenant.path

    def test_a_tenant_is_created_once_and_found_by_name(self):
        name = self.tenant.name
        again = world.operator.post("/v1/tenants", {"name": name})
        self.assertEqual((again.status, again.code), (409, "already_exists"))
        found = expect(world.operator.get(self.path), 200)
        self.assertEqual(found.json["name"], name)
        self.assertRegex(found.json["id"], "^[0-9A-HJKMNP-TV-Z]{26}$")
        self.assertRegex(found.json["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(expect(self.admin.get(self.path), 200).json, found.json)

    def test_an_empty_tenant_can_be_deleted_and_its_tokens_go_with_it(self):
        other = world.tenant()
        expect(world.operator.delete(other.path), 204)
        self.assertEqual(other.admin.get("/v1/whoami").status, 401)
        self.assertEqual(world.operator.get(other.path).status, 404)

    def test_put_of_an_app_is_idempotent(self):
        first = expect(self.admin.put(f"{self.path}/apps/deploy"), 201)
        second = expect(self.admin.put(f"{self.path}/apps/deploy"), 200)
        self.assertEqual(first.json["created_at"], second.json["created_at"])
        self.assertEqual(expect(self.admin.get(f"{self.path}/apps/deploy"), 200).json["name"], "deploy")

    def test_a_connection_starts_pending_with_an_external_id_of_ours(self):
        arn = f"arn:aws:iam::{TARGET_ACCOUNT}:role/deploy"
        made = expect(self.admin.put(f"{self.path}/connections/prod", {"kind": "role", "role_arn": arn, "region": "eu-west-1"}), 201)
        body = made.json
        self.assertEqual((body["name"], body["kind"], body["state"], body["role_arn"], body["account_id"], body["region"]),
                         ("prod", "role", "pending", arn, TARGET_ACCOUNT, "eu-west-1"))
        self.assertRegex(body["external_id"], "^hk-[0-9a-zA-Z-]{22,}$")
        self.assertEqual(body["principal_arn"], HOURKEY_USER)

    def test_put_of_a_connection_keeps_its_external_id_while_its_role_stays(self):
        before = self.tenant.link("prod")
        self.assertEqual(before["verified"]["state"], "active")
        again = expect(self.admin.put(f"{self.path}/connections/prod", {"kind": "role", "role_arn": before["role_arn"]}), 200).json
        self.assertEqual(again["external_id"], before["external_id"])
        self.assertEqual(again["state"], "active", "an idempotent PUT takes nothing away")

    def test_another_role_arn_makes_a_connection_pending_again(self):
        self.tenant.ready(connection="prod")
        moved = expect(self.admin.put(f"{self.path}/connections/prod", {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/other"}), 200).json
        self.assertEqual(moved["state"], "pending")

    def test_an_external_id_is_never_used_twice(self):
        first = self.tenant.link("prod", trust=None, verify=False)["external_id"]
        expect(self.admin.delete(f"{self.path}/connections/prod"), 204)
        second = self.tenant.link("prod", trust=None, verify=False)["external_id"]
        self.assertNotEqual(first, second)

    def test_an_external_id_is_refused_in_any_input(self):
        body = {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/deploy", "external_id": "hk-" + "0" * 32}
        refused = self.admin.put(f"{self.path}/connections/prod", body)
        self.assertEqual((refused.status, refused.code), (400, "invalid_request"))
        self.assertIn("external_id", refused.json["message"])
        self.assertEqual(self.admin.get(f"{self.path}/connections/prod").status, 404)
        for method, path in (("PUT", f"{self.path}/apps/a"), ("POST", f"{self.path}/tokens"), ("POST", f"{self.path}/connections/prod/verify"),
                             ("PUT", f"{self.path}/connections/prod/grants/a")):
            with self.subTest(f"{method} {path}"):
                self.assertEqual(self.admin.call(method, path, {"external_id": "hk-" + "0" * 32, "role": "auditor"}).status, 400)
        self.admin.put(f"{self.path}/apps/a")
        good = {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/deploy"}
        for method, path, sent in (("PUT", f"{self.path}/connections/prod", good), ("POST", f"{self.path}/connections/prod/verify", None),
                                   ("GET", f"{self.path}/connections", None), ("PUT", f"{self.path}/apps/a", {})):
            with self.subTest(f"{method} {path}, in the query"):
                refused = self.admin.call(method, path + "?external_id=hk-" + "0" * 32, sent)
                self.assertEqual((refused.status, refused.code), (400, "invalid_request"))
                self.assertIn("external_id", refused.json["message"])
        self.assertEqual(self.admin.get(f"{self.path}/connections/prod").status, 404)

    def test_bodies_that_are_not_what_they_should_be_are_refused_with_the_field_named(self):
        arn = f"arn:aws:iam::{TARGET_ACCOUNT}:role/deploy"
        connection = f"{self.path}/connections/c"
        rows = (
            ("no body", "PUT", connection, "", ""),
            ("not JSON", "PUT", connection, "{kind:", ""),
            ("an array", "PUT", connection, "[]", ""),
            ("a name twice", "PUT", connection, '{"kind":"role","kind":"role","role_arn":"%s"}' % arn, ""),
            ("an unknown field", "PUT", connection, {"kind": "role", "role_arn": arn, "colour": "red"}, "colour"),
            ("a kind that is not there", "PUT", connection, {"kind": "static_key", "role_arn": arn}, "kind"),
            ("a number as text", "PUT", connection, {"kind": "role", "role_arn": 7}, "role_arn"),
            ("no role_arn", "PUT", connection, {"kind": "role"}, "role_arn"),
            ("not an ARN", "PUT", connection, {"kind": "role", "role_arn": "deploy"}, ""),
            ("a user's ARN", "PUT", connection, {"kind": "role", "role_arn": HOURKEY_USER}, ""),
            ("another partition", "PUT", connection, {"kind": "role", "role_arn": f"arn:aws-cn:iam::{TARGET_ACCOUNT}:role/deploy"}, "partition"),
            ("no region", "PUT", connection, {"kind": "role", "role_arn": arn, "region": "moon"}, "region"),
            ("another partition's region", "PUT", connection, {"kind": "role", "role_arn": arn, "region": "cn-north-1"}, "region"),
            ("a tenant without a name", "POST", "/v1/tenants", {}, "name"),
            ("a token without a role", "POST", f"{self.path}/tokens", {}, "role"),
            ("a token of no role", "POST", f"{self.path}/tokens", {"role": "root"}, "role"),
            ("a token of role app without an app", "POST", f"{self.path}/tokens", {"role": "app"}, "app"),
            ("an auditor's token with an app", "POST", f"{self.path}/tokens", {"role": "auditor", "app": "a"}, "app"),
            ("a grant into the past", "PUT", f"{connection}/grants/a", {"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
            ("a grant with a time that is none", "PUT", f"{connection}/grants/a", {"expires_at": "tomorrow"}, "expires_at"),
            ("a grant of a minute", "PUT", f"{connection}/grants/a", {"max_duration_seconds": 60}, "max_duration_seconds"),
        )
        for name, method, path, body, word in rows:
            with self.subTest(name):
                by = world.operator if path == "/v1/tenants" else self.admin
                answer = by.call(method, path, body)
                self.assertEqual((answer.status, answer.code), (400, "invalid_request"), answer)
                self.assertIn(word, answer.json["message"])

    def test_names_that_are_not_ours_are_refused_never_trimmed_or_folded(self):
        for name in ("Prod", "-prod", "prod_1", "a" * 64, "pr.od", "%20prod", "prod%00", "pr%2Fod", "caf%C3%A9"):
            for kind in ("apps", "connections"):
                with self.subTest(f"{kind}/{name}"):
                    body = {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/x"} if kind == "connections" else {}
                    answer = self.admin.put(f"{self.path}/{kind}/{name}", body)
                    self.assertEqual((answer.status, answer.code), (400, "invalid_request"), answer)
            with self.subTest(f"tenant {name}"):
                self.assertEqual(world.operator.post("/v1/tenants", {"name": name}).status, 400)
        self.assertEqual(expect(self.admin.put(f"{self.path}/apps/{'a' * 63}"), 201).json["name"], "a" * 63)

    def test_grants_carry_their_limits_and_star_stands_for_any_app(self):
        self.tenant.app("deploy")
        self.tenant.link("prod", trust=None, verify=False)
        wanted = {"max_duration_seconds": 900, "expires_at": "2099-01-01T00:00:00Z", "reason": "release"}
        made = expect(self.admin.put(f"{self.path}/connections/prod/grants/deploy", wanted), 201).json
        self.assertEqual({k: made[k] for k in wanted}, wanted)
        self.assertEqual(expect(self.admin.put(f"{self.path}/connections/prod/grants/deploy", wanted), 200).json["app"], "deploy")
        self.assertEqual(expect(self.admin.put(f"{self.path}/connections/prod/grants/%2A"), 201).json["app"], "*")
        self.assertEqual(expect(self.admin.put(f"{self.path}/connections/prod/grants/*"), 200).json["app"], "*")
        listed = expect(self.admin.get(f"{self.path}/connections/prod/grants"), 200).json["items"]
        self.assertEqual(sorted(g["app"] for g in listed), ["*", "deploy"])
        expect(self.admin.delete(f"{self.path}/connections/prod/grants/%2a"), 204)
        self.assertEqual(self.admin.get(f"{self.path}/connections/prod/grants/%2A").status, 404)

    def test_a_grant_needs_its_app_and_its_connection(self):
        self.tenant.app("deploy")
        self.assertEqual(self.admin.put(f"{self.path}/connections/none/grants/deploy").status, 404)
        self.tenant.link("prod", trust=None, verify=False)
        self.assertEqual(self.admin.put(f"{self.path}/connections/prod/grants/nobody").status, 404)

    def test_what_a_grant_lacks_is_named_with_the_path_that_makes_it(self):
        path = self.tenant.path
        self.tenant.app("there")
        self.tenant.link("there", verify=False)
        rows = (
            ("nosuchapp", "there", "nosuchapp", "no app 'nosuchapp'", f"PUT {path}/apps/nosuchapp"),
            ("nosuchconnection", "nosuchconnection", "there", "no connection 'nosuchconnection'", f"PUT {path}/connections/nosuchconnection"),
            ("both", "nosuchconnection", "nosuchapp", "no connection 'nosuchconnection'", f"PUT {path}/connections/nosuchconnection"),
            ("any app", "nosuchconnection", "*", "no connection 'nosuchconnection'", f"PUT {path}/connections/nosuchconnection"),
        )
        for name, connection, app, message, hint in rows:
            with self.subTest(name):
                refused = self.tenant.admin.put(f"{path}/connections/{connection}/grants/{app}", {})
                self.assertEqual((refused.status, refused.code), (404, "not_found"))
                self.assertIn(message, refused.json["message"])
                self.assertIn(hint, refused.json["hint"])

    def test_hints_hold_the_real_names(self):
        path = self.tenant.path
        self.tenant.app("caller")
        self.tenant.link("waits", verify=False)
        self.tenant.grant("waits", "caller")
        app = self.tenant.holder("caller")
        rows = (
            ("not granted or not there", app.get("/v1/credentials/elsewhere"), f"PUT {path}/connections/elsewhere/grants/caller"),
            ("not verified", app.get("/v1/credentials/waits"), f"POST {path}/connections/waits/verify"),
            ("no such app", self.tenant.admin.get(f"{path}/apps/gone"), f"GET {path}/apps."),
            ("no such app to delete", self.tenant.admin.delete(f"{path}/apps/gone"), f"GET {path}/apps."),
            ("no such grant", self.tenant.admin.get(f"{path}/connections/waits/grants/gone"), f"GET {path}/connections/waits/grants."),
            ("a secret for a name is not said again", app.get("/v1/credentials/AKIA_SECRET"), f"PUT {path}/connections/{{connection}}/grants/caller"),
        )
        for name, answer, hint in rows:
            with self.subTest(name):
                self.assertIn(hint, answer.json["hint"])
                self.assertNotIn("AKIA", answer.json["hint"])

    def test_lists_page_by_cursor_without_gap_or_repetition(self):
        names = [f"app-{i:02}" for i in range(7)]
        for name in names:
            self.tenant.app(name)
        seen, cursor, pages = [], "", 0
        while pages < 10:
            page = expect(self.admin.get(f"{self.path}/apps?limit=3{cursor}"), 200).json
            self.assertLessEqual(len(page["items"]), 3)
            seen += [item["name"] for item in page["items"]]
            pages += 1
            if "cursor" not in page:
                break
            cursor = f"&cursor={page['cursor']}"
        self.assertEqual((seen, pages), (names, 3))
        for query in ("limit=0", "limit=x", "limit=100000", "colour=red", "limit=1&limit=2", "cursor=%ff"):
            with self.subTest(query):
                self.assertEqual(self.admin.get(f"{self.path}/apps?{query}").status, 400)

    def test_audit_pages_too(self):
        for i in range(4):
            self.tenant.app(f"app-{i}")
        all_at_once = self.tenant.records()
        seen, cursor = [], ""
        for _ in range(len(all_at_once)):
            page = expect(self.admin.get(f"{self.path}/audit?limit=2{cursor}"), 200).json
            seen += page["records"]
            if "cursor" not in page:
                break
            cursor = f"&cursor={page['cursor']}"
        self.assertEqual(seen, all_at_once)
        resume = page["resume"]
        self.assertEqual(expect(self.admin.get(f"{self.path}/audit?cursor={resume}"), 200).json["records"], [])
        self.tenant.app("later")
        behind = expect(self.admin.get(f"{self.path}/audit?cursor={resume}"), 200).json["records"]
        self.assertEqual([r["target"] for r in behind], ["apps/later"])
        for cursor in (str(len(seen)), "web", resume[:-2], resume + "00"):
            self.assertEqual(self.admin.get(f"{self.path}/audit?cursor={cursor}").code, "invalid_request")
        self.assertEqual([r["seq"] for r in sorted(seen, key=lambda r: r["seq"])], list(range(1, len(seen) + 1)))

    def test_a_change_honours_if_match(self):
        path = f"{self.path}/connections/prod"
        made = self.tenant.link("prod", trust=None, verify=False)
        body = {"kind": "role", "role_arn": made["role_arn"].replace("prod", "two")}
        etag = expect(self.admin.get(path), 200).headers["ETag"]
        moved = expect(self.admin.put(path, body, **{"If-Match": etag}), 200)
        self.assertNotEqual(moved.headers["ETag"], etag)
        for stale in (lambda: self.admin.put(path, body, **{"If-Match": etag}), lambda: self.admin.delete(path, **{"If-Match": etag})):
            refused = stale()
            self.assertEqual((refused.status, refused.code), (412, "revision_mismatch"))
        self.assertEqual(self.admin.delete(path, **{"If-Match": "seven"}).status, 400)
        self.assertEqual(self.admin.get(path).status, 200, "nothing of that deleted it")
        expect(self.admin.delete(path, **{"If-Match": moved.headers["ETag"]}), 204)
        # What is not there has no revision that could match.
        self.assertEqual(self.admin.put(f"{self.path}/apps/new", {}, **{"If-Match": '"1"'}).status, 412)


class Roles(unittest.TestCase):
    def setUp(self):
        self.tenant = world.tenant()
        self.app = self.tenant.ready()

    def test_who_may_not_is_told_so(self):
        path = self.tenant.path
        auditor = world.api(self.tenant.issue("auditor")["token"])
        other = world.tenant().admin
        rows = (
            ("without a token", world.api(), "GET", f"{path}/apps", 401),
            ("an app lists", self.app, "GET", f"{path}/apps", 403),
            ("an app reads audit", self.app, "GET", f"{path}/audit", 403),
            ("an auditor reads", auditor, "GET", f"{path}/audit", 200),
            ("an auditor changes", auditor, "PUT", f"{path}/apps/new", 403),
            ("an auditor vends", auditor, "GET", "/v1/credentials/prod", 403),
            ("an admin vends", self.tenant.admin, "GET", "/v1/credentials/prod", 403),
            ("an operator vends", world.operator, "GET", "/v1/credentials/prod", 403),
            ("an admin lists tenants", self.tenant.admin, "GET", "/v1/tenants", 403),
            ("an admin of another tenant", other, "GET", f"{path}/apps", 404),
            ("an admin of a tenant that is not there", other, "GET", "/v1/tenants/nowhere/apps", 404),
            ("an operator in a tenant's data", world.operator, "GET", f"{path}/connections", 403),
            ("an operator sees a tenant", world.operator, "GET", path, 200),
            ("no such path", self.tenant.admin, "GET", "/v2/anything", 404),
            ("no such path, no token", world.api(), "GET", "/", 404),
            ("no such method", self.tenant.admin, "POST", f"{path}/apps/a", 405),
            ("metrics are not on the main door", world.operator, "GET", "/metrics", 404),
            ("the local door is not on the main door", world.operator, "POST", "/control/tokens", 404),
        )
        for name, by, method, where, status in rows:
            with self.subTest(name):
                self.assertEqual(by.call(method, where).status, status)

    def test_a_405_names_the_methods_there_are(self):
        self.assertIn("GET", self.tenant.admin.delete(f"{self.tenant.path}/audit").json["hint"])

    def test_only_the_server_makes_operators_and_only_admins_make_apps(self):
        path = f"{self.tenant.path}/tokens"
        for by in (world.operator, self.tenant.admin):
            self.assertEqual((by.post(path, {"role": "operator"}).status), 403)
        self.assertEqual(world.operator.post(path, {"role": "app", "app": "deploy"}).status, 403)

    def test_whoami_names_the_caller(self):
        me = expect(self.app.get("/v1/whoami"), 200).json
        self.assertEqual((me["role"], me["tenant"], me["app"]), ("app", self.tenant.name, "deploy"))
        self.assertEqual(expect(world.operator.get("/v1/whoami"), 200).json["role"], "operator")

    def test_a_name_that_does_not_exist_and_one_not_granted_look_the_same_to_an_app(self):
        self.tenant.link("hidden")
        answers = [self.app.get(f"/v1/credentials/{name}") for name in ("hidden", "nowhere", "Not_A_Name")]
        for answer in answers:
            self.assertEqual((answer.status, answer.code), (403, "app_not_allowed"))
        asked = {"hidden": answers[0], "nowhere": answers[1]}
        said = [{k: str(v).replace(name, "NAME") for k, v in answer.json.items() if k != "request_id"} for name, answer in asked.items()]
        self.assertEqual(*said, "they differ in the name that was asked for, and in nothing else")
        for answer in answers:
            self.assertEqual((answer.json["Code"], answer.json["Message"]), (answer.json["code"], answer.json["message"]), "the SDKs' spelling")


class Tokens(unittest.TestCase):
    def setUp(self):
        self.tenant = world.tenant()
        self.app = self.tenant.ready()

    def test_expiry_is_ninety_days_unless_said_and_never_absent(self):
        for wanted, days in (({}, 90), ({"expires_in_seconds": 86400}, 1)):
            made = self.tenant.issue("auditor", **wanted)
            token = expect(self.tenant.admin.get(f"{self.tenant.path}/tokens/{made['id']}"), 200).json
            self.assertEqual(token["expires_at"], made["expires_at"])
            life = (parse_time(token["expires_at"]) - parse_time(token["created_at"]))
            self.assertEqual(life, days * 86400)
        for bad in (0, -1, 59, 10**10, "3600", 60.5):
            with self.subTest(bad):
                refused = self.tenant.admin.post(f"{self.tenant.path}/tokens", {"role": "auditor", "expires_in_seconds": bad})
                self.assertEqual(refused.status, 400)

    def test_a_token_is_shown_once(self):
        made = self.tenant.issue("auditor")
        self.assertRegex(made["token"], r"^hk_auditor_[0-9A-Z]{26}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$")
        for path in ("/tokens", f"/tokens/{made['id']}", "/audit"):
            self.assertNotIn(made["token"].split("_")[3], expect(self.tenant.admin.get(self.tenant.path + path), 200).body.decode())

    def test_last_use_is_kept(self):
        made = self.tenant.issue("auditor")
        path = f"{self.tenant.path}/tokens/{made['id']}"
        self.assertNotIn("last_used_at", expect(self.tenant.admin.get(path), 200).json)
        expect(world.api(made["token"]).get("/v1/whoami"), 200)
        wait_until("last_used_at", lambda: "last_used_at" in self.tenant.admin.get(path).json)

    def test_all_its_spellings_are_taken(self):
        token = self.app.token
        for fields in ({"Authorization": f"Bearer {token}"}, {"Authorization": f"bearer {token}"}, {"Authorization": token}, {"X-Vault-Token": token},
                       {"X-Vault-Token": token, "Authorization": f"Bearer {token}"}):
            with self.subTest(list(fields.items())[0][0] + list(fields.values())[0][:7]):
                self.assertEqual(world.api().get("/v1/whoami", **fields).status, 200)

    def test_what_is_not_a_valid_token_is_401_with_one_and_the_same_body(self):
        token = self.app.token
        head, checksum = token[:-6], token[-6:]
        wrong_check = head + ("A" if checksum[0] != "A" else "B") + checksum[1:]
        revoked = self.tenant.issue("auditor")
        expect(self.tenant.admin.delete(f"{self.tenant.path}/tokens/{revoked['id']}"), 204)
        bodies = set()
        rows = (
            ("none", {}),
            ("empty", {"Authorization": ""}),
            ("Basic", {"Authorization": f"Basic {token}"}),
            ("a wrong checksum", {"Authorization": wrong_check}),
            ("cut", {"Authorization": token[:-1]}),
            ("two", {"Authorization": f"Bearer {token} {token}"}),
            ("two that differ", {"Authorization": token, "X-Vault-Token": wrong_check}),
            ("revoked", {"Authorization": revoked["token"]}),
            ("another role's", {"Authorization": token.replace("hk_app", "hk_admin")}),
        )
        for name, fields in rows:
            with self.subTest(name):
                answer = world.api().get("/v1/whoami", **fields)
                self.assertEqual((answer.status, answer.code), (401, "unauthenticated"))
                bodies.add(tuple(sorted((k, v) for k, v in answer.json.items() if k != "request_id")))
        self.assertEqual(len(bodies), 1, bodies)

    def test_a_revoked_token_stops_with_the_acknowledgement(self):
        made = self.tenant.issue("app", "deploy")
        holder = world.api(made["token"])
        expect(holder.get("/v1/credentials/prod"), 200)
        expect(self.tenant.admin.delete(f"{self.tenant.path}/tokens/{made['id']}"), 204)
        self.assertEqual(holder.get("/v1/credentials/prod").status, 401, "on the same connection")
        self.assertEqual(world.api(made["token"]).get("/v1/credentials/prod").status, 401)
        self.assertIn("revoked_at", expect(self.tenant.admin.get(f"{self.tenant.path}/tokens/{made['id']}"), 200).json)

    def test_a_revoked_grant_stops_with_the_acknowledgement(self):
        expect(self.app.get("/v1/credentials/prod"), 200)
        expect(self.tenant.admin.delete(f"{self.tenant.path}/connections/prod/grants/deploy"), 204)
        self.assertEqual((self.app.get("/v1/credentials/prod").code), "app_not_allowed")

    def test_a_revoked_admin_no_longer_changes_anything(self):
        made = self.tenant.issue("admin")
        other = world.api(made["token"])
        expect(other.delete(f"{self.tenant.path}/tokens/{made['id']}"), 204)
        self.assertEqual(other.put(f"{self.tenant.path}/apps/late").status, 401)

    def test_a_revocation_while_aws_answers_wins(self):
        made = self.tenant.issue("app", "deploy")
        holder = world.api(made["token"])
        role, got = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{self.tenant.name}-prod", []
        with world.emulator.failing("slow", DelayMs=1000, RoleArn=role):
            before = len(world.emulator.history())
            vend = threading.Thread(target=lambda: got.append(holder.get("/v1/credentials/prod")))
            vend.start()
            wait_until("AssumeRole under way", lambda: len(world.emulator.history()) > before)
            expect(self.tenant.admin.delete(f"{self.tenant.path}/tokens/{made['id']}"), 204)
            vend.join()
        self.assertEqual(got[0].code, "unauthenticated")
        self.assertNotIn(b"SecretAccessKey", got[0].body)
        self.assertEqual(self.tenant.records("vend")[-1]["outcome"], "denied", "what AWS issued reached nobody, and is on record")
        self.assertEqual(holder.get("/v1/credentials/prod").status, 401)


class Vending(unittest.TestCase):
    def setUp(self):
        self.tenant = world.tenant()
        self.app = self.tenant.ready()

    def test_the_body_serves_both_kinds_of_sdk_providers(self):
        answer = expect(self.app.get("/v1/credentials/prod"), 200)
        body = answer.json
        self.assertEqual(sorted(body), sorted(["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Token", "Expiration", "AccountId", "RoleArn"]))
        self.assertEqual(body["Version"], 1)
        self.assertEqual(body["Token"], body["SessionToken"])
        self.assertEqual(body["AccountId"], TARGET_ACCOUNT)
        self.assertEqual(body["RoleArn"], f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{self.tenant.name}-prod")
        self.assertRegex(body["Expiration"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertNotIn("X-Hourkey-Warning", answer.headers)

    def test_every_vend_is_a_fresh_credential(self):
        keys = {expect(self.app.get("/v1/credentials/prod"), 200).json["AccessKeyId"] for _ in range(5)}
        self.assertEqual(len(keys), 5)

    def test_durations(self):
        self.tenant.app("short")
        self.tenant.grant("prod", "short", max_duration_seconds=1800)
        short = self.tenant.holder("short")
        rows = (
            ("the default", self.app, {}, 200, 3600),
            ("as asked", self.app, {"duration_seconds": 900}, 200, 900),
            ("too short", self.app, {"duration_seconds": 899}, 400, "duration_out_of_range"),
            ("too long", self.app, {"duration_seconds": 43201}, 400, "duration_out_of_range"),
            ("longer than an hour, which no grant said", self.app, {"duration_seconds": 3601}, 400, "duration_out_of_range"),
            ("twelve hours, which no grant said", self.app, {"duration_seconds": 43200}, 400, "duration_out_of_range"),
            ("negative", self.app, {"duration_seconds": -1}, 400, "duration_out_of_range"),
            ("zero", self.app, {"duration_seconds": 0}, 400, "duration_out_of_range"),
            ("the grant's most, by default", short, {}, 200, 1800),
            ("more than the grant's most", short, {"duration_seconds": 1801}, 400, "duration_out_of_range"),
            ("min_ttl met", self.app, {"min_ttl_seconds": 3600}, 200, 3600),
            ("min_ttl beyond the default", self.app, {"min_ttl_seconds": 3601}, 409, "min_ttl_unmet"),
            ("min_ttl beyond what is asked", self.app, {"duration_seconds": 900, "min_ttl_seconds": 901}, 409, "min_ttl_unmet"),
            ("min_ttl negative", self.app, {"min_ttl_seconds": -1}, 400, "invalid_request"),
            ("min_ttl beyond all", self.app, {"min_ttl_seconds": 43201}, 400, "invalid_request"),
        )
        for name, by, request, status, what in rows:
            for method in ("GET", "POST"):
                with self.subTest(f"{method}: {name}"):
                    query = "&".join(f"{k}={v}" for k, v in request.items())
                    answer = by.get(f"/v1/credentials/prod?{query}") if method == "GET" else by.post("/v1/credentials/prod", request)
                    self.assertEqual(answer.status, status, answer)
                    if status == 200:
                        self.assertEqual(int(world.emulator.history()[-1]["duration"]), what)
                    else:
                        self.assertEqual(answer.code, what)

    def test_what_is_not_a_number_or_not_known_is_refused(self):
        for query in ("duration_seconds=abc", "duration_seconds=", "duration_seconds=900.0", "duration_seconds=%2B900",
                      "duration_seconds=900&duration_seconds=900", "colour=red", "external_id=hk-1", "session_name=me", "duration_seconds"):
            with self.subTest(query):
                self.assertEqual(self.app.get(f"/v1/credentials/prod?{query}").code, "invalid_request")
        for body in ({"duration_seconds": "900"}, {"external_id": "hk-1"}, {"role_arn": "x"}, {"RoleSessionName": "me"}, [], "null"):
            with self.subTest(body):
                self.assertEqual(self.app.post("/v1/credentials/prod", body).code, "invalid_request")

    def test_context_may_be_claimed_and_changes_nothing(self):
        for answer in (self.app.get("/v1/credentials/prod?stage=dev&service=api&region=eu-west-1&project=p"),
                       self.app.post("/v1/credentials/prod", {"stage": "dev", "service": "api"}), self.app.post("/v1/credentials/prod")):
            self.assertEqual(answer.status, 200)

    def test_a_grant_to_any_app_serves_each_of_the_tenant_and_no_other_tenants(self):
        self.tenant.link("shared")
        self.tenant.grant("shared", "*")
        self.tenant.app("second")
        expect(self.tenant.holder("second").get("/v1/credentials/shared"), 200)
        other = world.tenant()
        other.app("second")
        self.assertEqual(other.holder("second").get("/v1/credentials/shared").status, 403)

    def test_a_connection_that_is_not_active_does_not_vend(self):
        self.tenant.link("waiting", verify=False)
        self.tenant.grant("waiting", "deploy")
        before = len(world.emulator.history())
        answer = self.app.get("/v1/credentials/waiting")
        self.assertEqual((answer.status, answer.code), (409, "connection_not_ready"))
        self.assertEqual(len(world.emulator.history()), before, "AWS was not asked")


class Verification(unittest.TestCase):
    def setUp(self):
        self.tenant = world.tenant()
        self.role = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{self.tenant.name}-prod"

    def steps(self, verified):
        return {s["id"]: s["state"] for s in verified["steps"]}

    def state(self):
        return expect(self.tenant.admin.get(f"{self.tenant.path}/connections/prod"), 200).json["state"]

    def test_three_calls_prove_a_role_and_none_of_them_yields_anything_usable(self):
        before = len(world.emulator.history())
        made = self.tenant.link("prod")
        self.assertEqual(made["verified"]["state"], "active")
        self.assertEqual(set(self.steps(made["verified"]).values()), {"pass"})
        for step in made["verified"]["steps"]:
            self.assertEqual(set(step), {"id", "state", "cause", "fix"})
        calls = [c for c in world.emulator.history()[before:] if c["role"] == self.role]
        # A refusal is asked once more on a fresh connection: IAM's answers differ between its machines for a while.
        by_id = {}
        for call in calls:
            by_id.setdefault(call.get("external_id"), []).append(call)
            self.assertEqual((call["duration"], call["policy"]), ("900", "yes"), "a deny-all session of the shortest time")
            self.assertTrue(call["session"].startswith("hourkey-verify."))
            self.assertEqual(call["outcome"], "ok" if call.get("external_id") == made["external_id"] else "AccessDenied")
        self.assertEqual(len(by_id), 3)
        (wrong,) = by_id.keys() - {made["external_id"], None}
        self.assertRegex(wrong, "^hk-[0-9a-zA-Z-]{22,}$")

    def test_an_open_role_is_insecure_and_never_vends(self):
        made = self.tenant.link("prod", trust="open")
        self.assertEqual(made["verified"]["state"], "insecure_trust")
        self.assertEqual(self.steps(made["verified"])["wrong_external_id"], "fail")
        self.tenant.app("deploy")
        self.tenant.grant("prod", "deploy")
        refused = self.tenant.holder("deploy").get("/v1/credentials/prod")
        self.assertEqual((refused.status, refused.code), (409, "connection_not_ready"))
        self.assertIn("sts:ExternalId", refused.json["hint"])
        world.emulator.put_role(self.role, made["external_id"])
        self.assertEqual(self.tenant.verify("prod").json["state"], "active", "once it is mended it may")

    def test_a_role_that_does_not_let_us_in_stays_pending_and_says_what_to_paste(self):
        made = self.tenant.link("prod", trust=None)
        self.assertEqual(made["verified"]["state"], "pending")
        first = made["verified"]["steps"][0]
        self.assertEqual((first["id"], first["state"]), ("assume_role", "fail"))
        self.assertIn(made["external_id"], first["fix"])
        self.assertIn(f"arn:aws:iam::{HOURKEY_ACCOUNT}:root", first["fix"])
        self.assertIn("AccessDenied", first["cause"])

    def test_a_role_that_was_good_and_is_gone_is_broken(self):
        self.tenant.ready()
        world.emulator.delete_role(self.role)
        self.assertEqual(self.tenant.verify("prod").json["state"], "broken")
        self.assertEqual(self.tenant.holder("deploy").get("/v1/credentials/prod").code, "connection_not_ready")

    def test_a_role_that_aws_refuses_while_vending_is_422(self):
        app = self.tenant.ready()
        world.emulator.delete_role(self.role)
        refused = app.get("/v1/credentials/prod")
        self.assertEqual((refused.status, refused.code), (422, "trust_refused"))
        self.assertEqual(refused.json["aws"]["code"], "AccessDenied")
        self.assertTrue(refused.json["aws"]["request_id"])
        self.assertEqual(refused.json["aws"]["region"], "us-east-1")

    def test_a_throttle_proves_nothing(self):
        made = self.tenant.link("prod", verify=False)
        with world.emulator.failing("throttling", RoleArn=self.role):
            verified = expect(self.tenant.verify("prod"), 200).json
        self.assertEqual(verified["state"], "pending")
        self.assertEqual(set(self.steps(verified).values()), {"warn", "skipped"})
        self.assertEqual(self.state(), "pending")
        self.assertEqual(self.tenant.verify("prod").json["state"], "active")
        with world.emulator.failing("unavailable", RoleArn=self.role):
            self.assertEqual(self.tenant.verify("prod").json["state"], "active", "an outage takes nothing away either")
        self.assertTrue(made["external_id"])

    def test_an_open_role_is_found_even_when_the_right_call_is_throttled(self):
        self.tenant.link("prod", trust="open", verify=False)
        # Transient failures are tried three times: only the first probe fails for good.
        with world.emulator.failing("unavailable", RoleArn=self.role, Count=3):
            self.assertEqual(self.tenant.verify("prod").json["state"], "insecure_trust")

    def test_a_verification_of_nothing_is_404(self):
        self.assertEqual(self.tenant.verify("nowhere").status, 404)


class ChainedIdentity(unittest.TestCase):
    """hourkey's own identity is a role session: AWS then caps what it vends at an hour."""

    @classmethod
    def setUpClass(cls):
        own_role = f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/hourkey"
        world.emulator.put_role(own_role)
        user = world.emulator.base_environment()
        sts = boto3.client("sts", region_name="us-east-1", endpoint_url=world.emulator.url, verify=str(world.authority.ca),
                           aws_access_key_id=user["AWS_ACCESS_KEY_ID"], aws_secret_access_key=user["AWS_SECRET_ACCESS_KEY"])
        keys = sts.assume_role(RoleArn=own_role, RoleSessionName="server")["Credentials"]
        base = {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"], "AWS_SESSION_TOKEN": keys["SessionToken"],
                "AWS_REGION": "us-east-1"}
        cls.server = world.another_server("chained", base)
        cls.addClassCleanup(cls.server.kill)
        operator = Api(cls.server.port, world.authority.trust(), cls.server.make_token("operator"))
        expect(operator.post("/v1/tenants", {"name": "chained"}), 201)
        cls.admin = operator.as_holder_of(cls.server.make_token("admin", "chained"))
        expect(cls.admin.put("/v1/tenants/chained/apps/deploy"), 201)
        wanted = {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/chained"}
        cls.link = expect(cls.admin.put("/v1/tenants/chained/connections/prod", wanted), 201).json
        world.emulator.put_role(cls.link["role_arn"], cls.link["external_id"], MaxSessionDuration=43200, PrincipalArn=cls.link["principal_arn"])
        expect(cls.admin.post("/v1/tenants/chained/connections/prod/verify"), 200)
        expect(cls.admin.put("/v1/tenants/chained/connections/prod/grants/deploy", {"max_duration_seconds": 43200}), 201)
        cls.app = operator.as_holder_of(cls.server.make_token("app", "chained", "deploy"))

    def test_the_principal_to_trust_is_the_role_not_its_session(self):
        self.assertEqual(self.link["principal_arn"], f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/hourkey")

    def test_what_is_longer_than_an_hour_is_capped_and_says_so(self):
        answer = expect(self.app.get("/v1/credentials/prod?duration_seconds=7200"), 200)
        self.assertIn("role chaining", answer.headers["X-Hourkey-Warning"])
        self.assertEqual(world.emulator.history()[-1]["duration"], "3600")

    def test_an_hour_needs_no_warning(self):
        self.assertNotIn("X-Hourkey-Warning", expect(self.app.get("/v1/credentials/prod?duration_seconds=3600"), 200).headers)

    def test_min_ttl_beyond_the_cap_is_refused_with_the_reason(self):
        refused = self.app.get("/v1/credentials/prod?duration_seconds=7200&min_ttl_seconds=7200")
        self.assertEqual((refused.status, refused.code), (409, "min_ttl_unmet"))
        self.assertIn("role session", refused.json["hint"])


class UserIdentity(unittest.TestCase):
    def test_an_iam_users_keys_may_vend_longer_than_an_hour(self):
        tenant = world.tenant()
        tenant.app("deploy")
        made = tenant.link("prod", verify=False)
        world.emulator.put_role(made["role_arn"], made["external_id"], MaxSessionDuration=43200)
        tenant.verify("prod")
        tenant.grant("prod", "deploy", max_duration_seconds=7200)
        answer = expect(tenant.holder("deploy").get("/v1/credentials/prod?duration_seconds=7200"), 200)
        self.assertNotIn("X-Hourkey-Warning", answer.headers)
        self.assertEqual(world.emulator.history()[-1]["duration"], "7200")

    def test_a_role_that_allows_less_is_aws_to_refuse_and_ours_to_explain(self):
        app = world.tenant().ready(max_duration_seconds=7200)
        refused = app.get("/v1/credentials/prod?duration_seconds=7200")
        self.assertIn(refused.status, (400, 422, 502))
        self.assertEqual(refused.json["aws"]["code"], "ValidationError")


class Edge(unittest.TestCase):
    def exchange(self, raw):
        with socket.create_connection(("127.0.0.1", world.server.port), timeout=20) as plain, \
             world.authority.trust().wrap_socket(plain, server_hostname="127.0.0.1") as tls:
            tls.sendall(raw)
            return b"".join(iter(lambda: tls.recv(65536), b""))

    def test_what_the_fence_refuses_has_our_shape_too(self):
        rows = (
            ("two lengths", b"POST /v1/tenants HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
            ("chunked", b"POST /v1/tenants HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
            ("no host", b"GET /livez HTTP/1.1\r\n\r\n", 400),
            ("a header of 9 KiB", b"GET /livez HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431),
            ("a target of 3 KiB", b"GET /" + b"x" * 3000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
            ("a body of 65 KiB", b"POST /v1/tenants HTTP/1.1\r\nHost: a\r\nContent-Length: 66560\r\n\r\n", 413),
        )
        for name, raw, status in rows:
            with self.subTest(name):
                head, _, body = self.exchange(raw).partition(b"\r\n\r\n")
                self.assertRegex(head, rb"^HTTP/1\.1 %d " % status)
                fields = {k.lower(): v.strip() for k, v in (line.split(b":", 1) for line in head.split(b"\r\n")[1:])}
                self.assertEqual(fields[b"cache-control"], b"no-store")
                self.assertIn(fields[b"x-request-id"], body)
                for field in (b'"code":"', b'"message":"', b'"hint":"', b'"retryable":'):
                    self.assertIn(field, body)

    def test_plain_http_on_the_tls_port_gets_nothing(self):
        with socket.create_connection(("127.0.0.1", world.server.port), timeout=20) as plain:
            plain.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
            try:
                self.assertNotIn(b"200", b"".join(iter(lambda: plain.recv(65536), b"")))
            except ConnectionResetError:
                pass

    def test_old_tls_is_refused(self):
        old = world.authority.trust()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, OSError)), socket.create_connection(("127.0.0.1", world.server.port)) as plain:
            old.wrap_socket(plain, server_hostname="127.0.0.1")

    def test_health_answers_head_too(self):
        answer = world.api().call("HEAD", "/livez")
        self.assertEqual((answer.status, answer.body), (200, b""))


def parse_time(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").timestamp()


if __name__ == "__main__":
    unittest.main()

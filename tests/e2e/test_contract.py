"""/openapi.json and the server say the same: every route, parameter, header and field, in good answers and in bad ones."""
import json
import subprocess
import unittest

from contract import Caller, Contract
from harness import REPOSITORY, TARGET_ACCOUNT, World, expect, wait_until
from python_packages import python_with

VALIDATOR = "openapi-spec-validator==0.9.0"
ROLE = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/contract"
TENANT = "/v1/tenants/{tenant}"
CONNECTION = TENANT + "/connections/{connection}"
GRANT = CONNECTION + "/grants/{app}"

world = tenant = contract = None
callers, names = {}, {}


def setUpModule():
    global world, tenant, contract
    world = World()
    unittest.addModuleCleanup(world.close)
    contract = Contract(expect(world.api().get("/openapi.json"), 200).json)
    tenant = world.tenant("acme")
    app = tenant.ready()
    callers.update({None: Caller(contract, world.api()), "operator": Caller(contract, world.operator), "admin": Caller(contract, tenant.admin),
                    "app": Caller(contract, app), "auditor": Caller(contract, world.api(tenant.issue("auditor")["token"]))})
    names.update(tenant="acme", connection="prod", app="deploy", id=tenant.issue("auditor")["id"])


def caller_of(verb, path):
    """Who may: an admin before an operator, who keeps out of tenants."""
    roles = contract.roles(verb, path)
    return callers[next(r for r in ("admin", "app", "operator", "auditor") if r in roles) if roles else None]


def good_body(verb, path):
    """What makes nothing new and changes nothing that others need."""
    return {"TenantRequest": {"name": "acme"}, "ConnectionRequest": {"kind": "role", "role_arn": ROLE}, "TokenRequest": {"role": "auditor"},
            "ResolveRequest": {"refs": ["secrets:prod"]}, "SecretAccess": {"secretName": "prod", "appName": "deploy"}}.get(
        (contract.body_schema(verb, path) or ("",))[0], {})


def is_of_vault(path):
    """Its clients know a token that is none by another status."""
    return path.startswith(("/v1/aws/", "/v1/auth/", "/v1/sys/"))


class TheDocument(unittest.TestCase):
    def test_it_is_the_one_in_the_repository(self):
        committed = json.loads((REPOSITORY / "schema/openapi.json").read_text())
        self.assertEqual(contract.document, committed)

    def test_a_public_validator_finds_nothing_wrong_with_it(self):
        done = subprocess.run([python_with(VALIDATOR), "-m", "openapi_spec_validator", "--schema", "3.1", REPOSITORY / "schema/openapi.json"], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_head_asks_whether_it_is_there(self):
        answer = expect(world.api().call("HEAD", "/openapi.json"), 200)
        self.assertEqual((answer.body, answer.headers["Cache-Control"]), (b"", "no-store"))


class EveryRoute(unittest.TestCase):
    """One walk through all that there is; what it has not met at its end is not held by anything."""

    # That record comes at a minute's end; the others have their place in the trail and are not written yet.
    UNSEEN = {("AuditRecord", "count")} | {("AuditedState", name) for name in ("attempts", "binding", "capabilities", "policy_hash", "project",
                                                                               "service", "session_sharing")}

    def test_good_calls_have_the_answers_that_are_documented(self):
        admin, operator, app = callers["admin"], callers["operator"], callers["app"]
        self.walk_health_and_tenants(operator)
        self.walk_connections_and_grants(admin)
        self.walk_tokens(admin)
        self.walk_vends(app)
        for verb, path in contract.operations:  # whatever is left: what reads
            if verb == "GET":
                caller_of(verb, path)(verb, path, names, wants=[200])
        admin("GET", TENANT + "/audit", names, query="limit=1000", wants=[200])
        callers["auditor"]("GET", TENANT + "/audit", names, query="limit=2", wants=[200])
        self.check_that_all_was_met()

    def walk_health_and_tenants(self, operator):
        callers[None]("GET", "/readyz", query="verbose", wants=[200])
        made = operator("POST", "/v1/tenants", body={"name": "passing"}, wants=[201])
        operator("GET", "/v1/tenants", query="limit=1", wants=[200])
        passing = {"tenant": "passing"}
        operator("POST", "/v1/tenants", body={"name": "passing"}, wants=[409])
        operator("DELETE", TENANT, passing, headers={"If-Match": '"999"'}, wants=[412])
        operator("DELETE", TENANT, names, wants=[409])
        operator("DELETE", TENANT, passing, headers={"If-Match": made.headers["ETag"]}, wants=[204])
        operator("GET", "/v1/tenants", wants=[200])
        for role in callers:
            if role:
                callers[role]("GET", "/v1/whoami", wants=[200])

    def walk_connections_and_grants(self, admin):
        other = {**names, "connection": "other", "app": "other"}
        first = admin("PUT", CONNECTION, other, {"kind": "role", "role_arn": ROLE, "region": "eu-west-1"}, headers={"If-None-Match": "*"}, wants=[201])
        admin("PUT", CONNECTION, other, {"kind": "role", "role_arn": ROLE, "region": "eu-west-1"}, headers={"If-None-Match": "*"}, wants=[412])
        admin("PUT", CONNECTION, other, {"kind": "role", "role_arn": ROLE}, headers={"If-Match": first.headers["ETag"]}, wants=[200])
        failed = admin("POST", CONNECTION + "/verify", other, wants=[200])
        self.assertEqual(failed.json["state"], "pending")
        admin("PUT", TENANT + "/apps/{app}", other, wants=[201])
        admin("PUT", TENANT + "/apps/{app}", other, {}, wants=[200])
        grant = {"max_duration_seconds": 1800, "expires_at": "2036-11-22T05:46:18Z", "reason": "release job"}
        admin("PUT", GRANT, other, grant, wants=[201])
        admin("PUT", GRANT, {**other, "app": "%2A"}, {"reason": "all"}, wants=[201])
        admin("PUT", GRANT, other, {"reason": "for ever"}, wants=[200])
        admin("GET", CONNECTION + "/grants", other, query="limit=1", wants=[200])
        admin("GET", TENANT + "/connections", names, query="limit=1", wants=[200])
        admin("GET", TENANT + "/apps", names, query="limit=1", wants=[200])
        admin("DELETE", GRANT, other, wants=[204])
        admin("DELETE", CONNECTION, other, wants=[204])
        admin("DELETE", TENANT + "/apps/{app}", other, wants=[204])

    def walk_tokens(self, admin):
        issued = admin("POST", TENANT + "/tokens", names, {"role": "app", "app": "deploy", "stage": "prod", "expires_in_seconds": 3600}, wants=[201])
        one = {**names, "id": issued.json["id"]}
        pinned = Caller(contract, world.api(issued.json["token"]))
        pinned("GET", "/v1/whoami", wants=[200])
        pinned("GET", "/v1/auth/token/lookup-self", wants=[200])
        wait_until("last_used_at", lambda: "last_used_at" in admin("GET", TENANT + "/tokens/{id}", one, wants=[200]).json)
        admin("DELETE", TENANT + "/tokens/{id}", one, wants=[204])
        admin("GET", TENANT + "/tokens/{id}", one, wants=[200])
        admin("GET", TENANT + "/tokens", names, query="limit=1", wants=[200])

    def walk_vends(self, app):
        query = "duration_seconds=900&min_ttl_seconds=0&stage=prod&service=s&region=eu-west-1&project=p"
        path = "/v1/credentials/{connection}"
        app("GET", path, names, query=query, wants=[200])
        app("POST", path, names, {"duration_seconds": 900, "min_ttl_seconds": 0, "stage": "prod", "service": "s", "region": "eu-west-1", "project": "p"},
            wants=[200])
        app("POST", path, names, wants=[200])
        tenant.link("regional", region="eu-west-1", default_region="eu-west-1")
        tenant.grant("regional", "deploy")
        app("GET", path, {"connection": "regional"}, wants=[200])
        self.walk_other_forms(app)
        app("GET", path, {"connection": "nowhere"}, wants=[403])
        callers["admin"]("GET", path, names, wants=[403])
        app("GET", path, names, query="duration_seconds=899", wants=[400])
        app("GET", path, names, query="min_ttl_seconds=43200", wants=[409])
        with world.emulator.failing("throttling"):
            app("GET", path, names, wants=[429])
        with world.emulator.failing("access_denied"):
            refused = app("GET", path, names, wants=[422])
        self.assertIn("aws", refused.json)

    def walk_other_forms(self, app):
        regional = {"connection": "regional"}
        app("GET", "/v1/environment/{connection}", regional, query="duration_seconds=900", wants=[200])
        refs = ["secrets:prod", "secrets:regional", "secrets:regional.region"]
        app("POST", "/v1/resolve", body={"refs": refs, "context": {"stage": "prod", "service": "s", "region": "eu-west-1", "project": "p"}}, wants=[200])
        app("POST", "/v1/resolve", body={"refs": [*refs, "secrets:nowhere"], "partial": True}, wants=[200])
        app("POST", "/v1/resolve", body={"refs": [*refs, "secrets:nowhere"]}, wants=[403])
        app("POST", "/v1/resolve", body={"refs": ["secrets:prod.region"]}, wants=[404])
        access = "/tenants/{tenant}/secrets/access"
        app("POST", access, names, {"secretName": "prod", "appName": "deploy", "serviceName": "s", "stageName": "dev"}, wants=[200])
        app("POST", access, names, {"secretName": "prod", "appName": "another"}, wants=[403])
        for kind in ("creds", "sts"):
            path = f"/v1/aws/{kind}/{{connection}}"
            app("GET", path, names, query="name=prod&ttl=15m&role_session_name=mine", wants=[200])
            for verb in ("PUT", "POST"):
                app(verb, path, names, {"ttl": "900"}, wants=[200])
            app("GET", path, {"connection": "nowhere"}, wants=[403])
        with world.emulator.failing("access_denied"):
            refused = app("GET", "/v1/aws/sts/{connection}", regional, wants=[422])
            both = app("POST", "/v1/resolve", body={"refs": refs}, wants=[422])
        self.assertLessEqual({"aws", "errors"}, refused.json.keys() & both.json.keys())

    def check_that_all_was_met(self):
        met = {(verb, path) for verb, path, _ in contract.answered}
        self.assertEqual(met, set(contract.operations))
        good = {(*key, status) for key, operation in contract.operations.items() for status in operation["responses"] if status.startswith("2")}
        self.assertEqual(good - contract.answered, set(), "good answers that no call had")
        answered = {title for title, _ in contract.seen}
        fields = {(title, field) for title in answered for field in contract.document["components"]["schemas"][title]["properties"]}
        self.assertEqual(fields - contract.seen, self.UNSEEN, "fields that no answer had: let a walk have them, or UNSEEN say why not")

    def test_no_route_takes_more_than_is_documented(self):
        for verb, path in contract.operations:
            with self.subTest(verb=verb, path=path):
                self.refuses_bad_queries(verb, path)
                self.refuses_bad_bodies(verb, path)
                self.refuses_bad_names(verb, path)

    BAD = ("invalid_request", "duration_out_of_range")

    def refuses_bad_queries(self, verb, path):
        call = caller_of(verb, path)
        known = contract.parameters(verb, path, "query")
        if not path.startswith("/v1"):
            return  # a probe is not refused for its query
        bad = ["unknown=1"]
        for p in known:
            bad.append(f"{p['name']}=1&{p['name']}=1")
            if p["schema"]["type"] == "integer":
                bad += [f"{p['name']}=x", f"{p['name']}={p['schema']['minimum'] - 1}", f"{p['name']}={p['schema']['maximum'] + 1}"]
        for query in bad:
            answer = call(verb, path, names, good_body(verb, path) if verb in ("PUT", "POST") else None, query=query, wants=[400])
            self.assertIn(answer.code, self.BAD, query)

    def refuses_bad_bodies(self, verb, path):
        found = contract.body_schema(verb, path)
        if not found:
            return
        title, schema = found
        good = good_body(verb, path)
        for wrong, body in self.bad_bodies(schema, good):
            answer = caller_of(verb, path)(verb, path, names, body, wants=[400])
            self.assertIn(answer.code, self.BAD, f"{title}: {body}")
            self.assertIn(wrong, answer.json["message"], f"{title}: {body}")

    @staticmethod
    def bad_bodies(schema, good):
        yield "unknown", {**good, "unknown": 1}
        for field in schema.get("required", []):
            yield field, {k: v for k, v in good.items() if k != field}
        for name, field in schema["properties"].items():
            yield name, {**good, name: ["of", "another", "type"]}
            if field.get("type") == "integer":
                yield from ((name, {**good, name: n}) for n in (field["minimum"] - 1, field["maximum"] + 1, 1.5))
            if "enum" in field:
                yield name, {**good, name: "none of those"}
            if "maxLength" in field:
                yield name, {**good, name: "x" * (field["maxLength"] + 1)}
            if "pattern" in field:
                yield name, {**good, name: "Not One!"}
            if field.get("format") == "date-time":
                yield name, {**good, name: "tomorrow"}

    def refuses_bad_names(self, verb, path):
        for p in contract.parameters(verb, path, "path"):
            if path.startswith(("/v1/credentials", "/v1/environment", "/v1/aws")):
                continue  # a name that is none is denied like one that is not there
            body = good_body(verb, path) if verb in ("PUT", "POST") else None
            answer = caller_of(verb, path)(verb, path, {**names, p["name"]: "Not_one"}, body)
            self.assertIn((answer.status, answer.code), [(400, "invalid_request")], p["name"])

    def test_every_route_tells_who_may_not(self):
        for verb, path in contract.operations:
            roles = contract.roles(verb, path)
            if roles is None:
                continue
            with self.subTest(verb=verb, path=path):
                body = good_body(verb, path) if verb in ("PUT", "POST") else None
                unknown = callers[None](verb, path, names, body, wants=[403 if is_of_vault(path) else 401])
                self.assertEqual(unknown.code, "unauthenticated")
                for role in {"operator", "admin", "app", "auditor"} - roles:
                    self.assertEqual(callers[role](verb, path, names, body, wants=[403]).code, "role_not_allowed")

    def test_every_route_in_a_tenant_is_of_that_tenant_alone(self):
        for verb, path in contract.operations:
            if not path.startswith(TENANT) or contract.roles(verb, path) == {"operator"}:
                continue
            with self.subTest(verb=verb, path=path):
                body = good_body(verb, path) if verb in ("PUT", "POST") else None
                callers["admin"](verb, path, {**names, "tenant": "another"}, body, wants=[404])

    def test_a_revision_is_demanded_in_one_form(self):
        for verb, path in contract.operations:
            for header in contract.parameters(verb, path, "header"):
                with self.subTest(verb=verb, path=path, header=header["name"]):
                    body = good_body(verb, path) if verb in ("PUT", "POST") else None
                    self.assertEqual(caller_of(verb, path)(verb, path, names, body, headers={header["name"]: "7"}, wants=[400]).code, "invalid_request")

    def test_a_path_answers_no_method_that_is_not_documented(self):
        for path in contract.document["paths"]:
            documented = {v for v, p in contract.operations if p == path}
            for verb in {"GET", "POST", "PUT", "DELETE"} - documented:
                with self.subTest(verb=verb, path=path):
                    some = next(iter(documented))
                    target = path
                    for name, value in names.items():
                        target = target.replace("{" + name + "}", value)
                    answer = world.operator.call(verb, target)
                    contract.check(some, path, answer)
                    self.assertEqual(answer.code, "method_not_allowed")
                    self.assertLessEqual(documented, set(answer.headers["Allow"].split(", ")))


if __name__ == "__main__":
    unittest.main()

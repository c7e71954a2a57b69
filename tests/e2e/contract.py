"""The OpenAPI document as a judge: whether an answer is what it says of the operation, and no more."""
import copy
import json

import jsonschema

from harness import expect

STANDARD_HEADERS = {"content-type", "content-length", "date", "connection"}
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"


class Breach(AssertionError):
    """The server and its document do not say the same."""


def closed(document):
    """The same, but what an answer has beyond its schema is a fault, and a time has the one form that hourkey writes. For clients the
    published one stays open: a newer server may say more."""
    strict = copy.deepcopy(document)
    for schema in strict["components"]["schemas"].values():
        schema["additionalProperties"] = False
        for field in schema["properties"].values():
            if field.get("format") == "date-time":
                field["pattern"] = TIME
    return strict


class Contract:
    def __init__(self, document):
        self.document = document
        self.strict = closed(document)
        self.operations = {(verb.upper(), path): operation for path, item in document["paths"].items()
                           for verb, operation in item.items() if verb != "parameters"}
        self.answered = set()  # (verb, path, status)
        self.seen = set()  # (schema, field) of answers

    def resolve(self, part):
        while "$ref" in part:
            found = self.document
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part

    def parameters(self, verb, path, where):
        shared = self.document["paths"][path]["parameters"] + self.operations[verb, path]["parameters"]
        return [p for p in map(self.resolve, shared) if p["in"] == where]

    def body_schema(self, verb, path):
        """(title, schema) of the request, or None."""
        request = self.operations[verb, path].get("requestBody")
        if not request:
            return None
        reference = request["content"]["application/json"]["schema"]
        return reference["$ref"].rsplit("/", 1)[1], self.resolve(reference)

    def roles(self, verb, path):
        operation = self.operations[verb, path]
        if operation.get("security") == []:
            return None
        return set(operation["description"].removeprefix("For tokens of role ").rstrip(".").split(", "))

    def check(self, verb, path, answer):
        """Status, headers and body, in both directions."""
        what = f"{verb} {path} -> {answer!r}"
        responses = self.operations[verb, path]["responses"]
        told = self.resolve(responses.get(str(answer.status), responses["default"]))
        self.answered.add((verb, path, str(answer.status) if str(answer.status) in responses else "default"))
        self._check_headers(what, told, answer, responses)
        content = told.get("content")
        if bool(content) != bool(answer.body):
            raise Breach(f"{what}: a body is {'missing' if content else 'not documented'}")
        if content:
            self._check_body(what, content["application/json"]["schema"], answer.json)
        return answer

    def _check_headers(self, what, told, answer, responses):
        documented = {name.lower() for name in told["headers"]}
        given = {name.lower() for name in answer.headers}
        if extra := given - documented - STANDARD_HEADERS:
            raise Breach(f"{what}: headers {extra} are not documented")
        always = documented - {"x-hourkey-warning", "allow", "retry-after"}
        if answer.status == 405:
            always.add("allow")
        if answer.status in (429, 503) and "code" in answer.json and answer.json["retryable"]:
            always.add("retry-after")
        if missing := always - given:
            raise Breach(f"{what}: headers {missing} are missing")

    def _check_body(self, what, schema, body):
        whole = {**schema, "components": self.strict["components"]}
        errors = list(jsonschema.Draft202012Validator(whole).iter_errors(body))
        if errors:
            raise Breach(f"{what}: {json.dumps(schema)}: " + "; ".join(f"{e.json_path}: {e.message}" for e in errors))
        self._note(schema, body)

    def _note(self, schema, body):
        """Which fields of which named schemas an answer had."""
        if isinstance(body, list):
            for item in body:
                self._note(schema["items"], item)
        for part in schema.get("allOf", [schema]):
            if not isinstance(body, dict) or "$ref" not in part:
                continue
            title, fields = part["$ref"].rsplit("/", 1)[1], self.resolve(part)["properties"]
            for name in fields.keys() & body.keys():
                self.seen.add((title, name))
                self._note(fields[name], body[name])


class Caller:
    """Calls that are judged."""

    def __init__(self, contract, api):
        self.contract, self.api = contract, api

    def __call__(self, verb, path, names=(), body=None, query="", headers=None, wants=None):
        """`path` as the document has it; `names` fill its braces."""
        target = path
        for name, value in dict(names).items():
            target = target.replace("{" + name + "}", value)
        answer = self.contract.check(verb, path, self.api.call(verb, target + (f"?{query}" if query else ""), body, headers))
        return expect(answer, *wants) if wants else answer

"""What documents name is there, and what has to stand in them does."""
import json
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
IN_TEXT = re.compile(r"`((?:server|lib|tests|schema|docs|config|tools|cmake)/[\w./*-]+)`")
OF_TESTS = re.compile(r"`((?:unit|component|e2e|fault|fuzz|bench|vectors)/[\w./*-]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def is_there(path):
    """Also without its ending, as `lib/store_sqlite/head_file` or `lib/obs/log.*`; `NNNN` stands for any number."""
    wanted = path.rstrip("/").replace("NNNN_name", "*")
    if (ROOT / wanted).exists():
        return True
    return any(ROOT.glob(wanted)) or any(ROOT.glob(wanted + ".*"))


class Paths(unittest.TestCase):
    def test_each_path_in_a_document_is_there(self):
        for document in DOCUMENTS:
            for path in IN_TEXT.findall(document.read_text()):
                with self.subTest(document=document.name, path=path):
                    self.assertTrue(is_there(path), f"{document.name} names {path}")

    def test_each_test_that_a_document_names_is_there(self):
        for document in DOCUMENTS:
            for path in OF_TESTS.findall(document.read_text()):
                with self.subTest(document=document.name, path=path):
                    self.assertTrue(is_there("tests/" + path), f"{document.name} names {path}")

    def test_each_link_to_a_file_is_there(self):
        for document in [*DOCUMENTS, *ROOT.glob("docs/decisions/*.md")]:
            for target in LINK.findall(document.read_text()):
                with self.subTest(document=document.name, target=target):
                    self.assertTrue((document.parent / target).exists(), f"{document.name} links to {target}")

    def test_a_path_that_is_not_there_would_be_found(self):
        self.assertFalse(is_there("server/nowhere.cpp"))
        self.assertTrue(is_there("lib/obs/log.*"))


class Reference(unittest.TestCase):
    """docs/API.md knows what schema/openapi.json has; what people read is written by hand, so a test has to ask for it."""

    document = json.loads((ROOT / "schema/openapi.json").read_text())
    text = (ROOT / "docs/API.md").read_text()

    def test_each_route_is_there(self):
        for path, operations in self.document["paths"].items():
            for verb in operations.keys() - {"parameters"}:
                written = f"`{verb.upper()} {path.replace('/v1/tenants/{tenant}/', '.../')}`"
                with self.subTest(written):
                    self.assertTrue(written in self.text, f"docs/API.md has no {written}")

    # They have their place in the trail; nothing writes them yet.
    UNWRITTEN = {"attempts", "binding", "capabilities", "policy_hash", "session_sharing"}

    def test_each_field_of_a_body_is_there(self):
        for title, schema in self.document["components"]["schemas"].items():
            for field in schema["properties"].keys() - (self.UNWRITTEN if title == "AuditedState" else set()):
                with self.subTest(f"{title}.{field}"):
                    self.assertTrue(re.search(rf'[`"{{,.]{field}\b', self.text), f"docs/API.md has no field {field} of {title}")

    def test_each_code_of_an_error_is_there(self):
        errors = self.text[self.text.index("\n## Errors"):]
        for code in sorted(codes_in(self.document)):
            with self.subTest(code):
                self.assertTrue(f"`{code}`" in errors, f"docs/API.md has no `{code}` under Errors")


def codes_in(part):
    """Every value that `code` of an error's schema may have."""
    if isinstance(part, list):
        return set().union(*map(codes_in, part))
    if not isinstance(part, dict):
        return set()
    here = part.get("code", {})
    return set(here.get("enum", ()) if isinstance(here, dict) else ()) | codes_in(list(part.values()))


if __name__ == "__main__":
    unittest.main()

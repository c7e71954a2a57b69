"""The paths that documents and comments name are there."""
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


if __name__ == "__main__":
    unittest.main()

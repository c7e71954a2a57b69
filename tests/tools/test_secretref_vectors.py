"""What the resolver is to write is, to real parsers, the tree that was meant; the unit tests hold it to writing that."""
import json
import pathlib
import tomllib
import unittest

import yaml

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "secretref"


class Loader(yaml.CSafeLoader):
    """Tags that are not YAML's own are passed over: what counts is that they stand where a reader takes them."""


def without_tag(loader, _, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_scalar(node)


Loader.add_multi_constructor("!", without_tag)
PARSERS = {"yaml": lambda text: list(yaml.load_all(text, Loader)), "json": json.loads, "toml": tomllib.loads}


def cases():
    for path in sorted(FOLDER.glob("*.json")):
        vectors = json.loads(path.read_text())
        for case in vectors.get("cases", []):
            yield vectors["format"], case


class Trees(unittest.TestCase):
    def test_each_output_parses_to_the_tree_that_was_meant(self):
        parsed = 0
        for name, case in cases():
            if name not in PARSERS or "output" not in case or "no_tree" in case:
                continue
            with self.subTest(format=name, what=case["what"]):
                tree = json.loads(json.dumps(PARSERS[name](case["output"]), default=str))
                self.assertEqual(tree, case["tree"])
                parsed += 1
        self.assertGreater(parsed, 60)

    def test_each_case_says_what_comes_of_it(self):
        for name, case in cases():
            with self.subTest(format=name, what=case["what"]):
                self.assertEqual(1, ("output" in case) + ("problems" in case))
                if name in PARSERS and "output" in case:
                    self.assertEqual(1, ("tree" in case) + ("no_tree" in case))

    def test_whole_references_are_mappings_in_the_trees(self):
        """The trees are data as well: one that kept a reference would agree with a resolver that does nothing."""
        for name, case in cases():
            if "tree" in case and "\\" not in case["input"] and case.get("spelling") is None:
                with self.subTest(format=name, what=case["what"]):
                    self.assertNotRegex(json.dumps(case["tree"]), r"\$[{<]secrets:[a-z]")


if __name__ == "__main__":
    unittest.main()

"""The plugin in the Serverless Framework v2."""
import unittest

from serverless_cases import Plugin, Syntax
from serverless_frameworks import V2


class Version2(Syntax, Plugin, unittest.TestCase):
    framework = V2


if __name__ == "__main__":
    unittest.main()

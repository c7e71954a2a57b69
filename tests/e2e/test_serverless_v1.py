"""The plugin in the Serverless Framework v1."""
import unittest

from serverless_cases import Plugin, Syntax
from serverless_frameworks import V1


class Version1(Syntax, Plugin, unittest.TestCase):
    framework = V1


if __name__ == "__main__":
    unittest.main()

"""The plugin in the Serverless Framework v3."""
import unittest

from serverless_cases import Plugin
from serverless_frameworks import V3


class Version3(Plugin, unittest.TestCase):
    framework = V3


if __name__ == "__main__":
    unittest.main()

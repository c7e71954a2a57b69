"""The plugin in osls 3."""
import unittest

from serverless_cases import Plugin
from serverless_frameworks import OSLS3


class Osls3(Plugin, unittest.TestCase):
    framework = OSLS3


if __name__ == "__main__":
    unittest.main()

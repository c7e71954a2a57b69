"""The plugin in osls 4."""
import unittest

from serverless_cases import Plugin
from serverless_frameworks import OSLS4


class Osls4(Plugin, unittest.TestCase):
    framework = OSLS4


if __name__ == "__main__":
    unittest.main()

"""Packages of PyPI in an environment of their own, beside the build."""
import hashlib
import os
import subprocess
import sys
import unittest

from harness import BINARIES


def python_with(*requirements):
    """The interpreter of an environment that has them. Without PyPI the test is skipped, but in CI, where it fails."""
    name = "packages-" + hashlib.sha256(" ".join(requirements).encode()).hexdigest()[:12]
    venv = BINARIES.parent / name
    python, whole = venv / "bin/python", venv / "whole"
    if whole.exists():
        return python
    made = subprocess.run([sys.executable, "-m", "venv", venv], capture_output=True, text=True)
    if made.returncode == 0:
        made = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements], capture_output=True, text=True)
    if made.returncode:
        if "CI" in os.environ:
            raise AssertionError(f"{requirements} cannot be installed: {made.stdout}{made.stderr}")
        raise unittest.SkipTest(f"{', '.join(requirements)} cannot be installed from PyPI")
    whole.touch()
    return python

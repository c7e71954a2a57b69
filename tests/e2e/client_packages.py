"""Programs of other people at a version that is said, installed once each from their registries into build/clients."""
import contextlib
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from harness import PATH, REPOSITORY

FOLDER = pathlib.Path(os.environ.get("HOURKEY_CLIENTS", REPOSITORY / "build/clients"))
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
ALL = os.environ.get("HOURKEY_ALL_CLIENTS") == "1"  # ./dev test --all-clients


def missing(why):
    """A client that CI relies on fails there, and is passed over by name elsewhere."""
    if IN_CI:
        raise AssertionError(f"{why}; CI does not do without")
    raise unittest.SkipTest(why)


@contextlib.contextmanager
def _one_at_a_time(name):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / f".{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _surroundings():
    """npm and pip may need the machine's proxy and registry settings; nothing of AWS."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return {**kept, "PATH": PATH}


def _install(folder, *command):
    """Into a folder that has its name only once it is whole."""
    done = subprocess.run([str(c) for c in command], env=_surroundings(), cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode:
        missing(f"{' '.join(map(str, command))} failed: {(done.stderr or done.stdout)[-800:]}")


def node_version():
    node = shutil.which("node", path=PATH)
    if not node:
        missing("there is no node")
    text = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(n) for n in re.findall(r"\d+", text)[:3])


def npm(package, version):
    """The folder whose node_modules has the package and what it needs; no script of a package is run."""
    folder = FOLDER / f"{package.replace('/', '+')}-{version}"
    with _one_at_a_time(folder.name):
        if not folder.exists():
            if not shutil.which("npm", path=PATH):
                missing("there is no npm")
            half = folder.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            (half / "package.json").write_text(json.dumps({"private": True}))
            _install(half, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error",
                     f"{package}@{version}")
            half.rename(folder)
    return folder


def pip(requirement, program):
    """A program of a package of PyPI, in a virtual environment of its own."""
    folder = FOLDER / re.sub(r"\W+", "-", requirement).strip("-")
    with _one_at_a_time(folder.name):
        if not (folder / "whole").exists():  # a virtual environment cannot be renamed
            shutil.rmtree(folder, ignore_errors=True)
            _install(FOLDER, "/usr/bin/python3", "-m", "venv", folder)
            _install(FOLDER, folder / "bin/pip", "install", "-q", requirement)
            (folder / "whole").touch()
    return folder / "bin" / program

import pathlib
import tempfile
import unittest

import lint_tool

check_dependencies = lint_tool.load("check_dependencies")


TABLE = check_dependencies.declared_modules((lint_tool.TOOLS.parent / "CMakeLists.txt").read_text())


class ATree(unittest.TestCase):
    """A source tree with the modules of this one; each test adds what it is about."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "lib").mkdir()
        (self.root / "docs").mkdir()
        self.declare(TABLE)
        self.document(TABLE)

    def declare(self, table):
        lines = [f"hourkey_module({name}{' DEPENDS ' + ' '.join(may) if may else ''} PRIVATE Some::Library)" for name, may in table.items()]
        (self.root / "CMakeLists.txt").write_text("\n".join(lines))

    def document(self, table):
        rows = [f"| `{name}` | what it does, in a | b | {', '.join(may) or 'nothing of ours'} |" for name, may in table.items()]
        (self.root / "docs/ARCHITECTURE.md").write_text("\n".join(["| module | its one job | may include |", *rows, "| `other` | no module | x |", ""]))

    def problems(self):
        return check_dependencies.check(self.root)

    def problems_with(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return self.problems()


class ModuleTable(ATree):
    def test_agrees_with_itself(self):
        self.assertEqual(self.problems(), [])

    def test_an_arrow_that_points_back_is_refused(self):
        self.declare({**TABLE, "core": ["vending"]})
        self.assertRegex(self.problems()[0], "module core DEPENDS vending, which is not declared before it")

    def test_a_copy_that_differs_is_refused_and_put_right_on_request(self):
        self.declare({**TABLE, "audit": ["core", "crypto", "model", "aws"]})
        self.assertRegex(self.problems()[0], "audit may include core, crypto, model, aws, not core, crypto, model;")
        self.declare({**TABLE, "policy": ["core"]})
        before = (self.root / "docs/ARCHITECTURE.md").read_text()
        self.assertEqual(check_dependencies.main(["--write", str(self.root)]), 0)
        self.assertEqual((self.root / "docs/ARCHITECTURE.md").read_text(),
                         before.replace("| `policy` | what it does, in a | b | core, aws, model |", "| `policy` | what it does, in a | b | core |"))

    def test_a_module_without_a_row_in_the_copy_is_refused(self):
        self.declare({**TABLE, "helpers": []})
        self.assertEqual(self.problems(), ["docs/ARCHITECTURE.md: module helpers has no row in the table"])

    def test_refuses_an_undeclared_folder(self):
        self.assertEqual(self.problems_with("lib/helpers/x.cpp", ""), ["lib/helpers: is no declared module"])


class Rooms(ATree):
    def test_only_wiring_stands_outside_the_rooms(self):
        problems = self.problems_with("server/helper.cpp", "")
        self.assertEqual(problems, ["server/helper.cpp: only wiring stands in server/ itself: put it into a room"])

    def test_refuses_an_unknown_room(self):
        self.assertEqual(self.problems_with("server/helpers/a.cpp", ""), ["server/helpers/a.cpp: helpers is no room of server/"])


class Includes(ATree):
    REFUSED = {
        "an arrow the table does not have": ("lib/policy/a.cpp", '#include "store/reader.hpp"'),
        "an arrow the wrong way round": ("lib/core/a.hpp", '#include "http/message.hpp"'),
        "a module reached only through another": ("lib/emulator/a.cpp", '#include "model/app.hpp"'),
        "a header without its module": ("lib/core/a.cpp", '#include "failure.hpp"'),
        "no module at all": ("lib/core/a.cpp", '#include "server/app.hpp"'),
        "OpenSSL in the signer": ("lib/aws/a.cpp", "#include <openssl/hmac.h>"),
        "OpenSSL in a header": ("lib/net/a.hpp", "#include <openssl/ssl.h>"),
        "SQLite outside the store": ("lib/audit/a.cpp", "#include <sqlite3.h>"),
        "Beast outside http": ("lib/sts/a.cpp", "#include <boost/beast/http.hpp>"),
        "Beast in a header": ("lib/http/a.hpp", "#  include <boost/beast/http/parser.hpp>"),
        "Beast in a test of another module": ("tests/unit/net/a.cpp", "#include <boost/beast/http.hpp>"),
        "nlohmann in the program": ("server/doors/api/a.cpp", "#include <nlohmann/json.hpp>"),
        "nlohmann in a header of json": ("lib/json/a.hpp", "#include <nlohmann/json.hpp>"),
        "fmt outside obs": ("lib/core/a.cpp", "#include <fmt/format.h>"),
        "pugixml in the emulator": ("lib/emulator/a.cpp", "#include <pugixml.hpp>"),
        "the command line in a module": ("lib/core/a.cpp", "#include <CLI/CLI.hpp>"),
        "TOML in a header": ("server/config.hpp", "#include <toml++/toml.h>"),
        "Asio in a module without I/O": ("lib/policy/a.cpp", "#include <boost/asio/awaitable.hpp>"),
        "the test framework in the program": ("server/worker.cpp", "#include <doctest/doctest.h>"),
        "a door that knows another": ("server/doors/api/a.cpp", '#include "server/doors/control/control_door.hpp"'),
        "what doors share that knows one": ("server/doors/a.cpp", '#include "server/doors/api/routes.hpp"'),
        "a door with sockets": ("server/doors/api/a.cpp", '#include "net/reactor.hpp"'),
        "a door that asks AWS": ("server/doors/api/a.cpp", '#include "sts/client.hpp"'),
        "a door that knows who wires it": ("server/doors/api/a.cpp", '#include "server/worker.hpp"'),
        "an adapter that knows a door": ("server/adapters/a.cpp", '#include "server/doors/call.hpp"'),
        "a command that starts a server": ("server/commands/backup.cpp", '#include "server/application.hpp"'),
        "wiring that knows a command": ("server/worker.cpp", '#include "server/commands/report.hpp"'),
        "a client that knows the server": ("clients/cli/a.cpp", '#include "server/version.hpp"'),
        "a client that logs": ("clients/cli/commands/a.cpp", '#include "obs/log.hpp"'),
        "OpenSSL in a client": ("clients/cli/a.cpp", "#include <openssl/evp.h>"),
    }
    ALLOWED = {
        "an arrow of the table": ("lib/http/a.cpp", '#include "net/byte_stream.hpp"'),
        "its own header": ("lib/aws/a.cpp", '#include "aws/arn.hpp"'),
        "any module in the program": ("server/worker.cpp", '#include "store/database.hpp"\n#include "server/config.hpp"'),
        "a door with what doors share": ("server/doors/api/a.cpp", '#include "server/doors/call.hpp"\n#include "server/adapters/a.hpp"'),
        "the wiring with a door": ("server/mounts.cpp", '#include "server/doors/api/api_door.hpp"'),
        "a third party in its place": ("lib/store_sqlite/a.cpp", "#include <sqlite3.h>"),
        "json's forward declarations": ("lib/json/a.hpp", "#include <nlohmann/json_fwd.hpp>"),
        "Asio where coroutines are": ("lib/http/a.hpp", "#include <boost/asio/awaitable.hpp>"),
        "what a client asks with": ("clients/cli/a.cpp", '#include "client/api_client.hpp"\n#include "clients/cli/a.hpp"'),
        "Boost's small libraries": ("lib/core/a.hpp", "#include <boost/system/result.hpp>"),
        "a test with another parser than ours": ("tests/unit/aws/a.cpp", "#include <nlohmann/json.hpp>\n#include <openssl/hmac.h>"),
        "Beast in http's own tests": ("tests/unit/http/a.cpp", "#include <boost/beast/http.hpp>"),
    }

    def test_refused(self):
        for name, (path, text) in self.REFUSED.items():
            with self.subTest(name):
                problems = self.problems_with(path, "#pragma once\n" + text)
                self.assertEqual(len(problems), 1, problems)
                self.assertTrue(problems[0].startswith(path + ":2: "), problems[0])
                (self.root / path).unlink()

    def test_allowed(self):
        for name, (path, text) in self.ALLOWED.items():
            with self.subTest(name):
                self.assertEqual(self.problems_with(path, text), [])
                (self.root / path).unlink()


if __name__ == "__main__":
    unittest.main()

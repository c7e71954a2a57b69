#include "server/config.hpp"

#include "source_tree.hpp"
#include "support/scratch_folder.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

namespace hourkey::server {
namespace {

using test::scratch_folder;

environment with(std::map<std::string, std::string> values) {
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto at = values.find(name);
        return at == values.end() ? std::nullopt : std::optional<std::string>(at->second);
    };
}

bool says(const result<config>& r, std::string_view what) {
    if (r) return false;
    return r.error().code == errc::invalid_configuration && r.error().message.find(what) != std::string::npos &&
           !r.error().hint.empty();
}

/// A variable of the process, for the search for misspelt ones.
class process_variable {
public:
    explicit process_variable(const char* name) : name_(name) { ::setenv(name, "1", 1); }
    ~process_variable() { ::unsetenv(name_); }
    process_variable(const process_variable&) = delete;
    process_variable& operator=(const process_variable&) = delete;

private:
    const char* name_;
};

}  // namespace

TEST_CASE("Without any source the defaults stand") {
    const auto c = load_config({});
    REQUIRE(c.has_value());
    CHECK(c->listen.address == "127.0.0.1");
    CHECK(c->listen.port == 8443);
    CHECK(c->vending.default_duration_seconds == 3600);
    CHECK(c->server_key_file() == "/var/lib/hourkey/hourkey.db.key");
}

TEST_CASE("--set wins over the environment, which wins over the file") {
    const scratch_folder folder;
    const auto file =
        folder.put("hourkey.toml",
                   "[listen]\nport = 1\n[admin]\nport = 1\n[log]\nlevel = \"error\"\n[store]\nkey_file = \"/k\"\n");
    const auto c = load_config({.file = file,
                                .env = with({{"HOURKEY_ADMIN__PORT", "2"}, {"HOURKEY_LOG__LEVEL", "warn"}}),
                                .overrides = {"log.level=debug"}});
    REQUIRE(c.has_value());
    CHECK(c->listen.port == 1);
    CHECK(c->admin.port == 2);
    CHECK(c->log.level == "debug");
    CHECK(c->server_key_file() == "/k");
}

TEST_CASE("What is wrong in a file is named with its key") {
    const struct {
        std::string name;
        std::string text;
        std::string says;
    } rows[] = {
        {"unknown key", "[listen]\nprot = 1\n", "listen.prot is not a known key"},
        {"unknown section", "[listne]\nport = 1\n", "listne.port is not a known key"},
        {"outside a section", "port = 1\n", "port stands outside a section"},
        {"text for a number", "[listen]\nport = \"1\"\n", "listen.port is not a whole number"},
        {"fraction for a number", "[listen]\nport = 1.0\n", "listen.port is not a whole number"},
        {"boolean for a number", "[listen]\nport = true\n", "listen.port is not a whole number"},
        {"number for a text", "[listen]\naddress = 1\n", "listen.address is not a text"},
        {"below the range", "[vending]\ndefault_duration_seconds = 899\n", "vending.default_duration_seconds is 899"},
        {"above the range", "[vending]\ndefault_duration_seconds = 43201\n",
         "vending.default_duration_seconds is 43201"},
        {"negative", "[listen]\nport = -1\n", "listen.port is -1"},
        {"beyond 32 bits", "[listen]\nport = 4294967297\n", "listen.port is 4294967297"},
        {"no such choice", "[log]\nlevel = \"loud\"\n", "log.level is 'loud'"},
        {"not TOML", "[listen\n", "is not TOML"},
        {"key twice", "[listen]\nport = 1\nport = 2\n", "is not TOML"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const scratch_folder folder;
        const auto file = folder.put("hourkey.toml", r.text);
        const auto c = load_config({.file = file, .env = {}, .overrides = {}});
        CHECK(says(c, r.says));
        CHECK(says(c, file));
    }
    CHECK(!load_config({.file = "/nowhere/hourkey.toml", .env = {}, .overrides = {}}));
}

TEST_CASE("What is wrong in the environment or after --set is named too") {
    CHECK(says(load_config({.file = {}, .env = with({{"HOURKEY_LISTEN__PORT", "80a"}}), .overrides = {}}),
               "HOURKEY_LISTEN__PORT: listen.port is not a whole number"));
    CHECK(says(load_config({.file = {}, .env = with({{"HOURKEY_LISTEN__PORT", ""}}), .overrides = {}}),
               "not a whole number"));
    CHECK(
        says(load_config({.file = {}, .env = with({{"HOURKEY_LISTEN__PORT", "65536"}}), .overrides = {}}), "is 65536"));
    for (const std::string pair : {"listen.prot=1", "listen=1", "port", "=", "listen.=1", ".port=1", "listen:port=1"}) {
        CAPTURE(pair);
        CHECK(says(load_config({.file = {}, .env = {}, .overrides = {pair}}), "is not a known key"));
    }
    const auto stray = load_config({.file = {}, .env = {}, .overrides = {"hk_admin_x"}});
    CHECK(stray.error().message.find("hk_") == std::string::npos);
    const auto kept = load_config({.file = {}, .env = {}, .overrides = {"store.path=/a=b.c"}});
    REQUIRE(kept.has_value());
    CHECK(kept->store.path == "/a=b.c");
}

TEST_CASE("A misspelt HOURKEY_ variable is an error, another program's is not") {
    {
        const process_variable wrong("HOURKEY_LISTEN__PROT");
        CHECK(says(load_config({}), "HOURKEY_LISTEN__PROT is not a known key"));
    }
    const process_variable other("HOURKEY_TOKEN");
    CHECK(load_config({}).has_value());
}

TEST_CASE("The largest and smallest values of a range are taken") {
    for (const std::string pair : {"listen.port=0", "listen.port=65535", "vending.default_duration_seconds=900",
                                   "vending.default_duration_seconds=43200", "audit.retention_days=1"}) {
        CAPTURE(pair);
        CHECK(load_config({.file = {}, .env = {}, .overrides = {pair}}).has_value());
    }
}

TEST_CASE(
    "config/hourkey.toml is valid and lists every key in its section, with the default where it is commented out") {
    const std::string path = hourkey::test::vectors_folder() + "/../../config/hourkey.toml";
    CHECK(load_config({.file = path, .env = {}, .overrides = {}}).has_value());

    const scratch_folder folder;
    std::ifstream in(path);
    REQUIRE(in);
    std::string line, section, uncommented;
    std::vector<std::string> listed;
    while (std::getline(in, line)) {
        const bool is_comment = line.starts_with("# ");
        const auto text = is_comment ? line.substr(2) : line;
        const auto equals = text.find(" = ");
        const bool is_key =
            equals != std::string::npos && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == equals;
        if (text.starts_with('[')) section = text.substr(1, text.find(']') - 1);
        if (is_key) listed.push_back(section + "." + text.substr(0, equals));
        if (text.starts_with('[') || (is_key && is_comment)) uncommented += text + "\n";
    }
    CHECK(listed == all_config_keys());

    // Nothing changes when the commented defaults are written out.
    const auto spelt = load_config({.file = folder.put("all.toml", uncommented), .env = {}, .overrides = {}}),
               defaults = load_config({});
    REQUIRE(spelt.has_value());
    CHECK(spelt->listen.port == defaults->listen.port);
    CHECK(spelt->listen.max_connections == defaults->listen.max_connections);
    CHECK(spelt->listen.max_connections_per_address == defaults->listen.max_connections_per_address);
    CHECK(spelt->admin.address == defaults->admin.address);
    CHECK(spelt->admin.port == defaults->admin.port);
    CHECK(spelt->store.path == defaults->store.path);
    CHECK(spelt->store.min_free_mib == defaults->store.min_free_mib);
    CHECK(spelt->vending.default_duration_seconds == defaults->vending.default_duration_seconds);
    CHECK(spelt->vending.sts_timeout_ms == defaults->vending.sts_timeout_ms);
    CHECK(spelt->audit.retention_days == defaults->audit.retention_days);
    CHECK(spelt->log.level == defaults->log.level);
    CHECK(spelt->log.format == defaults->log.format);
}

TEST_CASE(
    "A variable of a section of ours with one underscore is named with its right spelling, others are the client's") {
    struct row {
        const char* name;
        const char* meant;  ///< null: passes
    };
    for (const auto& r :
         {row{"HOURKEY_LISTEN_PORT", "HOURKEY_LISTEN__PORT"}, row{"HOURKEY_STORE_PATH", "HOURKEY_STORE__PATH"},
          row{"HOURKEY_AWS_STS_ENDPOINT", "HOURKEY_AWS__STS_ENDPOINT"}, row{"HOURKEY_LOG_COLOUR", "HOURKEY_LOG__KEY"},
          row{"HOURKEY_AUDIT_", "HOURKEY_AUDIT__KEY"}, row{"HOURKEY_TOKEN", nullptr},
          row{"HOURKEY_TOKEN_FILE", nullptr}, row{"HOURKEY_URL", nullptr}, row{"HOURKEY_CACERT", nullptr},
          row{"HOURKEY_LISTEN", nullptr}, row{"HOURKEY_LISTENER_PORT", nullptr}}) {
        CAPTURE(r.name);
        ::setenv(r.name, "8443", 1);
        const auto loaded = load_config({});
        ::unsetenv(r.name);
        CHECK(loaded.has_value() == (r.meant == nullptr));
        if (loaded || r.meant == nullptr) continue;
        CHECK(loaded.error().message.find(r.name) != std::string::npos);
        CHECK(loaded.error().hint.find(r.meant) != std::string::npos);
    }
}

}  // namespace hourkey::server

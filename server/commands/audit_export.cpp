#include "server/commands/commands.hpp"

#include "core/encoding.hpp"
#include "server/adapters/audit_json.hpp"
#include "server/commands/configuration_flags.hpp"
#include "server/commands/name_option.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/own_files.hpp"
#include "store/reader.hpp"
#include "store_sqlite/open_read_only.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <sys/stat.h>

namespace hourkey::server {
namespace {

struct audit_export_options {
    configuration_flags flags;
    std::string tenant;       ///< its name or its id, also of one that was deleted
    bool of_server = false;   ///< the server's own records: operators and their tokens
    bool of_all = false;
    std::uint64_t since = 0;  ///< records after this seq
    bool follow = false;      ///< go on with what arrives, until Ctrl-C
};

constexpr std::size_t page_size = 500;
/// How long a record may wait for a reader that follows; a page costs the server nothing, a poll this reader next to
/// nothing.
constexpr std::chrono::milliseconds between_looks{200};

/// Which records are asked for.
struct selection {
    std::optional<ulid> tenant_id;  ///< nil: the server
    std::string tenant_name;        ///< whatever ids tenants of that name have had; empty: see tenant_id

    [[nodiscard]] bool takes(const model::audit_record& r) const {
        if (tenant_id) return r.tenant_id == *tenant_id;
        return tenant_name.empty() || r.tenant == tenant_name;
    }
};

result<selection> read_selection(const audit_export_options& options) {
    if (options.of_server) return selection{ulid(), {}};
    if (options.tenant.empty()) return selection{};
    if (const auto id = ulid::parse(options.tenant)) return selection{*id, {}};
    HK_TRY(const auto name, read_name<tenant_name>("--tenant", options.tenant));
    return selection{std::nullopt, name.str()};
}

std::string line_of(const model::audit_record& r) {
    json::writer w(1024);
    w.begin_object().integer("seq", static_cast<std::int64_t>(r.seq));
    if (!r.tenant.empty()) w.string("tenant", r.tenant);
    if (!r.tenant_id.is_nil()) w.string("tenant_id", r.tenant_id.str());
    w.integer("tenant_seq", static_cast<std::int64_t>(r.tenant_seq));
    write_audit_fields(w, r);
    w.string("hash", to_hex(r.hash)).end_object();
    return w.take() + '\n';
}

/// False: nobody reads any more.
result<bool> write_out(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return true;
    if (errno == EPIPE) return false;
    return failure(errc::store_unavailable, "The records could not be written.", "Look at where standard output goes.",
                   std::strerror(errno));
}

failure unreadable(std::int64_t seq) {
    return failure(errc::store_corrupt, "The row at seq " + std::to_string(seq) + " does not hold an audit record.",
                   "Run `hourkeyd audit verify`, then restore the last backup.", {});
}

/// Which file stands at a path; nothing when none does.
std::optional<std::pair<dev_t, ino_t>> file_at(const std::string& path) {
    struct stat s{};
    if (::stat(path.c_str(), &s) != 0) return std::nullopt;
    return std::pair(s.st_dev, s.st_ino);
}

/// What a reader has that the trail has not: records that came back with an older file would be passed over in silence.
failure beyond(std::uint64_t since, std::uint64_t end) {
    return failure(
        errc::store_corrupt,
        "--since is " + std::to_string(since) + ", and the trail ends at seq " + std::to_string(end) +
            ": the database is older than what you have, as after `hourkeyd restore`.",
        "Go on with --since SEQ, one below the seq that `hourkeyd restore` told: from there on what you have "
        "is of the old database.");
}

failure replaced(const std::string& path, std::uint64_t last) {
    return failure(
        errc::store_corrupt,
        "The database " + path +
            " is not the file any more that was followed: it was replaced, as `hourkeyd restore` does, or is gone. " +
            "The last record read of the old one has seq " + std::to_string(last) + ".",
        "Go on with --follow --since SEQ, one below the seq that `hourkeyd restore` told: from there on what you have "
        "is of the old database.");
}

result<int> export_audit(const audit_export_options& options) {
    HK_TRY(const auto wanted, read_selection(options));
    HK_TRY(const auto c, options.flags.load());
    HK_CHECK(store::check_standard_output(own_files(c, options.flags.file)));
    const auto followed = file_at(c.store.path);
    HK_TRY(const auto reader, store::open_read_only(c.store.path));
    HK_TRY(const auto head, reader->read_head());
    if (options.since > head.seq) {
        static_cast<void>(report(beyond(options.since, head.seq)));
        return static_cast<int>(exit_found_wrong);
    }
    bool has_any = false;
    for (auto after = options.since;;) {
        const bool is_replaced =
            options.follow && file_at(c.store.path) != followed;  // asked first: what came before that is still read
        const auto got = reader->read_chain(after, page_size);
        if (is_replaced && (!got || got->records.empty())) {
            static_cast<void>(report(replaced(c.store.path, after)));
            return static_cast<int>(exit_found_wrong);
        }
        if (!got) return got.error();
        const auto& run = *got;
        std::string page;
        for (const auto& r : run.records) {
            if (wanted.takes(r)) page += line_of(r);
            after = r.seq;
        }
        has_any = has_any || !page.empty();
        HK_TRY(const bool is_read, write_out(page));
        if (!is_read) break;
        if (run.unreadable) {
            static_cast<void>(report(unreadable(*run.unreadable)));
            return static_cast<int>(exit_found_wrong);
        }
        if (!run.records.empty()) continue;
        if (!options.follow) break;
        std::this_thread::sleep_for(between_looks);  // a signal ends the program
    }
    if (!has_any && !options.tenant.empty())
        std::fprintf(stderr, "No record%s is of a tenant %s.\n", options.since == 0 ? "" : " since then",
                     options.tenant.c_str());
    return static_cast<int>(exit_ok);
}

}  // namespace

command::spec audit_export_command() {
    auto o = std::make_shared<audit_export_options>();
    return {
        .path = "audit export",
        .summary = "Write records as JSON, one a line, also while the server runs; all, unless you say whose",
        .text = "In the order of the chain. Reads the database itself, beside a running server too.",
        .options = configuration_options(
            o->flags, {{.name = "--tenant",
                        .value = "NAME",
                        .text = "a tenant's, by its name or id, also of one that was deleted",
                        .target = &o->tenant,
                        .excludes = {"--server", "--all"}},
                       {.name = "--server",
                        .text = "the server's own: operators and their tokens",
                        .target = &o->of_server,
                        .excludes = {"--all"}},
                       {.name = "--all", .text = "everybody's", .target = &o->of_all},
                       {.name = "--since",
                        .value = "SEQ",
                        .text = "records after this seq",
                        .target = &o->since,
                        .range = command::number_range{0, std::numeric_limits<std::int64_t>::max()}},
                       {.name = "--follow", .text = "go on with what arrives, until Ctrl-C", .target = &o->follow}}),
        .examples = {{"hourkeyd audit export --config /etc/hourkey/hourkey.toml --tenant acme --since 4711",
                      "What has come since"}},
        .exit_codes = {{exit_found_wrong, "a row holds no record, or the database is not the one that was read"}},
        .run = ordinary_command([o] { return export_audit(*o); }),
    };
}

}  // namespace hourkey::server

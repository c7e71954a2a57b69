#include "server/commands/audit_export.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "core/encoding.hpp"
#include "server/adapters/audit_json.hpp"
#include "server/commands/report.hpp"
#include "server/store_files/own_files.hpp"
#include "store/reader.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include <sys/stat.h>

namespace hourkey::server {
namespace {

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
    if (int{!options.tenant.empty()} + int{options.of_server} + int{options.of_all} > 1)
        return invalid_field("--tenant, --server, --all", "do not go together", "Give one of them.");
    if (options.of_server) return selection{ulid(), {}};
    if (options.tenant.empty()) return selection{};
    if (const auto id = ulid::parse(options.tenant)) return selection{*id, {}};
    HK_TRY(const auto name, tenant_name::parse(options.tenant));
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

}  // namespace

result<int> export_audit(const configuration_flags& flags, const audit_export_options& options) {
    if (!std::in_range<std::int64_t>(options.since))
        return invalid_field("--since", "is no seq", "Give the seq of the last record that you have.");
    HK_TRY(const auto wanted, read_selection(options));
    HK_TRY(const auto c, flags.load());
    HK_CHECK(store::check_standard_output(own_files(c, flags.file)));
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

}  // namespace hourkey::server

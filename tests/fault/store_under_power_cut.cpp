// load FILE: appends audit records from two threads as fast as it can until it is killed, and prints the request id of
// every acknowledged one, unbuffered. check FILE: opens the store as a server would and verifies the chain; prints how
// many records there are, exits with 1 when something is wrong.

#include "audit/chain.hpp"
#include "audit/verification.hpp"
#include "store_sqlite/sqlite_database.hpp"
#include "support/mac_keys.hpp"

#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace hourkey;

namespace {

constexpr int threads = 2, coroutines_per_thread = 16;

std::unique_ptr<store::sqlite_database> open_store(const std::string& path, const audit::chain& chain) {
    store::settings s;
    s.row_keys = std::make_shared<store::row_keys>(test::ring_of("row key"));
    s.path = path;
    s.min_free_bytes = 0;
    s.sealer.link = [&](const auto& previous, const auto& record) { return chain.link(previous, record); };
    s.sealer.seal_head = [&](const auto& head) { return chain.seal_head(head); };
    s.sealer.key = [&] { return chain.key(); };
    s.keys[1].fill(1);
    auto db = store::sqlite_database::open(s);
    if (!db) {
        std::fprintf(stderr, "opening: %s %s\n", std::string(db.error().text()).c_str(), db.error().cause.c_str());
        std::exit(1);
    }
    return *std::move(db);
}

void print_line(std::string line) {
    line += '\n';
    if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::exit(3);
}

task<> append_for_ever(store::database& db, std::string name) {
    for (std::uint64_t i = 0;; ++i) {
        model::audit_record record;
        record.time = system_clock().now();
        record.request_id = name + "-" + std::to_string(i);
        record.action = model::audit_action::vend;
        record.outcome = model::audit_outcome::granted;
        record.role_arn = "arn:aws:iam::123456789012:role/hourkey";
        auto submitted = std::make_shared<store::append_submission>(record);
        const auto seq = co_await db.append(std::move(submitted));
        if (!seq) {
            std::fprintf(stderr, "append: %s\n", seq.error().cause.c_str());
            std::exit(1);
        }
        print_line(record.request_id);
    }
}

int load(const std::string& path) {
    const audit::chain chain(test::ring_of("key"));
    const auto db = open_store(path, chain);
    std::vector<std::thread> running;
    running.reserve(threads);
    for (int t = 0; t < threads; ++t)
        running.emplace_back([&, t] {
            boost::asio::io_context context(1);
            for (int c = 0; c < coroutines_per_thread; ++c) {
                auto name = std::to_string(::getpid()) + "-" + std::to_string(t) + "-" + std::to_string(c);
                boost::asio::co_spawn(context, append_for_ever(*db, std::move(name)), boost::asio::detached);
            }
            context.run();
        });
    for (auto& r : running) r.join();
    return 0;
}

int check(const std::string& path) {
    const audit::chain chain(test::ring_of("key"));
    const auto db = open_store(path, chain);
    const auto reader = db->open_reader();
    if (!reader) return 1;
    audit::record_source source;
    source.records = [&](std::uint64_t after, std::size_t limit) { return (*reader)->read_chain(after, limit); };
    source.head = [&] { return (*reader)->read_head(); };
    const auto report = audit::verify(source, chain);
    if (!report || report->first) {
        std::fprintf(stderr, "the chain does not verify\n");
        return 1;
    }
    print_line(std::to_string(report->records));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "load") return load(argv[2]);
    if (argc == 3 && std::string_view(argv[1]) == "check") return check(argv[2]);
    std::fprintf(stderr, "usage: %s load|check FILE\n", argv[0]);
    return 2;
}

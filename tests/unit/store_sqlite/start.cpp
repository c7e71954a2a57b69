// A start reads what it needs, however large the file; what it leaves unread is known, and read through afterwards.

#include "faulty_disk.hpp"
#include "temporary_store.hpp"

#include <atomic>
#include <fstream>
#include <future>

using namespace hourkey;
using store::soundness;
using test::code_of;
using test::must;

namespace {

/// Of a page each.
void append_pages(test::temporary_store& s, int records) {
    must(s.write([&](store::transaction& tx) {
        auto large = s.make_record({}, "r");
        large.reason.assign(4'096, 'x');
        for (int i = 0; i < records; ++i) must(tx.append_audit(large));
        return result<>();
    }));
}

// More than is read through at every start.
constexpr int many = 5'000;

int reads_of_a_start(test::temporary_store& s) {
    test::watch_reads(".db");
    s.open();
    const int count = test::reads();
    test::watch_reads("none");
    return count;
}

/// The files as a crash leaves them: copied from under the open store.
void crash(test::temporary_store& s) {
    const auto after = s.directory.file("crashed.db");
    for (const auto* suffix : {"", "-wal"}) std::filesystem::copy_file(s.path + suffix, after + suffix);
    s.close();
    s.path = after;
}

result<> read_through(store::database& db) {
    std::promise<result<>> found;
    db.read_through([&](const result<>& f) { found.set_value(f); });
    return found.get_future().get();
}

/// Pages in the middle of the file, where the audit's rows are.
void damage(const std::string& path) {
    const auto middle = std::filesystem::file_size(path) / 4096 / 2 * 4096;
    std::fstream f(path, std::ios::in | std::ios::out | std::ios::binary);
    f.seekp(static_cast<std::streamoff>(middle));
    f << std::string(std::size_t{8} * 4096, '\xee');
}

}  // namespace

TEST_CASE("How much a start reads does not grow with the file") {
    test::temporary_store s;
    s.open();
    append_pages(s, many);
    s.close();
    const int before = reads_of_a_start(s);
    CHECK(before < 100);
    append_pages(s, 3 * many);
    s.close();
    CHECK(reads_of_a_start(s) <= before + 8);  // a level more of some b-trees
}

TEST_CASE("A small file is read through at every start") {
    test::temporary_store s;
    s.open();
    CHECK(s.db->checked() == soundness::sound);
    must(s.append({}, "r"));
    s.close();
    s.open();
    CHECK(s.db->checked() == soundness::sound);
}

TEST_CASE("After a crash a start reads no more either, and the file is read through afterwards") {
    test::temporary_store s;
    s.open();
    append_pages(s, many);
    s.close();
    s.open();
    CHECK(s.db->checked() == soundness::trusted);
    must(s.append({}, "last"));
    crash(s);
    CHECK(reads_of_a_start(s) < 100);
    CHECK(s.db->checked() == soundness::doubtful);
    must(read_through(*s.db));
    CHECK(s.db->checked() == soundness::sound);
    must(s.append({}, "after"));
    s.close();
    s.open();
    CHECK(s.db->checked() == soundness::trusted);
}

TEST_CASE("What a crash leaves stays doubtful until it has been read through, whoever opens and closes it meanwhile") {
    test::temporary_store s;
    s.open();
    append_pages(s, many);
    crash(s);
    for (int i = 0; i < 2; ++i) {
        s.open();
        CHECK(s.db->checked() == soundness::doubtful);
        must(s.append({}, "r"));
        s.close();
    }
    s.open();
    must(read_through(*s.db));
    s.close();
    s.open();
    CHECK(s.db->checked() == soundness::trusted);
}

TEST_CASE("A damaged file is found in the background, and takes no writes from then on, this time and the next") {
    test::temporary_store s;
    s.open();
    append_pages(s, many);
    s.close();
    s.open();
    must(s.append({}, "r"));
    crash(s);
    damage(s.path);
    for (int i = 0; i < 2; ++i) {
        s.open();
        CHECK(s.db->is_writable());
        CHECK(code_of(read_through(*s.db)) == errc::store_corrupt);
        CHECK(s.db->checked() == soundness::damaged);
        CHECK_FALSE(s.db->is_writable());
        const auto refused = s.append({}, "r");
        CHECK(code_of(refused) == errc::store_unavailable);
        CHECK(refused.error().message.find("damaged") != std::string::npos);
        s.close();
    }
}

TEST_CASE("A stop breaks the reading off, and what was not read stays doubtful") {
    test::temporary_store s;
    s.open();
    append_pages(s, many);
    crash(s);
    s.open();
    std::atomic<bool> was_read{false};
    s.db->read_through([&was_read](const result<>& found) { was_read = found.has_value(); });
    s.close();  // whenever it comes, it neither hangs nor vouches for what was not read
    s.open();
    CHECK(s.db->checked() == (was_read ? soundness::trusted : soundness::doubtful));
}

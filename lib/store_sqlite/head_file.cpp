#include "store_sqlite/head_file.hpp"

#include "core/encoding.hpp"
#include "crypto/hash.hpp"
#include "store_sqlite/durable_file.hpp"
#include "store_sqlite/partial_file.hpp"
#include "store_sqlite/sqlite.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <system_error>

namespace hourkey::store {
namespace {

constexpr std::string_view first_line = "hourkey head 1\n";
constexpr std::string_view expected_line = "no database yet\n";
constexpr std::string_view end_word = "end ", file_word = "file ", seal_word = "seal ";
// A line is at most 91 bytes; a restore writes two ends.
constexpr std::size_t max_bytes = 1024;

constexpr std::string_view what_to_do =
    "If a file of the store was lost or put back by mistake, put the right one in its place. To take an older state on "
    "purpose: hourkeyd restore FILE, from a "
    "backup. To go on with what is there now: hourkeyd serve --new-store.";

failure damaged(const std::string& path, std::string why) {
    return failure(errc::store_corrupt, path + " is not what hourkey wrote there.", hint_of_lost_files(),
                   std::move(why));
}

failure unreadable(const std::string& path, int error) {
    return failure(errc::store_unavailable, "Cannot read " + path + ": " + std::generic_category().message(error) + ".",
                   "Give it to the user that runs hourkeyd: it tells whether the database is the newest.", {});
}

std::string text_of(const database_memory& what) {
    std::string text(first_line);
    if (what.is_expected) text += expected_line;
    const auto put_place = [&text](std::string_view word, const trail_place& place) {
        text.append(word).append(std::to_string(place.seq)).append(" ").append(to_hex(place.hash)).append("\n");
    };
    for (const auto& end : what.ends) put_place(end_word, end);
    if (what.in_file) put_place(file_word, *what.in_file);
    return text;
}

std::optional<trail_place> parse_place(std::string_view words) {
    trail_place end;
    const auto* stop = words.data() + words.size();
    const auto [at, error] = std::from_chars(words.data(), stop, end.seq);
    if (error != std::errc{} || at == stop || *at != ' ') return std::nullopt;
    const auto bytes = from_hex(std::string_view(at + 1, static_cast<std::size_t>(stop - at - 1)));
    if (!bytes || bytes->size() != end.hash.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), end.hash.begin());
    return end;
}

/// The lines between the first and the seal.
std::optional<database_memory> parse_text(std::string_view text) {
    if (!text.starts_with(first_line)) return std::nullopt;
    text.remove_prefix(first_line.size());
    database_memory what;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n') + 1);
        if (line.empty()) return std::nullopt;
        text.remove_prefix(line.size());
        if (line == expected_line) {
            what.is_expected = true;
            continue;
        }
        const bool is_end = line.starts_with(end_word);
        if (!is_end && !line.starts_with(file_word)) return std::nullopt;
        const auto place = parse_place(line.substr(line.find(' ') + 1, line.size() - line.find(' ') - 2));
        if (!place) return std::nullopt;
        if (is_end)
            what.ends.push_back(*place);
        else
            what.in_file = place;
    }
    return what;
}

std::optional<std::string> read_text_of(const std::string& path, int& error) {
    error = 0;
    const os::unique_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        error = errno;
        return std::nullopt;
    }
    std::string text(max_bytes, '\0');
    const auto size = ::read(file.get(), text.data(), text.size());
    if (size < 0) {
        error = errno;
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(size));
    return text;
}

result<> put(int file, std::string_view text, const std::string& path) {
    if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(file) != 0)
        return file_failure("writing " + path, errno);
    return {};
}

result<std::optional<model::audit_hash>> hash_at(sqlite_handle& db, std::uint64_t seq) {
    statement select(db, "SELECT hash FROM audit WHERE seq = ?1");
    query q(select, seq);
    HK_TRY(const bool has_row, q.next());
    if (!has_row) return std::optional<model::audit_hash>();
    return std::optional(q.digest());
}

}  // namespace

std::string hint_of_lost_files() { return std::string(what_to_do); }

std::optional<std::string> head_file::seal(const std::string& text, std::uint8_t key) const {
    const auto found = keys_->find(key);
    if (!found) return std::nullopt;
    return std::to_string(key) + " " + to_hex(crypto::hmac_sha256(found->expose(), text));
}

bool head_file::is_sealed(const std::string& text, std::string_view found) const {
    std::uint8_t key = 0;
    const auto* const end = found.data() + found.size();
    if (const auto [stopped, error] = std::from_chars(found.data(), end, key); error != std::errc{} || stopped == end)
        return false;
    const auto expected = seal(text, key);
    return expected && *expected + "\n" == found;
}

result<std::optional<database_memory>> head_file::read() const {
    int error = 0;
    const auto whole = read_text_of(path_, error);
    if (error == ENOENT) return std::optional<database_memory>();
    if (!whole) return unreadable(path_, error);
    const auto at = whole->rfind(seal_word);
    if (at == std::string::npos) return damaged(path_, "it has no seal");
    const auto text = whole->substr(0, at);
    if (!is_sealed(text, std::string_view(*whole).substr(at + seal_word.size())))
        return damaged(path_, "its seal is not this server key's");
    auto what = parse_text(text);
    if (!what) return damaged(path_, "a line of it is unknown");
    return what;
}

result<> head_file::write(const database_memory& what, const std::string& database_path) const {
    auto text = text_of(what);
    const auto sealed = seal(text, keys_->active());
    if (!sealed) return failure(errc::internal, {}, {}, "there is no server key to seal the head file with");
    text.append(seal_word).append(*sealed).append("\n");
    HK_TRY(auto partial, partial_file::make(path_));
    {
        const os::unique_descriptor file(::open(partial.path().c_str(), O_WRONLY | O_CLOEXEC));
        if (!file) return file_failure("writing " + path_, errno);
        HK_CHECK(give_to_owner_of(database_path, file.get()));
        HK_CHECK(put(file.get(), text, path_));
    }
    HK_CHECK(replace_file(partial.path(), path_));
    partial.let_go();
    return {};
}

result<bool> head_file::tells_of_database(const std::string& path) {
    int error = 0;
    const auto text = read_text_of(path, error);
    if (error == ENOENT) return false;
    if (!text) return unreadable(path, error);
    return text->find(std::string(expected_line)) == std::string::npos;
}

std::optional<trail_place> end_in_file_alone(const std::string& database_path) {
    const auto db = sqlite_handle::open(database_path, sqlite_handle::access::immutable, {});
    if (!db) return std::nullopt;
    // One row of one page, which is whole also while a checkpoint writes others.
    statement select(**db, "SELECT seq, hash FROM audit_writers WHERE slot = 0");
    query q(select);
    if (const auto has_row = q.next(); !has_row || !*has_row) return std::nullopt;
    trail_place end;
    end.seq = static_cast<std::uint64_t>(q.integer());
    end.hash = q.digest();
    return q.is_whole() ? std::optional(end) : std::nullopt;
}

result<> check_file_alone(const head_file& file, const database_memory& memory, const std::string& database_path) {
    if (memory.is_expected || !memory.in_file) return {};
    const auto there = end_in_file_alone(database_path);
    if (!there || there->seq > memory.in_file->seq) return {};
    if (there->seq == memory.in_file->seq && there->hash == memory.in_file->hash) return {};
    return failure(errc::store_corrupt,
                   "The database file " + database_path +
                       " is not the newest: without its log its audit trail ends at seq " + std::to_string(there->seq) +
                       ", and " + file.path() + " remembers seq " + std::to_string(memory.in_file->seq) + " of it" +
                       (there->seq == memory.in_file->seq ? ", another record." : "."),
                   hint_of_lost_files(), {});
}

result<> check_memory(sqlite_handle& db, const head_file& file, const database_memory& memory,
                      const std::string& database_path) {
    if (memory.is_expected) return {};
    HK_TRY(const auto last, read_integer(db, "SELECT coalesce(max(seq), 0) FROM audit"));
    std::uint64_t furthest = 0;
    for (const auto& end : memory.ends) {
        furthest = std::max(furthest, end.seq);
        if (end.seq == 0) return {};
        HK_TRY(const auto there, hash_at(db, end.seq));
        if (there == end.hash) return {};
    }
    const auto reaches = static_cast<std::uint64_t>(last);
    if (reaches < furthest)
        return failure(errc::store_corrupt,
                       "The database " + database_path + " with its log " + database_path +
                           "-wal is older than it has been: its audit trail ends at seq " + std::to_string(reaches) +
                           ", and " + file.path() + " remembers seq " + std::to_string(furthest) + ".",
                       hint_of_lost_files(), {});
    return failure(errc::store_corrupt,
                   "The database " + database_path + " with its log " + database_path + "-wal is not the one that " +
                       file.path() + " remembers: another record stands at seq " + std::to_string(furthest) +
                       " of its audit trail.",
                   hint_of_lost_files(), {});
}

}  // namespace hourkey::store

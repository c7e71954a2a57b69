#include "store_sqlite/sqlite_database.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "store_sqlite/background_check.hpp"
#include "store_sqlite/durable_file.hpp"
#include "store_sqlite/lock_file.hpp"
#include "store_sqlite/long_reads.hpp"
#include "store_sqlite/open_connection.hpp"
#include "store_sqlite/schema_file.hpp"
#include "store_sqlite/set_aside.hpp"
#include "store_sqlite/writer.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <filesystem>
#include <future>
#include <utility>

namespace hourkey::store {
namespace {

/// What takes but a moment is not put off: 16 MiB are read in a tenth of a second.
constexpr std::int64_t small_pages = 4'096;

result<bool> read_through_when_small(sqlite_handle& db) {
    HK_TRY(const auto pages, read_integer(db, "PRAGMA page_count"));
    if (pages > small_pages) return false;
    HK_CHECK(check_integrity(db, integrity::quick));
    return true;
}

result<std::optional<database_memory>> recall(const settings& s) {
    if (!s.remembered || s.when_missing == missing_database::make_anew) return std::optional<database_memory>();
    HK_TRY(auto memory, read_memory(s.path, *s.remembered, s.keys));
    if (memory) HK_CHECK(check_file_alone(*s.remembered, *memory, s.path));
    if (std::error_code unseen;
        !memory && s.when_missing == missing_database::refuse && std::filesystem::exists(s.path, unseen))
        s.tell(s.remembered->path() +
                   " is gone, which remembers the end of the audit trail: whether the database is the newest is not "
                   "known. It is written anew",
               "if you did not remove it, run hourkeyd audit verify, and look whether the last records are there");
    return memory;
}

/// Whoever insists on what is there, or has neither database nor key, goes on with the database file, or with none. A
/// log that belongs to neither may be all that is left of another database, and SQLite would cut it, or play it into
/// the file.
result<> keep_stray_log(const settings& s) {
    std::error_code unseen;
    const auto log = s.path + "-wal";
    if (!s.remembered || s.when_missing == missing_database::refuse || std::filesystem::file_size(log, unseen) == 0 ||
        unseen)
        return {};
    bool is_stray = std::filesystem::file_size(s.path, unseen) == 0 || unseen;
    if (const auto memory = s.remembered->read(); !is_stray && memory && *memory)
        is_stray = !check_file_alone(*s.remembered, **memory, s.path);
    if (!is_stray) return {};
    const auto kept = name_to_keep(s.path, "new-store", s.clock->now());
    HK_CHECK(set_log_aside(s.path, kept));
    s.tell("the log " + log + " does not belong to the database file that is there, or to none; it is kept as " + kept +
               "-wal",
           "if its database turns up, put both back, under one name");
    return {};
}

/// True: it was read through.
result<bool> look_into(const settings& s, const std::optional<database_memory>& memory) {
    HK_TRY(const auto db, open_for_reading(s.path));
    HK_CHECK(check_keys(*db, s.keys));
    if (memory) HK_CHECK(check_memory(*db, *s.remembered, *memory, s.path));
    return read_through_when_small(*db);
}

result<> prepare_as_remembered(const settings& s, const std::optional<database_memory>& memory,
                               const installation& first) {
    const bool is_missed = memory ? !memory->is_expected : s.when_missing == missing_database::refuse;
    auto done = prepare_file(s.path, all_migrations(), first, is_missed ? absent_file::refuse : absent_file::make,
                             s.wants_stop);
    if (!done && done.error().code == errc::store_corrupt && done.error().hint.empty()) {
        auto why = done.error();
        why.hint = hint_of_lost_files();
        return why;
    }
    return done;
}

}  // namespace

struct sqlite_database::state {
    explicit state(lock_file taken) : lock(std::move(taken)) {}
    std::string path;
    std::shared_ptr<const store::row_keys> row_keys;
    lock_file lock;  // released last
    std::unique_ptr<store::writer> writer;
    std::atomic<soundness> checked{soundness::trusted};
    std::unique_ptr<long_reads> lists;
    std::mutex idle_mutex;
    std::vector<std::unique_ptr<reader>> idle;  // as many as have ever read at once
    std::unique_ptr<background_check> check;  // ends first: it tells the writer what it finds
};

sqlite_database::sqlite_database(std::unique_ptr<state> s) : state_(std::move(s)) {}
sqlite_database::~sqlite_database() = default;

result<std::unique_ptr<sqlite_database>> sqlite_database::open(settings s) {
    if (s.clock == nullptr) s.clock = &system_clock();
    const auto configured = std::exchange(s.path, real_path(s.path));
    if (configured != s.path) s.watched.push_back({configured, "the way to the database", {}});
    HK_TRY(auto lock, lock_file::take(s.path));
    const installation first{s.keys, s.sealer.seal_head, s.clock->now()};
    HK_TRY(const auto memory, recall(s));
    HK_CHECK(keep_stray_log(s));
    HK_CHECK(naming_files(prepare_as_remembered(s, memory, first), s.path));
    HK_CHECK(lock.take_database(s.path));
    HK_TRY(const bool is_read_through, naming_files(look_into(s, memory), s.path));
    HK_TRY(auto started, naming_files(writer::start(s), s.path));
    auto opened = std::make_unique<state>(std::move(lock));
    opened->path = s.path;
    opened->row_keys = s.row_keys;
    opened->checked = is_read_through              ? soundness::sound
                      : started->found_it_closed() ? soundness::trusted
                                                   : soundness::doubtful;
    if (is_read_through) started->vouch();
    opened->writer = std::move(started);
    HK_TRY(opened->lists, long_reads::start(s.path, s.row_keys));
    return std::unique_ptr<sqlite_database>(new sqlite_database(std::move(opened)));
}

trail_place sqlite_database::close() {
    state_->lists.reset();
    state_->check.reset();
    state_->writer->stop();
    return state_->writer->acknowledged();
}

trail_place sqlite_database::trail_end() const { return state_->writer->acknowledged(); }

result<std::unique_ptr<reader>> sqlite_database::open_reader() const {
    return open_read_only(state_->path, state_->row_keys,
                          [w = state_->writer.get()] { return w->published_changes(); });
}

result<std::unique_ptr<reader>> sqlite_database::borrow() {
    {
        const std::lock_guard lock(state_->idle_mutex);
        if (!state_->idle.empty()) {
            auto r = std::move(state_->idle.back());
            state_->idle.pop_back();
            return r;
        }
    }
    return open_reader();
}

void sqlite_database::give_back(std::unique_ptr<reader> r) {
    const std::lock_guard lock(state_->idle_mutex);
    state_->idle.push_back(std::move(r));
}

task<result<>> sqlite_database::serve(const std::function<void(reader&)>& work) {
    HK_CO_TRY(auto from, borrow());
    work(*from);
    give_back(std::move(from));
    co_return result<>{};
}

task<result<>> sqlite_database::serve_slowly(ulid tenant, std::function<void(reader&)> work) {
    if (!state_->lists) co_return failure(errc::shutting_down);
    co_return co_await state_->lists->run(tenant, std::move(work));
}

task<result<model::vend_view>> sqlite_database::read_vend(ulid token, std::optional<connection_name> connection) {
    HK_CO_TRY(auto from, borrow());
    auto view = from->read_vend(token, connection);
    give_back(std::move(from));
    co_return view;
}

void sqlite_database::enqueue(std::shared_ptr<submission> s, std::unique_ptr<waiter> w) {
    state_->writer->enqueue(std::move(s), std::move(w));
}

model::authorisation_mark sqlite_database::authorisation() const noexcept {
    return {.epoch = state_->writer->published_changes()};
}
result<> sqlite_database::seal_memory_anew() { return state_->writer->seal_memory_anew(); }
bool sqlite_database::is_writable() const noexcept { return state_->writer->is_writable(); }
bool sqlite_database::can_take_rights_away() const noexcept { return state_->writer->can_take_rights_away(); }
bool sqlite_database::is_writable_for(const ulid& tenant) const { return state_->writer->is_writable_for(tenant); }
void sqlite_database::count_refused() noexcept { state_->writer->count_refused(1); }
writer_figures sqlite_database::figures() const noexcept {
    auto out = state_->writer->figures();
    out.broken_seals = state_->row_keys->broken_seals.load(std::memory_order_relaxed);
    return out;
}
soundness sqlite_database::checked() const noexcept { return state_->checked; }

void sqlite_database::read_through(std::function<void(const result<>&)> ended) {
    if (state_->check) return;
    state_->checked = soundness::checking;
    auto judge = [state = state_.get(), ended = std::move(ended)](const result<>& found) {
        if (found) {
            state->writer->vouch();
            state->checked = soundness::sound;
        } else if (found.error().code == errc::store_corrupt) {
            state->writer->condemn(failure(errc::store_unavailable, "The database file is damaged.", found.error().hint,
                                           found.error().cause));
            state->checked = soundness::damaged;
        } else {
            state->checked = soundness::doubtful;
        }
        ended(found);
    };
    state_->check = std::make_unique<background_check>(state_->path, std::move(judge));
}

void sqlite_database::on_commit(std::function<void(double, std::size_t)> observer) {
    state_->writer->on_commit(std::move(observer));
}

}  // namespace hourkey::store

#include "store_sqlite/writer.hpp"

#include "store_sqlite/open_connection.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <map>

namespace hourkey::store {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto disk_look_period = 1s;
constexpr auto file_look_period = 1s;
// Recovery within 2 s after the fault is gone, without hammering a dead disk.
constexpr auto first_back_off = 50ms;
constexpr auto longest_back_off = 1000ms;
// How much later than its patience a waiter may be woken, as a share of it.
constexpr int watches_per_patience = 10;

constexpr std::string_view files_changed = "The store's files are no longer those that the server has open.";
constexpr std::string_view restart_it = "Put the right file back, or restart the server.";

failure as_unavailable(const failure& why) {
    return failure(errc::store_unavailable, why.code == errc::store_unavailable ? why.message : std::string(), why.hint,
                   why.cause);
}

failure disk_is_full() {
    return failure(errc::store_unavailable,
                   "The server's disk is nearly full; only what takes rights away is still stored, for a while.",
                   "Free space on the store's disk.", {});
}

std::int64_t nanoseconds(steady::time_point t) noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
}

}  // namespace

writer::writer(const settings& s) : settings_(s), queue_(s.max_queue) {}

result<std::unique_ptr<writer>> writer::start(const settings& s) {
    std::unique_ptr<writer> made(new writer(s));
    HK_TRY(made->session_, write_session::open(made->settings_, made->changes_));
    HK_TRY(const auto page_bytes, read_integer(made->session_->handle(), "PRAGMA page_size"));
    HK_TRY(made->found_it_closed_, made->session_->was_stopped());
    made->is_vouched_for_ = made->found_it_closed_;
    made->acknowledge(made->session_->last());
    if (const auto marked = made->session_->probe(); !marked) made->break_session(marked.error());
    made->look_at_disk();
    HK_TRY(auto watch, file_watch::start(s.path, static_cast<std::uint64_t>(page_bytes), s.watched));
    made->watch_.emplace(std::move(watch));
    if (made->session_) made->watch_->note_commit(static_cast<std::uint64_t>(made->session_->handle().wal_frames()));
    made->remembered_seq_ = made->acknowledged_.seq;
    if (s.remembered) made->keeper_ = std::make_unique<head_keeper>(s.remembered, s.path, s.tell, made->acknowledged_);
    made->thread_ = std::thread([w = made.get()] { w->run(); });
    made->watchman_ = std::thread([w = made.get()] { w->watch(); });
    return made;
}

writer::~writer() { stop(); }

void writer::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    filled_.notify_one();
    thread_.join();
    {
        const std::lock_guard lock(mutex_);
        has_ended_ = true;
    }
    ended_.notify_one();
    watchman_.join();
}

void writer::enqueue(std::shared_ptr<submission> s, std::unique_ptr<waiter> w) {
    const auto now = steady::now();
    entry e{std::move(s), std::move(w), now};
    if (is_busy_for(settings_.patience, now)) {
        refuse(std::move(e), "the writer hangs");
        return;
    }
    auto given_up = take(std::move(e));
    filled_.notify_one();
    if (given_up)
        refuse(*std::move(given_up), "the writer's queue is full, of this tenant's writes above all, or closed");
}

std::optional<writer::entry> writer::take(entry e) {
    const auto from = e.work->from();
    const auto lane =
        from.what_for == purpose::takes_rights_away ? fair_queue<entry>::lane::first : fair_queue<entry>::lane::usual;
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return e;
    auto given_up = queue_.push(std::move(e), from.whose, lane);
    queued_.store(queue_.size(), std::memory_order_relaxed);
    return given_up;
}

void writer::refuse(entry e, std::string why) {
    e.work->fail(failure(errc::store_unavailable, {}, "Try again in a moment.", std::move(why)));
    count_refused(1);
    std::vector<entry> refused;
    refused.push_back(std::move(e));
    wake_all(refused);
}

bool writer::is_well(disk_level least) const noexcept {
    if (!is_healthy_.load(std::memory_order_relaxed) || disk_.load(std::memory_order_relaxed) > least) return false;
    if (is_condemned_.load(std::memory_order_relaxed)) return false;
    return !is_busy_for(std::min<std::chrono::nanoseconds>(settings_.stall_limit, settings_.patience), steady::now());
}

bool writer::is_writable() const noexcept {
    return queued_.load(std::memory_order_relaxed) < settings_.max_queue && is_well();
}

bool writer::is_writable_for(const ulid& tenant) const {
    if (is_writable()) return true;
    if (!is_well()) return false;
    const std::lock_guard lock(mutex_);
    return queue_.has_place_for(tenant);
}

bool writer::is_busy_for(std::chrono::nanoseconds limit, steady_time now) const noexcept {
    const auto since = busy_since_.load(std::memory_order_relaxed);
    return since != 0 && nanoseconds(now) - since >= limit.count();
}

writer_figures writer::figures() const noexcept {
    const auto held = log_held_since_.load(std::memory_order_relaxed);
    return {.audit_records = audit_records_.load(std::memory_order_relaxed),
            .failures = failures_.load(std::memory_order_relaxed),
            .refused = refused_.load(std::memory_order_relaxed),
            .healthy = is_healthy_.load(std::memory_order_relaxed),
            .log_held_for =
                held == 0 ? std::chrono::nanoseconds{0} : std::chrono::nanoseconds(nanoseconds(steady::now()) - held),
            .store_bytes = store_bytes_.load(std::memory_order_relaxed),
            .disk_free_bytes = disk_free_bytes_.load(std::memory_order_relaxed)};
}

void writer::on_commit(std::function<void(double, std::size_t)> observer) {
    const std::lock_guard lock(observer_mutex_);
    observer_ = std::move(observer);
}

std::chrono::milliseconds writer::idle_time() const noexcept {
    if (session_) return std::chrono::milliseconds(disk_look_period);
    return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(next_attempt_ - steady::now()), 1ms);
}

void writer::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            filled_.wait_for(lock, idle_time(), [this] { return !queue_.empty() || is_stopping_; });
            if (queue_.empty() && is_stopping_) break;
            queue_.take(settings_.most_in_group, group_);
            queued_.store(queue_.size(), std::memory_order_relaxed);
        }
        // All of this can hang on the disk.
        busy_since_.store(nanoseconds(steady::now()), std::memory_order_relaxed);
        look_at_disk();
        look_at_files();
        if (!session_) try_to_recover();
        if (!group_.empty()) commit_group();
        checkpoint_when_due();
        busy_since_.store(0, std::memory_order_relaxed);
    }
    close_session();
}

void writer::close_session() {
    if (!session_) return;
    if (!are_files_ours(find_loss())) return session_.reset();
    remember();
    // What is not marked is read through after the next start: safe, and all that can be done here.
    if (is_vouched_for_ && !is_condemned_) static_cast<void>(session_->mark_stopped());
    const auto done = session_->handle().run_checkpoint(sqlite_handle::checkpoint::truncate);
    if (keeper_ && done && done->copied == done->frames) keeper_->remember_in_file(session_->last());
    session_.reset();
    keeper_.reset();
}

void writer::condemn(failure why) {
    const std::lock_guard lock(condemned_mutex_);
    condemned_ = std::move(why);
    is_condemned_.store(true, std::memory_order_release);
}

void writer::watch() {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, settings_.patience / watches_per_patience, [this] { return has_ended_; })) {
        auto late = take_late();
        lock.unlock();
        count_refused(late.size());
        wake_all(late);
        lock.lock();
    }
}

std::vector<writer::entry> writer::take_late() {
    std::vector<entry> late;
    const auto now = steady::now();
    const auto look_at = [&](entry& e) {
        if (e.who && e.who->gives_up() && now - e.since >= settings_.patience)
            late.push_back(
                {e.work, std::move(e.who), e.since, e.work->abandon() ? ending::not_begun : ending::unknown});
    };
    queue_.for_each(look_at);
    std::ranges::for_each(group_, look_at);
    if (!late.empty()) queue_.erase_if([](const entry& e) { return !e.who; });
    queued_.store(queue_.size(), std::memory_order_relaxed);
    return late;
}

std::optional<failure> writer::refusal() const {
    if (is_condemned_.load(std::memory_order_acquire)) {
        const std::lock_guard lock(condemned_mutex_);
        return condemned_;
    }
    if (!session_)
        return failure(errc::store_unavailable, {}, "Try again; if it lasts, look at the server's disk.",
                       "the writer waits for its disk to recover");
    if (std::ranges::none_of(group_, [this](const entry& e) { return is_let_in(e); })) return disk_is_full();
    return std::nullopt;
}

bool writer::is_let_in(const entry& e) const noexcept {
    const auto disk = disk_.load(std::memory_order_relaxed);
    return disk == disk_level::ample ||
           (disk == disk_level::reserve && e.work->from().what_for == purpose::takes_rights_away);
}

void writer::commit_group() {
    if (const auto refused = refusal()) {
        {
            const std::lock_guard lock(mutex_);  // those that were given up have been counted
            count_refused(static_cast<std::size_t>(
                std::ranges::count_if(group_, [](const entry& e) { return e.who != nullptr; })));
        }
        fail_group(as_unavailable(*refused));
        wake_group();
        return;
    }
    const auto started = steady::now();
    const auto members = group_.size();
    if (!are_files_ours(watch_->find_loss())) {
        lose_group(files_are_lost(), files_are_lost());
        return;
    }
    if (const auto ran = run_group(); !ran) {
        lose_group(ran.error(), as_unavailable(ran.error()));  // what never came to its commit is not stored
        return;
    }
    const auto appended = session_->commit();
    if (!appended) {
        lose_group(appended.error(),
                   failure(errc::outcome_unknown, {}, std::string(look_first), appended.error().cause));
        return;
    }
    if (!are_files_ours(watch_->find_change_after(static_cast<std::uint64_t>(session_->handle().wal_frames())))) {
        // Committed into a file that nobody will find: whoever waits must not take it for done.
        lose_group(files_are_lost(), failure(errc::outcome_unknown, {}, std::string(look_first), *lost_file_));
        return;
    }
    watch_->note_commit(static_cast<std::uint64_t>(session_->handle().wal_frames()));
    acknowledge(session_->last());
    audit_records_.fetch_add(*appended, std::memory_order_relaxed);
    published_changes_.store(changes_, std::memory_order_release);
    const auto committed = steady::now();
    const std::chrono::duration<double> took = committed - started;
    busy_since_.store(nanoseconds(committed), std::memory_order_relaxed);
    wake_group();

    const std::lock_guard lock(observer_mutex_);
    if (observer_) observer_(took.count(), members);
}

result<> writer::run_group() {
    HK_CHECK(session_->begin());
    HK_TRY(const bool has_stranger, look_for_stranger());
    if (has_stranger) {
        static_cast<void>(are_files_ours(watch_->find_change()));
        return files_are_lost();
    }
    for (const auto& e : group_) {
        if (is_let_in(e)) {
            HK_CHECK(session_->run(*e.work));
        } else {
            e.work->fail(disk_is_full());
            count_refused(1);
        }
    }
    return {};
}

void writer::lose_group(const failure& why, const failure& told) {
    fail_group(told);
    break_session(why);
    wake_group();
}

void writer::fail_group(const failure& told) {
    for (const auto& e : group_) e.work->fail(told);
}

void writer::wake_group() {
    {
        const std::lock_guard lock(mutex_);
        woken_.swap(group_);
    }
    wake_all(woken_);
    woken_.clear();
}

void writer::wake_all(std::vector<entry>& woken) {
    // One post per io_context: a batch of 64 on one thread costs one wake-up, not 64.
    std::map<boost::asio::io_context*, std::vector<entry>> homes;
    for (auto& e : woken) {
        if (!e.who) continue;
        if (auto* home = e.who->home())
            homes[home].push_back(std::move(e));
        else
            e.who->wake(e.how);
    }
    for (auto& [home, entries] : homes) {
        boost::asio::post(*home, [batch = std::move(entries)] {
            for (const auto& e : batch) e.who->wake(e.how);
        });
    }
}

void writer::checkpoint_when_due() {
    if (!session_) return;
    checkpoints_.committed(static_cast<std::uint64_t>(session_->handle().wal_frames()), steady::now());
    const auto due = checkpoints_.due(steady::now());
    if (due != checkpoint_rules::action::none) checkpoint(due);
    const auto held = checkpoints_.held_since();
    log_held_since_.store(held ? nanoseconds(*held) : 0, std::memory_order_relaxed);
}

void writer::checkpoint(checkpoint_rules::action due) {
    if (!are_files_ours(find_loss())) return break_session(files_are_lost());
    const auto how = due == checkpoint_rules::action::passive ? sqlite_handle::checkpoint::passive
                                                              : sqlite_handle::checkpoint::truncate;
    const auto done = session_->handle().run_checkpoint(how);
    // One that fails may have written some pages: they are ours, not a stranger's.
    watch_->note_checkpoint(done ? done->frames : static_cast<std::uint64_t>(session_->handle().wal_frames()));
    if (!done) return break_session(done.error());
    checkpoints_.done({done->frames, done->copied}, steady::now());
    remember();
    if (keeper_ && done->copied == done->frames) keeper_->remember_in_file(session_->last());
}

bool writer::are_files_ours(std::optional<std::string> change) {
    if (change && !lost_file_) {
        // So that the next start misses it, however soon it comes.
        remember();
        if (keeper_) static_cast<void>(keeper_->write_anew());
        settings_.tell(*change + ": nothing is written any more", std::string(restart_it));
    }
    if (!change && lost_file_) settings_.tell(*lost_file_ + ": it is there again", "nothing need be done");
    lost_file_ = std::move(change);
    return !lost_file_;
}

result<bool> writer::look_for_stranger() {
    HK_TRY(const bool has_stranger, session_->has_stranger());
    if (has_stranger) watch_->note_stranger();
    return has_stranger;
}

std::optional<std::string> writer::find_loss() {
    if (session_) static_cast<void>(look_for_stranger());  // one that cannot be looked for now is met by the next group
    return watch_->find_loss();
}

failure writer::files_are_lost() const {
    return failure(errc::store_unavailable, std::string(files_changed), std::string(restart_it), *lost_file_);
}

void writer::look_at_files() {
    const auto now = steady::now();
    if (now < next_file_look_) return;
    next_file_look_ = now + file_look_period;
    const bool ours = are_files_ours(find_loss());
    if (!ours && session_) break_session(files_are_lost());
    if (ours) remember();
    if (const auto rights = watch_->find_new_rights())
        settings_.tell(*rights, "give it back, mode 0600, to the user that runs hourkeyd: the next start needs it");
}

void writer::acknowledge(const trail_place& end) {
    const std::lock_guard lock(acknowledged_mutex_);
    acknowledged_ = end;
}

trail_place writer::acknowledged() const {
    const std::lock_guard lock(acknowledged_mutex_);
    return acknowledged_;
}

void writer::remember() {
    if (!keeper_ || acknowledged_.seq == remembered_seq_) return;
    remembered_seq_ = acknowledged_.seq;
    keeper_->remember(acknowledged_);
}

result<> writer::seal_memory_anew() { return keeper_ ? keeper_->write_anew() : result<>(); }

void writer::look_at_disk() {
    const auto now = steady::now();
    if (now < next_disk_look_) return;
    next_disk_look_ = now + disk_look_period;
    const auto free = free_bytes_beside(settings_.path);
    const auto level = free ? level_of(*free, settings_.min_free_bytes) : disk_level::none;
    if (disk_.exchange(level, std::memory_order_relaxed) != level) tell_of_disk(level);
    disk_free_bytes_.store(free.value_or(0), std::memory_order_relaxed);
    store_bytes_.store(bytes_of_store(settings_.path), std::memory_order_relaxed);
}

void writer::tell_of_disk(disk_level level) const {
    const auto disk = "the disk of " + settings_.path;
    if (level == disk_level::ample) return settings_.tell(disk + " has room again", "nothing need be done");
    settings_.tell(disk + " is nearly full: " +
                       (level == disk_level::reserve ? "only what takes rights away is still written"
                                                     : "nothing is written any more"),
                   "free space on it");
}

void writer::break_session(const failure& why) {
    was_damaged_ = was_damaged_ || why.code == errc::store_corrupt || session_->handle().is_damaged();
    session_.reset();
    if (watch_ && !lost_file_) watch_->note_failure();
    if (!lost_file_ && is_healthy_.load(std::memory_order_relaxed)) tell_of_failure(why);
    is_healthy_.store(false, std::memory_order_relaxed);
    failures_.fetch_add(1, std::memory_order_relaxed);
    back_off_ = first_back_off;
    next_attempt_ = steady::now() + back_off_;
}

void writer::tell_of_failure(const failure& why) const {
    const auto& path = settings_.path;
    settings_.tell(
        "the database " + path + ", its log " + path + "-wal or the log's index " + path +
            "-shm cannot be written or read: " + why.cause,
        "look at the disk, and whether another program writes these files; hourkeyd goes on by itself when it can");
}

void writer::try_to_recover() {
    if (steady::now() < next_attempt_) return;
    if (lost_file_) return;
    back_off_ = std::min(back_off_ * 2, std::chrono::milliseconds(longest_back_off));
    next_attempt_ = steady::now() + back_off_;
    if (was_damaged_) {
        const auto db = open_for_reading(settings_.path);
        if (!db || !check_integrity(**db, integrity::quick)) return;
    }
    auto fresh = write_session::open(settings_, changes_);
    if (!fresh || !(*fresh)->probe()) return;
    session_ = std::move(*fresh);
    acknowledge(session_->last());  // durable with the probe
    was_damaged_ = false;
    // What the failed group may have changed is settled now, one way or the other.
    published_changes_.store(changes_, std::memory_order_release);
    is_healthy_.store(true, std::memory_order_relaxed);
}

}  // namespace hourkey::store

#include "store_sqlite/long_reads.hpp"
#include "store_sqlite/open_read_only.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace hourkey::store {
namespace {

// Vends come first, on a machine with few cores too.
constexpr int niceness = 5;

}  // namespace

result<std::unique_ptr<long_reads>> long_reads::start(const std::string& path, std::shared_ptr<const row_keys> keys) {
    HK_TRY(auto from, open_read_only(path, std::move(keys)));
    return std::unique_ptr<long_reads>(new long_reads(std::move(from)));
}

long_reads::long_reads(std::unique_ptr<reader> from) : reader_(std::move(from)), thread_([this] { serve(); }) {}

long_reads::~long_reads() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    filled_.notify_one();
    thread_.join();
}

task<result<>> long_reads::run(ulid tenant, std::function<void(reader&)> work) {
    const auto outcome = std::make_shared<result<>>(failure(errc::shutting_down));
    std::function<void(reader*)> read = [outcome, work = std::move(work)](reader* from) {
        *outcome = from != nullptr ? result<>() : result<>(no_place());
        if (from != nullptr) work(*from);
    };
    HK_CO_CHECK(take_place(tenant));
    co_await wait(tenant, std::move(read));
    co_return *outcome;
}

result<> long_reads::take_place(const ulid& tenant) {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return failure(errc::shutting_down);
    const auto held = places_.find(tenant);
    if (held != places_.end() && held->second >= most_of_a_tenant)
        return failure(errc::rate_limited, "Too many lists of this tenant are being read at once.",
                       "Read them one after the other.", {});
    ++places_[tenant];
    return {};
}

failure long_reads::no_place() { return failure(errc::rate_limited, "Too many lists are being read at once.", {}, {}); }

void long_reads::give_back_place(const ulid& tenant) {
    if (const auto held = places_.find(tenant); --held->second == 0) places_.erase(held);
}

void long_reads::enqueue(job j) {
    std::optional<job> put_out;
    {
        const std::lock_guard lock(mutex_);
        const auto tenant = j.tenant;
        put_out = queue_.push(std::move(j), tenant);
        if (put_out) give_back_place(put_out->tenant);
    }
    filled_.notify_one();
    if (!put_out) return;
    put_out->read(nullptr);
    put_out->who->wake();
}

void long_reads::serve() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);  // on Linux this thread alone
    std::vector<job> at_work;
    std::unique_lock lock(mutex_);
    for (;;) {
        filled_.wait(lock, [this] { return !queue_.empty() || is_stopping_; });
        if (queue_.empty()) return;
        queue_.take(1, at_work);
        auto& next = at_work.front();
        const bool is_wanted = !is_stopping_;
        lock.unlock();
        if (is_wanted) next.read(reader_.get());
        next.read = nullptr;
        lock.lock();
        give_back_place(next.tenant);
        lock.unlock();
        next.who->wake();
        at_work.clear();
        lock.lock();
    }
}

}  // namespace hourkey::store

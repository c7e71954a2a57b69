#pragma once

#include "core/clock.hpp"
#include "model/audit_record.hpp"
#include "store_sqlite/audit_sealer.hpp"
#include "store_sqlite/file_watch.hpp"
#include "store_sqlite/head_keeper.hpp"
#include "store_sqlite/known_keys.hpp"
#include "store_sqlite/row_seal.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hourkey::store {

/// What open() does about a database that is not there, or not where it has been.
enum class missing_database {
    make,     ///< a first start: there has been none
    refuse,   ///< what once existed is missed
    make_anew ///< somebody insists: what is remembered does not count
};

struct settings {
    std::string path;
    missing_database when_missing = missing_database::make;
    std::shared_ptr<const head_file> remembered;  ///< null: nothing is remembered outside the database
    std::vector<watched_file> watched;            ///< besides the database's own files
    file_notice tell = [](const std::string&, const std::string&) {};  ///< called on the store's threads
    audit_sealer sealer;
    std::shared_ptr<const store::row_keys> row_keys;  ///< never null
    /// A database opened without the keys that it uses is refused before anything is written.
    known_keys keys;
    /// Told what the database says of its keys: before anything is made with one, and after each commit that has
    /// changed it, also one that was taken for failed. On the store's threads.
    std::function<void(const key_states&)> follow = [](const key_states&) {};
    /// Below it only what takes rights away is written (disk_space.hpp); reads go on.
    std::uint64_t min_free_bytes = 64ULL * 1024 * 1024;
    std::size_t max_queue = 4096;  ///< then a tenant's further writes are refused with store_unavailable, while others
                                   ///< get a share (fair_queue)
    /// A group of a thousand vends would take 30 ms of whoever comes next; the fsync is shared well enough by these.
    std::size_t most_in_group = 256;
    /// How long a write may take, wait and commit, before its caller is told so, and how long the writer may
    /// be busy before it takes none. After the 10 s that STS has by default it still fits into a request's 15 s.
    std::chrono::milliseconds patience{4'000};
    /// A commit that takes longer is a stalled disk: nobody should call STS for a vend that cannot be recorded.
    std::chrono::milliseconds stall_limit{1'000};
    const clock_source* clock = nullptr;
    std::function<bool()> wants_stop = [] {
        return false;
    };  ///< asked while a large file is copied; true: open() fails
};

}  // namespace hourkey::store

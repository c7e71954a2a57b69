#pragma once

#include "store_sqlite/head_file.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace hourkey::store {

/// What becomes of a file of the store: for the log. `what` names the file.
using file_notice = std::function<void(const std::string& what, const std::string& fix)>;

/// Writes the head file on a thread of its own: it costs two syncs, and nobody who vends waits for them. Looks at it
/// once a second, and writes it anew when somebody else has changed it.
class head_keeper {
public:
    /// Writes `end` before it returns.
    head_keeper(std::shared_ptr<const head_file> file, std::string database_path, file_notice tell,
                const trail_place& end);
    ~head_keeper();  ///< writes what was last given
    head_keeper(const head_keeper&) = delete;
    head_keeper& operator=(const head_keeper&) = delete;

    /// The trail is durable up to there. Any thread; only the newest is written.
    void remember(const trail_place& end);
    /// The database file alone holds the trail up to there, and is durable: after a checkpoint that left nothing in the
    /// log.
    void remember_in_file(const trail_place& end);
    /// Writes what was last given once more, sealed under the key that is active now, and waits for it.
    [[nodiscard]] result<> write_anew();

private:
    struct identity;
    void run();
    result<> write(const database_memory& what);
    void look();

    const std::shared_ptr<const head_file> file_;
    const std::string database_path_;
    const file_notice tell_;

    std::mutex mutex_;
    std::condition_variable changed_;
    database_memory newest_;
    bool is_pending_ = false;
    bool is_stopping_ = false;
    std::uint64_t asked_ = 0, answered_ = 0;  ///< by write_anew(), and what came of the last
    result<> answer_;
    std::condition_variable has_answered_;

    std::optional<database_memory> written_;  ///< this and the next: the thread's
    std::unique_ptr<identity> seen_;
    bool has_failed_ = false;

    std::thread thread_;
};

}  // namespace hourkey::store

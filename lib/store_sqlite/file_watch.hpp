#pragma once

#include "core/failure.hpp"
#include "os/unique_descriptor.hpp"

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::store {

/// A file that must stay the same one while the store is open, besides the database's own.
struct watched_file {
    std::string path;
    std::string what;  ///< "the server key"
    /// Asked when the file was replaced or written to: whether its content is still the same. Empty: it may not be
    /// replaced.
    std::function<bool()> is_still_right;
};

/// Whether the files that SQLite has open are still those under their names. A database that is moved away or replaced
/// under a running server goes on taking commits that nobody will ever find again. One thread's, the writer's.
class file_watch {
public:
    /// Notes the files as they are now. The database must be open: it has its log then.
    [[nodiscard]] static result<file_watch> start(const std::string& database_path, std::uint64_t page_bytes,
                                                  std::vector<watched_file> others);

    /// The first file that is gone, another one, or written by somebody else: a sentence that names it.
    [[nodiscard]] std::optional<std::string> find_change();
    /// find_change(), and that the log still ends with the last commit: before another one is put behind it.
    [[nodiscard]] std::optional<std::string> find_loss();
    /// find_change(), and that the commit just made, after which the log has `frames`, was put behind the last one:
    /// SQLite believes the log's index, which somebody may have put back.
    [[nodiscard]] std::optional<std::string> find_change_after(std::uint64_t frames);
    /// A file whose rights or owner are others than before: this process has it open, the next start will not. Told
    /// once.
    [[nodiscard]] std::optional<std::string> find_new_rights();

    /// After a commit that left `frames` in the log; 0: unknown.
    void note_commit(std::uint64_t frames);
    /// Another program has committed to the database: from now on there is a change to find, whatever the files look
    /// like.
    void note_stranger() noexcept { has_stranger_ = true; }
    /// After a commit that failed: it may have begun the log anew.
    void note_failure() noexcept { may_have_begun_anew_ = true; }
    /// After a checkpoint, which writes the database file, and left `frames` in the log.
    void note_checkpoint(std::uint64_t frames);

private:
    struct noted {
        watched_file file;
        struct stat seen;
    };
    file_watch() = default;
    [[nodiscard]] std::optional<std::string> look_at(noted& n);

    static constexpr std::size_t frame_header_bytes = 24;
    using frame_header = std::array<char, frame_header_bytes>;
    using log_salt = std::array<char, 8>;  ///< another one each time that the log begins anew
    [[nodiscard]] log_salt read_salt() const;
    [[nodiscard]] bool read_last_frame(std::uint64_t frames, frame_header& into) const;

    std::vector<noted> files_;  ///< the database first
    os::unique_descriptor log_;
    std::uint64_t page_bytes_ = 0;
    std::uint64_t frames_ = 0;
    frame_header last_frame_{};
    log_salt salt_{};
    bool may_have_begun_anew_ = false;
    bool has_stranger_ = false;
};

}  // namespace hourkey::store

#pragma once

#include "clients/cli/environment.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::cli {

/// What could make a tool sign as somebody else, or as nobody, on this machine. `good` is said too, so that it is known
/// what was looked at.
enum class severity { good, doubtful, bad };

struct finding {
    severity how = severity::good;
    std::string subject;  ///< a word or two
    std::string what;  ///< a sentence
    std::string fix{};  ///< what to do; empty for what is good
};

/// A file that tools read, and what is in it; one that is not there is empty.
struct file_text {
    std::string path, text;
};

/// All that is looked at; no secret of it comes into a finding.
struct machine {
    std::vector<std::string_view> entries{};  ///< of the environment
    file_text credentials{}, config{};
    std::optional<file_text> container_token_file{};
    bool metadata_answers = false;
};

/// About variables, files and the machine's own role, in that order.
[[nodiscard]] std::vector<finding> diagnose(const machine& here);

}  // namespace hourkey::cli

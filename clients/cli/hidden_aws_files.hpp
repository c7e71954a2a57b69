#pragma once

#include "clients/cli/environment.hpp"
#include "core/failure.hpp"

#include <string>
#include <utility>

namespace hourkey::cli {

/// Empty files for AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, 0600 in a folder of their own: static keys under
/// [default] of the user's own files go before the container endpoint in every SDK. Regular files, because JavaScript's
/// SDK v2 reads no others. Gone with the object.
class hidden_aws_files {
public:
    /// In $XDG_RUNTIME_DIR, $TMPDIR or /tmp. Fails with invalid_configuration.
    [[nodiscard]] static result<hidden_aws_files> make(const environment& variables);
    hidden_aws_files(hidden_aws_files&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
    hidden_aws_files& operator=(hidden_aws_files&&) = delete;
    ~hidden_aws_files();

    [[nodiscard]] std::string config() const { return folder_ + "/config"; }
    [[nodiscard]] std::string credentials() const { return folder_ + "/credentials"; }

private:
    explicit hidden_aws_files(std::string folder) : folder_(std::move(folder)) {}
    std::string folder_;
};

}  // namespace hourkey::cli

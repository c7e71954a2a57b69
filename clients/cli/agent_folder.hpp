#pragma once

#include "clients/cli/child_environment.hpp"
#include "core/failure.hpp"
#include "core/name.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hourkey::cli {

/// What a running agent has in a private folder: its socket, and for each connection a file of variables for a shell,
/// with the agent's token in it. The files go with the object, the folder stays.
class agent_folder {
public:
    /// Makes the folder, this user's alone. Fails with invalid_configuration.
    [[nodiscard]] static result<agent_folder> open(std::string path);
    agent_folder(agent_folder&&) noexcept = default;
    agent_folder& operator=(agent_folder&&) = delete;
    ~agent_folder();

    [[nodiscard]] std::string socket() const { return file("agent.sock"); }
    [[nodiscard]] std::string config() const { return file("aws-config"); }
    [[nodiscard]] std::string credentials() const { return file("aws-credentials"); }

    /// config() and credentials(), which hide the user's own files from the SDKs (hidden_aws_files.hpp). Whoever has
    /// the socket may write: another agent may be at work here.
    [[nodiscard]] result<> write_empty_files();
    /// Lines of a POSIX shell. Returns the file's path.
    [[nodiscard]] result<std::string> write_variables(std::string_view name, const environment_changes& changes);

private:
    explicit agent_folder(std::string path) : path_(std::move(path)) {}
    [[nodiscard]] std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
    [[nodiscard]] result<> write(const std::string& path, std::string_view text);

    std::string path_;
    std::vector<std::string> written_;
};

}  // namespace hourkey::cli

#pragma once

#include "agent/agent_server.hpp"
#include "clients/cli/ask_server.hpp"
#include "clients/cli/child_environment.hpp"
#include "clients/cli/vend.hpp"
#include "command/spec.hpp"
#include "core/failure.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::cli {

/// What a command line says about an agent.
struct agent_flags {
    std::string listen = "127.0.0.1:0";
    bool imitates_metadata = false;
};

/// Their options, behind the command's own.
[[nodiscard]] std::vector<command::option> with_agent_options(agent_flags& flags, std::vector<command::option> own);

struct agent_plan {
    const server_flags& server;
    const vend_flags& vend;  ///< all but the connection
    const agent_flags& agent;
    std::vector<connection_name> connections;
    agent::renewal renews = agent::renewal::always;
};

/// A server session, and an agent of it that listens on loopback. What becomes of its credentials is told on standard
/// error.
class agent_service {
public:
    [[nodiscard]] static result<std::unique_ptr<agent_service>> open(const agent_plan& plan);

    [[nodiscard]] server_session& session() noexcept { return *session_; }
    [[nodiscard]] agent::agent_server& endpoint() noexcept { return *endpoint_; }
    /// Fails as a vend does.
    [[nodiscard]] result<agent::keeper::handed> prefetch(const connection_name& connection);
    /// Where the metadata service is, if it imitates one, in place of what switches every such service off.
    void add_metadata(environment_changes& to) const;

private:
    agent_service() = default;
    std::unique_ptr<server_session> session_;
    std::optional<agent::agent_server> endpoint_;
    bool imitates_metadata_ = false;
};

}  // namespace hourkey::cli

#pragma once

#include "agent/keeper.hpp"
#include "core/deadline.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "http/message.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace hourkey::agent {

/// One connection's credentials as an EC2 machine's own role gives them (IMDSv2), for tools that know nothing else.
/// There is no secret to ask for: every process that reaches it has them, which is why it is off by default.
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
class metadata_emulation {
public:
    /// `region` empty: none is told.
    metadata_emulation(std::shared_ptr<keeper> of, std::string region);

    [[nodiscard]] static bool is_of_metadata(std::string_view path) noexcept { return path.starts_with("/latest/"); }
    [[nodiscard]] task<http::response> answer(const http::request& r, deadline until) const;

private:
    [[nodiscard]] http::response issue_token(const http::request& r) const;
    [[nodiscard]] task<http::response> role_credentials(deadline until) const;

    std::shared_ptr<keeper> of_;
    std::string region_;
    /// One for the agent's life. It proves that whoever sends it can send a PUT and read the answer, which a page of
    /// the web or a forged request cannot.
    secret token_;
};

}  // namespace hourkey::agent

#pragma once

#include "api/credentials.hpp"
#include "aws/arn.hpp"
#include "client/api_client.hpp"
#include "core/failure.hpp"
#include "net/blocking_calls.hpp"
#include "os/stop_request.hpp"
#include "server/application.hpp"
#include "server/dev/dev_folder.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::server {

inline constexpr std::string_view demo_tenant = "demo", demo_app = "deploy", demo_connection = "demo";

/// A line for the newcomer, on standard output at once.
void say(const std::string& line);

/// What a verification came to.
struct verdict {
    std::string state;  ///< the connection's
    /// The first step that failed, else the first that proved nothing, and why; empty when all passed.
    std::string problem;
    bool is_refused = false;  ///< AWS has answered, and not as it should
};

/// The newcomer's admin: does over HTTPS what the README tells to do. Each call fails with shutting_down when `stop`
/// comes.
class dev_guide {
public:
    dev_guide(application& on, const dev_folder& folder, net::ssl_ctx_ptr trusting, os::stop_request& stop);

    result<> prepare(const aws::role_arn& role);
    result<verdict> verify();
    /// As the app.
    result<api::credentials> vend();
    static void show(const api::credentials& vended);
    /// Writes the files that the lines to repeat it need, and says the lines. `sts_url` empty: AWS itself.
    result<> say_how_to_repeat(const std::string& sts_url);

    [[nodiscard]] const std::string& external_id() const { return external_id_; }
    /// What the role is to be given; none while hourkey does not know who it is to AWS.
    result<std::optional<std::string>> trust_policy();

private:
    result<secret> token_for(model::role role);
    client::api_client as_holder_of(const secret& token);

    application& app_;
    net::blocking_calls calls_;
    net::ssl_ctx_ptr trusting_;
    const dev_folder& folder_;
    secret vending_;
    std::optional<client::api_client> admin_, deployer_;
    std::string external_id_;
};

}  // namespace hourkey::server

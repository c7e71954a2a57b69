#pragma once

#include "client/api_client.hpp"
#include "clients/cli/settings.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/name.hpp"
#include "net/blocking_calls.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hourkey::cli {

/// What a person is told of a failed call beyond what the server said: which server, by whose token, and a clock that
/// is wrong. `difference`: how far the server's clock is before this machine's, when it has said so.
[[nodiscard]] failure explained(failure why, const server_settings& asked, wall_time now,
                                std::optional<std::chrono::seconds> difference);

/// "This machine's clock is 2 h 5 min behind the server's." Empty when both agree to within what AWS takes.
[[nodiscard]] std::string clock_warning(std::optional<std::chrono::seconds> difference);

/// One server and the calls to it; the calling thread waits for each. Where a person waits, a line on the terminal says
/// so.
class server_session {
public:
    /// Fails with invalid_configuration.
    [[nodiscard]] static result<std::unique_ptr<server_session>> open(server_settings with);

    [[nodiscard]] const client::api_client& api() const noexcept { return *api_; }
    [[nodiscard]] const client::channel& channel() const noexcept { return *over_; }
    [[nodiscard]] const server_settings& settings() const noexcept { return settings_; }
    [[nodiscard]] net::reactor& reactor() noexcept { return calls_.reactor(); }
    [[nodiscard]] std::optional<std::chrono::seconds> clock_difference() const { return over_->clock_difference(); }
    /// For a call that begins now: what --timeout says.
    [[nodiscard]] deadline until() const { return deadline::after(settings_.patience); }

    /// `what` owns all that it uses. Its failure is explained().
    template <class T>
    [[nodiscard]] result<T> wait(task<result<T>> what) {
        auto done = calls_.wait(std::move(what));
        end_waiting();
        if (!done) return explained(std::move(done).error(), settings_, system_clock().now(), clock_difference());
        return done;
    }

    /// The one that is meant: by a flag, a variable or the context, else the token's own. Fails with
    /// invalid_configuration for a token that has none.
    [[nodiscard]] result<tenant_name> tenant();

private:
    explicit server_session(server_settings with);
    bool show_waiting();
    void end_waiting();

    server_settings settings_;
    net::blocking_calls calls_;
    std::optional<client::channel> over_;
    std::optional<client::api_client> api_;
    int looks_ = 0;  ///< since the call began
    bool is_shown_ = false;
};

/// Of the settings that this command line, environment and contexts file make.
[[nodiscard]] result<std::unique_ptr<server_session>> open_session(const server_flags& flags);

}  // namespace hourkey::cli

#pragma once

#include "core/failure.hpp"
#include "emulator/sts_emulator.hpp"
#include "model/role.hpp"
#include "server/config.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::server {
class application;
}  // namespace hourkey::server

namespace hourkey::test {

/// An answer of the API. `status` 0: there was none, and `body` says why.
struct reply {
    int status = 0;
    std::string body;
};

/// One client with its own connection and thread of use.
class api_client {
public:
    api_client(std::uint16_t port, const std::string& ca_file);
    api_client(api_client&&) noexcept;
    ~api_client();
    reply send(std::string_view verb, const std::string& target, const std::string& body, std::string_view token);

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

/// The whole server as hourkeyd wires it, over TLS under a CA of its own, in a folder of its own, beside an STS
/// emulator that it reaches over TLS too. Everything it logs goes to a file of that folder.
class live_server {
public:
    using adjustment = std::function<void(server::config&)>;
    explicit live_server(const adjustment& adjust = {});
    ~live_server();
    live_server(const live_server&) = delete;
    live_server& operator=(const live_server&) = delete;

    void stop();
    /// Again, on the same folder.
    void start(const adjustment& adjust = {});
    [[nodiscard]] server::application& app() { return *app_; }
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] const std::string& ca_file() const;
    [[nodiscard]] emulator::sts_emulator& sts() { return *sts_; }
    [[nodiscard]] std::string path(const std::string& name) const;
    /// A fresh CA and certificate in place of the server's files; `ca_file()` then names the new CA.
    void replace_certificate();

    [[nodiscard]] api_client connect() const { return {port(), ca_file()}; }
    reply send(std::string_view verb, const std::string& target, const std::string& body, std::string_view token);
    /// The same, and anything but `status` ends the test.
    std::string expect(int status, std::string_view verb, const std::string& target, const std::string& body,
                       std::string_view token);

    [[nodiscard]] const std::string& operator_token() const { return operator_token_; }
    [[nodiscard]] std::string token(model::role role, const std::string& tenant, const std::string& app = {});
    /// A token whose time is over: written into the stopped server's store.
    [[nodiscard]] std::string expired_token(model::role role, const std::string& tenant, const std::string& app = {});

    /// What an operator, the tenant's admin and the account's owner do until apps can vend; returns the tenant's admin
    /// token.
    std::string add_tenant(const std::string& tenant, const std::vector<std::string>& apps);
    /// A verified connection to a role that trusts hourkey with the connection's external id only; returns that id.
    std::string add_connection(std::string_view admin, const std::string& tenant, const std::string& name,
                               const std::string& role_arn);
    void trust(const std::string& role_arn, const std::vector<std::string>& external_ids);

    /// All pages of a tenant's audit, one after the other.
    [[nodiscard]] std::string whole_audit(const std::string& tenant, std::string_view admin);
    /// Every byte that the server has left in its folder: database, its log, the log file.
    [[nodiscard]] std::string everything_written() const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
    std::unique_ptr<emulator::sts_emulator> sts_;
    std::unique_ptr<server::application> app_;
    std::optional<api_client> client_;
    std::string operator_token_;
};

/// A text field of a JSON object; ends the test when there is none.
[[nodiscard]] std::string field(const std::string& body, std::string_view name);
/// False when it does not become true within 30 seconds.
[[nodiscard]] bool eventually(const std::function<bool()>& is_so);
[[nodiscard]] std::size_t count(std::string_view text, std::string_view what);
[[nodiscard]] inline bool contains(std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
}

/// Stops the test with the reason when a result is a failure.
void stop_with(const failure& why);
template <class T>
T must(result<T> r) {
    if (!r) stop_with(r.error());
    if constexpr (!std::is_void_v<T>) return *std::move(r);
}

}  // namespace hourkey::test

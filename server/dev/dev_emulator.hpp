#pragma once

#include "core/failure.hpp"
#include "credentials/environment.hpp"
#include "net/reactor.hpp"
#include "net/tls_context.hpp"
#include "server/dev/dev_folder.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace hourkey::emulator {
class sts_emulator;
class emulator_server;
}  // namespace hourkey::emulator

namespace hourkey::server {

/// The STS of the newcomer's mode: an emulator on a thread of its own, with one IAM user for hourkey and one role to
/// link. The roles that it is told of through its control door are kept in the folder.
class dev_emulator {
public:
    [[nodiscard]] static result<std::unique_ptr<dev_emulator>> start(const dev_folder& folder);
    ~dev_emulator();

    [[nodiscard]] std::string url() const;
    /// The environment in which hourkey finds its base credentials.
    [[nodiscard]] credentials::environment base_environment() const;
    [[nodiscard]] std::string principal_arn() const;
    [[nodiscard]] std::string role_arn() const;
    /// What the account's owner would do: let hourkey assume the role with this external id only.
    void trust(const std::string& external_id);

private:
    dev_emulator();
    /// As far as they can still be read.
    [[nodiscard]] result<> read_roles(const std::string& file);
    void keep_roles(const std::string& file);
    std::unique_ptr<emulator::sts_emulator> sts_;
    std::unique_ptr<net::tls_server_context> tls_;
    net::reactor reactor_;
    std::unique_ptr<emulator::emulator_server> server_;
    std::string secret_key_;
    std::mutex writing_;  ///< of the file of roles: the emulator's thread and the one that calls trust()
    std::thread thread_;
};

}  // namespace hourkey::server

#pragma once

#include "aws/session_limits.hpp"
#include "core/failure.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::server {

/// What the operator decides. TOML file, overridden by HOURKEY_SECTION__KEY, overridden by --set section.key=value.
/// config/hourkey.toml documents each key; a test proves that it lists them all.
struct config {
    struct {
        std::string address = "127.0.0.1";
        std::uint16_t port = 8443;  ///< 0: a free one, printed at start
        std::string cert_file;      ///< PEM chain, leaf first; read again on change and on SIGHUP
        std::string key_file;       ///< PEM, not readable by group or others
        std::string public_url;     ///< by which clients reach it; empty: address and port
        std::uint32_t threads = 0;  ///< 0: one per core
        std::string trusted_proxies;            ///< addresses and networks, separated by commas
        std::string proxy_protocol = "off";     ///< off, v2: their connections begin with its header
        std::uint32_t max_connections = 4096;
        std::uint32_t max_connections_per_address = 64;  ///< loopback is exempt
    } listen;
    struct {
        /// Plain HTTP while on loopback; TLS with the listener's certificate otherwise.
        std::string address = "127.0.0.1";
        std::uint16_t port = 8444;
    } admin;
    struct {
        std::string path = "/var/lib/hourkey/hourkey.db";
        std::string key_file;  ///< the 32-byte server key in hex; empty: <path>.key, made together with a new database
        std::uint32_t min_free_mib = 64;
        bool begin_anew = false;  ///< no key of the file: what is remembered of an earlier database does not count
    } store;
    struct {
        std::string region;  ///< empty: AWS_REGION, AWS_DEFAULT_REGION, the profile's, us-east-1
        std::string principal_arn;  ///< what customers trust; empty: the base identity's user ARN
        std::string sts_endpoint;  ///< empty: the region's own; http only to loopback
        std::string ca_file;  ///< empty: the system's trust store
        std::string extra_regions;  ///< newer than the table of regions; commas between them
    } aws;
    struct {
        std::uint32_t default_duration_seconds = aws::default_session.count();
        std::uint32_t sts_timeout_ms = 10'000;  ///< a whole AssumeRole, retries included
    } vending;
    struct {
        std::uint32_t verify_every = 86'400;  ///< seconds until a connection in use is verified unasked; 0: never
    } linking;
    struct {
        std::uint32_t token_per_second = 300;
        std::uint32_t app_per_second = 400;
        std::uint32_t tenant_per_second = 500;
        std::uint32_t address_per_second = 200;  ///< without a good token
        std::uint32_t dead_tokens_per_second = 50;
        std::uint32_t sts_per_second = 300;
        std::uint32_t burst_seconds = 10;
        std::string lifted_tenants;  ///< names, separated by commas
    } limits;
    struct {
        std::uint32_t retention_days = 400;  ///< records are kept at least this long; none is deleted by this release
        std::uint32_t head_log_seconds = 3600;  ///< how often the newest record's seq and hash go into the log
    } audit;
    struct {
        std::string level = "info";  ///< debug, info, warn, error
        std::string format = "auto";  ///< json, human, auto: human on a terminal
    } log;

    [[nodiscard]] std::string server_key_file() const {
        return store.key_file.empty() ? store.path + ".key" : store.key_file;
    }
};

/// NAME -> value, as getenv(3) gives it.
using environment = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] environment process_environment();

struct config_sources {
    std::string file;  ///< empty: none
    environment env;  ///< only HOURKEY_* are asked for
    std::vector<std::string> overrides;  ///< "section.key=value"
};

/// invalid_configuration naming file, section, key and the fix; an unknown key is an error.
[[nodiscard]] result<config> load_config(const config_sources& from);

/// `section.key` of every option, in documentation order.
[[nodiscard]] std::vector<std::string> all_config_keys();

}  // namespace hourkey::server

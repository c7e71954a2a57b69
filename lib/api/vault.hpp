#pragma once

#include "api/error.hpp"
#include "api/shape.hpp"
#include "core/clock.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What Vault's clients send and read of its AWS secrets engine at `aws/`, and of what they ask before: the names are
// Vault's (https://developer.hashicorp.com/vault/api-docs/secret/aws). They pass over what answers have beside.
namespace hourkey::api {

/// Vault's clients read `errors` alone, and know a refused token by 403.
struct vault_error : error {
    std::vector<std::string> errors;

    static constexpr about is{"VaultError", sender::server, "An error as Vault's clients read it, and hourkey's."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};
[[nodiscard]] int vault_status(errc code) noexcept;

/// As a query, or as the body of a PUT or POST.
struct vault_request {
    std::optional<std::string> name;
    std::optional<std::string> role_arn;
    std::optional<std::string> ttl;
    std::optional<std::string> role_session_name;

    static constexpr about is{"VaultRequest", sender::client, "What Vault's clients say of the credentials."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};
/// Of a body, in which clients write ttl as a number too.
[[nodiscard]] result<vault_request> read_vault_request(std::string_view body);

struct vault_credentials {
    std::string access_key;
    secret secret_key;
    secret security_token;
    secret session_token;  ///< the same, as newer clients read it
    std::string arn;
    std::int64_t ttl = 0;

    static constexpr std::string_view answer_title = "VaultCredentialsAnswer";
    static constexpr about is{"VaultCredentials", sender::server, "Temporary AWS credentials, as Vault names them."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

/// Whose token it is.
struct vault_owner {
    std::string role;
    std::optional<std::string> tenant;
    std::optional<std::string> app;
    std::optional<std::string> stage;

    static constexpr about is{"VaultOwner", sender::server, "Whose token it is."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct vault_token {
    std::string id;  ///< never the token itself, which Vault shows here
    std::string accessor;
    std::string display_name;
    std::vector<std::string> policies;
    vault_owner meta;
    std::string type;
    wall_time expire_time{};
    std::int64_t ttl = 0;
    bool renewable = false;
    bool orphan = true;

    static constexpr std::string_view answer_title = "VaultTokenAnswer";
    static constexpr about is{"VaultToken", sender::server, "What is known of the token, as Vault tells it."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct vault_mount {
    std::string path;
    std::string type;
    std::string description;

    static constexpr std::string_view answer_title = "VaultMountAnswer";
    static constexpr about is{"VaultMount", sender::server, "What Vault calls a mount."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

struct vault_mounts {
    by_name<vault_mount> secret;
    by_name<vault_mount> auth;

    static constexpr std::string_view answer_title = "VaultMountsAnswer";
    static constexpr about is{"VaultMounts", sender::server, "All that Vault would have mounted here."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

/// What Vault wraps every answer in.
template <class Data>
struct vault_answer {
    std::string request_id;
    std::string lease_id{};
    bool renewable = false;
    std::int64_t lease_duration = 0;
    Data data;
    std::vector<std::string> warnings{};
    std::string mount_type;

    static constexpr about is{Data::answer_title, sender::server, "What Vault wraps an answer in."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has) {
        has({"request_id", "X-Request-Id."}, of.request_id);
        has({"lease_id", "A name alone: nothing is renewed or revoked by it."}, of.lease_id);
        has({"renewable", "Never."}, of.renewable);
        has({"lease_duration", "Seconds."}, of.lease_duration);
        has({"data", "What was asked for."}, of.data);
        has({"warnings", "What was asked for and is not so."}, of.warnings);
        has({"mount_type", "Never kv, of which clients take another part."}, of.mount_type);
    }
};

}  // namespace hourkey::api

#pragma once

#include "core/failure.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace hourkey::aws {

/// `arn:<partition>:iam::<12 digits>:role<path><name>`, 20..2048 characters; only parse() makes one.
/// Name: 1..64 of [\w+=,.@-]. Path: "/" or "/.../" of at most 512 characters 0x21..0x7E without * ? $ " \ because the
/// ARN is copied into policies, where those mean something. The partition is one of all_partitions().
class role_arn {
public:
    /// Fails with invalid_request about `role_arn`; the hint tells what to paste instead.
    [[nodiscard]] static result<role_arn> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    [[nodiscard]] std::string_view partition() const noexcept { return view().substr(4, partition_size_); }
    [[nodiscard]] std::string_view account_id() const noexcept { return view().substr(account_at(), account_size); }
    [[nodiscard]] std::string_view path() const noexcept {
        return view().substr(path_at(), name_at_ - path_at());
    }  ///< "/" or "/.../"
    [[nodiscard]] std::string_view role_name() const noexcept { return view().substr(name_at_); }
    friend auto operator<=>(const role_arn&, const role_arn&) = default;

    static constexpr std::size_t account_size = 12;

private:
    role_arn(std::string_view text, std::size_t partition_size, std::size_t name_at)
        : text_(text), partition_size_(partition_size), name_at_(name_at) {}
    [[nodiscard]] std::string_view view() const noexcept { return text_; }
    [[nodiscard]] std::size_t account_at() const noexcept { return 4 + partition_size_ + 6; }  // arn: ... :iam::
    [[nodiscard]] std::size_t path_at() const noexcept { return account_at() + account_size + 5; }  // :role

    std::string text_;
    std::size_t partition_size_;
    std::size_t name_at_;
};

enum class identity_kind { root, user, role_session, federated_user };

/// Who a GetCallerIdentity or AssumedRoleUser ARN names.
struct caller_identity {
    identity_kind kind{};
    std::string arn;
    std::string partition;
    std::string account_id;
    std::string name;  ///< of the user, role or federated user, without path; empty for root
    std::string session;  ///< RoleSessionName, role sessions only

    /// What such an identity assumes is a chained session: one hour at most (IAM guide, role chaining).
    [[nodiscard]] bool is_role_session() const noexcept { return kind == identity_kind::role_session; }
};

/// `iam::A:root`, `iam::A:user/...`, `sts::A:assumed-role/Name/session`, `sts::A:federated-user/name`; anything else
/// fails with sts_invalid_answer, for only STS writes these.
[[nodiscard]] result<caller_identity> parse_caller_identity(std::string_view arn);

[[nodiscard]] bool is_iam_name_char(char c) noexcept;
/// IAM names and STS session names: not empty, only [\w+=,.@-].
[[nodiscard]] bool is_iam_name(std::string_view text, std::size_t shortest, std::size_t longest) noexcept;

}  // namespace hourkey::aws

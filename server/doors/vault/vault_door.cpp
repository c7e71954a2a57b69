#include "server/doors/vault/vault_door.hpp"

#include "api/vault.hpp"
#include "server/doors/error_answer.hpp"
#include "server/doors/hint.hpp"
#include "server/doors/vault/handlers.hpp"

#include <array>

namespace hourkey::server::vault {
namespace {

using policy::right;
using enum http::method;

constexpr std::array table{
    route{get, "/v1/aws/creds/{connection}", right::vend, read_credentials, query_use::read},
    route{put, "/v1/aws/creds/{connection}", right::vend, write_credentials, query_use::read},
    route{post, "/v1/aws/creds/{connection}", right::vend, write_credentials, query_use::read},
    route{get, "/v1/aws/sts/{connection}", right::vend, read_credentials, query_use::read},
    route{put, "/v1/aws/sts/{connection}", right::vend, write_credentials, query_use::read},
    route{post, "/v1/aws/sts/{connection}", right::vend, write_credentials, query_use::read},

    route{get, "/v1/auth/token/lookup-self", right::any_caller, look_up_self},

    route{get, "/v1/sys/internal/ui/mounts", right::any_caller, list_mounts},
    route{get, "/v1/sys/internal/ui/mounts/aws", right::any_caller, get_mount},
    route{get, "/v1/sys/internal/ui/mounts/aws/creds/{connection}", right::any_caller, get_mount_of_path},
    route{get, "/v1/sys/internal/ui/mounts/aws/sts/{connection}", right::any_caller, get_mount_of_path},
};

/// As Vault's clients show it, line by line.
std::string line_of(const hourkey::api::error& told, int status) {
    const std::string front = status == 403 ? "permission denied: " : "";
    return front + told.message + " " + told.hint + " (" + told.code + ", request " + told.request_id + ")";
}

}  // namespace

route_table routes() noexcept { return table; }

task<result<>> vault_door::admit(call& what, const route* row) {
    HK_CO_CHECK(co_await callers_->admit(what, row));
    // Whoever asks for wrapped credentials hands the answer on as if nobody could read it.
    if (what.http.find("X-Vault-Wrap-TTL"))
        co_return invalid_field("X-Vault-Wrap-TTL", "cannot be done: hourkey does not wrap answers",
                                "Ask without wrapping.");
    co_return result<>{};
}

http::response vault_door::refusal(failure why, const call& what, const route* row) const {
    why.hint = fill_in(why.hint, row, what);
    const auto status = hourkey::api::vault_status(why.code);
    hourkey::api::vault_error told{error_of(why, what.request_id), {}};
    told.errors.push_back(line_of(told, status));
    return refusing_answer(why, status, hourkey::api::to_json(told, 1024));
}

}  // namespace hourkey::server::vault

#include "api/secret_access.hpp"

#include "api/description.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void secret_access::describe(Of& of, Fields& has) {
    has({"secretName", "The connection."}, of.secret_name);
    has({"appName", "The token's own app: of another one it is not allowed."}, of.app_name);
    constexpr std::string_view unused = "Taken and not used.";
    has({"serviceName", unused}, of.service_name);
    has({"stageName", unused}, of.stage_name);
}

template <class Of, class Fields>
void secret_value::describe(Of& of, Fields& has) {
    has({"accessKeyId", "Not a secret; it joins CloudTrail's records."}, of.access_key_id);
    has({"secretAccessKey", "A secret."}, of.secret_access_key);
    has({"sessionToken", "A secret."}, of.session_token);
}

template <class Of, class Fields>
void accessed_secret::describe(Of& of, Fields& has) {
    has({"secretValue", "What is to stand under provider.credentials."}, of.value);
}

template struct shape<secret_access>;
template struct shape<secret_value>;
template struct shape<accessed_secret>;

}  // namespace hourkey::api

#include "api/error.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void aws_error::describe(Of& of, Fields& has) {
    has({"code", "AWS's own."}, of.code);
    has({"request_id", "AWS's own."}, of.request_id);
    has({"region", "Whose STS it was."}, of.region);
}

template <class Of, class Fields>
void error::describe(Of& of, Fields& has) {
    has({"code", "For programs; docs/API.md has all of them.", {.pattern = "^[a-z_]+$"}}, of.code);
    has({"message", "For people: what is wrong."}, of.message);
    has({"Code", "On the credentials' paths: code, as the AWS SDKs read it."}, of.sdk_code);
    has({"Message", "On the credentials' paths: message, as the AWS SDKs read it."}, of.sdk_message);
    has({"hint", "For people: what to do now."}, of.hint);
    has({"retryable", "Whether the same request, sent again, may succeed and can do no harm."}, of.retryable);
    has({"request_id", "X-Request-Id; finds it in the server's log and in the audit.", id_form}, of.request_id);
    has({"aws", "When AWS said no."}, of.aws);
}

template struct shape<aws_error>;
template struct shape<error>;

}  // namespace hourkey::api

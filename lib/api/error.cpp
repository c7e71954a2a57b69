#include "api/error.hpp"

#include "api/description.hpp"
#include "api/error_fields.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void aws_error::describe(Of& of, Fields& has) {
    has({"code", "AWS's own."}, of.code);
    has({"request_id", "AWS's own."}, of.request_id);
    has({"region", "Whose STS it was."}, of.region);
}

template <class Of, class Fields>
void error::describe(Of& of, Fields& has) {
    describe_refusal(of, has);
    has({"Code", "On the credentials' paths: code, as the AWS SDKs read it."}, of.sdk_code);
    has({"Message", "On the credentials' paths: message, as the AWS SDKs read it."}, of.sdk_message);
    describe_help(of, has);
}

template <class Of, class Fields>
void refused_part::describe(Of& of, Fields& has) {
    has({"code", "As an error's.", {.pattern = "^[a-z_]+$"}}, of.code);
    has({"message", "For people: what is wrong."}, of.message);
    has({"hint", "For people: what to do now."}, of.hint);
    has({"retryable", "Whether it may succeed when it is asked for again."}, of.retryable);
}

template <class Of, class Fields>
void resolve_error::describe(Of& of, Fields& has) {
    describe_refusal(of, has);
    describe_help(of, has);
    has({"errors", "By the reference, as it was sent."}, of.errors);
}

template struct shape<refused_part>;
template struct shape<resolve_error>;
template struct shape<aws_error>;
template struct shape<error>;

}  // namespace hourkey::api

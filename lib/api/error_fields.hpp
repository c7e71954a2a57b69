#pragma once

#include "api/error.hpp"
#include "api/forms.hpp"

namespace hourkey::api {

extern template struct shape<aws_error>;  // described in error.cpp alone

// What every error has, whichever protocol's it is.

template <class Of, class Fields>
void describe_refusal(Of& of, Fields& has) {
    has({"code", "For programs; docs/API.md has all of them.", {.pattern = "^[a-z_]+$"}}, of.code);
    has({"message", "For people: what is wrong."}, of.message);
}

template <class Of, class Fields>
void describe_help(Of& of, Fields& has) {
    has({"hint", "For people: what to do now."}, of.hint);
    has({"retryable", "Whether the same request, sent again, may succeed and can do no harm."}, of.retryable);
    has({"request_id", "X-Request-Id; finds it in the server's log and in the audit.", id_form}, of.request_id);
    has({"aws", "When AWS said no."}, of.aws);
}

}  // namespace hourkey::api

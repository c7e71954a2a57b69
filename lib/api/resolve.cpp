#include "api/resolve.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void resolve_context::describe(Of& of, Fields& has) {
    constexpr std::string_view unused =
        "Taken and not used: it will choose among connections, and a reference names one.";
    has({"stage", unused}, of.stage);
    has({"service", unused}, of.service);
    has({"region", unused}, of.region);
    has({"project", unused}, of.project);
}

template <class Of, class Fields>
void resolve_request::describe(Of& of, Fields& has) {
    has({.name = "refs",
         .meaning = "secrets:NAME, or one field of it: secrets:NAME.accessKeyId, .secretAccessKey, .sessionToken, "
                    ".expiration, .region or .accountId. Of at most 20 connections.",
         .most = most_references},
        of.refs);
    has({"context", "What they are for."}, of.context);
    has({"partial", "Whether those that are granted are wanted though others are refused; by default not."},
        of.partial);
}

template <class Of, class Fields>
void resolved_secret::describe(Of& of, Fields& has) {
    has({"accessKeyId", "Not a secret; it joins CloudTrail's records."}, of.access_key_id);
    has({"secretAccessKey", "A secret."}, of.secret_access_key);
    has({"sessionToken", "A secret."}, of.session_token);
    has({"expiration", "When AWS stops taking them."}, of.expiration);
    has({"region", "The connection's default_region, when it has one.", region_form}, of.region);
    has({"accountId", "Of the role.", account_form}, of.account_id);
}

template <class Of, class Fields>
void resolved::describe(Of& of, Fields& has) {
    has({"values",
         "By the reference, as it was sent: all of its connection's credentials, or the field that it names."},
        of.values);
    has({"errors", "Likewise what was refused; only of a call that takes a partial answer."}, of.errors);
}

template struct shape<resolve_context>;
template struct shape<resolve_request>;
template struct shape<resolved_secret>;
template struct shape<resolved>;

}  // namespace hourkey::api

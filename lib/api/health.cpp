#include "api/health.hpp"

#include "api/description.hpp"

namespace hourkey::api {
namespace {

constexpr std::array<std::string_view, 1> live_words{"alive"};
constexpr std::array<std::string_view, 2> ready_words{"ready", "not_ready"};

}  // namespace

template <class Of, class Fields>
void liveness::describe(Of& of, Fields& has) {
    has({"status", "alive.", {.values = live_words}}, of.status);
}

template <class Of, class Fields>
void readiness_checks::describe(Of& of, Fields& has) {
    has({"store_writable", "Changes can be stored."}, of.store_writable);
    has({"audit_writable", "Records can be committed; nothing is vended without."}, of.audit_writable);
    has({"base_credentials_valid", "hourkey has AWS credentials of its own."}, of.base_credentials_valid);
}

template <class Of, class Fields>
void store_soundness::describe(Of& of, Fields& has) {
    has({"integrity", "How far the database file has been looked at."}, of.integrity);
    has({"unproven", "What the start has not proven, in a sentence; empty: nothing."}, of.unproven);
}

template <class Of, class Fields>
void readiness_request::describe(Of& of, Fields& has) {
    has({"verbose", "Tells of the store too, whatever stands behind it, and when nothing does: ?verbose."}, of.verbose);
}

template <class Of, class Fields>
void readiness::describe(Of& of, Fields& has) {
    has({"status", "All checks in one word.", {.values = ready_words}}, of.status);
    has({"checks", "One by one."}, of.checks);
    has({"store", "With ?verbose."}, of.store);
}

template struct shape<liveness>;
template struct shape<readiness_checks>;
template struct shape<store_soundness>;
template struct shape<readiness_request>;
template struct shape<readiness>;

}  // namespace hourkey::api

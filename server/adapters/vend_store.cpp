#include "server/adapters/vend_store.hpp"

#include "auth/still_good.hpp"

namespace hourkey::server {
namespace {

/// Of a vend that may have been stored the caller need not find out: nobody received its credentials, and the next are
/// others.
failure not_recorded(const failure& why) {
    std::string say;
    if (why.code == errc::outcome_unknown)
        say =
            "No credentials were handed out: whether the audit record was committed is not known. It may show a vend "
            "that nobody received.";
    return failure(errc::audit_unavailable, std::move(say),
                   "Try again; if it lasts, the operator should look at the server's disk and /readyz.",
                   why.cause.empty() ? std::string(why.text()) : why.cause);
}

/// By us or by AWS. A session that AWS has made is on record whatever became of it, and an error is no refusal.
bool is_a_refusal(const model::audit_record& r) {
    if (!r.access_key_id.empty()) return false;
    return r.outcome == model::audit_outcome::denied || r.reason == describe(errc::trust_refused).api;
}

/// The principal's row is read with all else that a vend rests on.
struct rows_of_view {
    const model::vend_view& fresh;
    [[nodiscard]] result<std::optional<model::token>> find_token(const ulid& /*the view is of that one*/) const {
        return fresh.token;
    }
};

/// Does what was true when the vend was decided still hold, as the transaction sees it?
class vend_submission final : public store::append_submission {
public:
    vend_submission(model::principal who, model::audit_record record, store::vend_basis basis,
                    vending::vend_store::second_decision decide, const linking::open_findings& findings)
        : append_submission(std::move(record), std::move(basis)),
          who_(std::move(who)),
          decide_(std::move(decide)),
          findings_(findings) {}

    [[nodiscard]] std::optional<failure> take_revocation() { return std::move(revoked_); }

private:
    /// One that is not stored yet has changed no row.
    [[nodiscard]] bool is_doubtful() const override { return !findings_.is_empty(); }

    result<> decide_again(const result<model::vend_view>& fresh, wall_time now, model::audit_record& record) override {
        auto held = still_allowed(fresh, now);
        if (held) return {};
        if (is_of_store(held.error().code)) return held;
        revoked_ = std::move(held).error();
        record.outcome = is_denial(revoked_->code) ? model::audit_outcome::denied : model::audit_outcome::error;
        record.reason = describe(revoked_->code).api;
        return {};
    }

    result<> still_allowed(const result<model::vend_view>& read, wall_time now) const {
        if (!read) return read.error();
        const rows_of_view rows{*read};
        HK_CHECK(auth::still_good(who_, rows, now));
        HK_TRY(auto facts, read->facts);
        if (facts.connection) findings_.apply_to(*facts.connection);
        return decide_(who_, facts, now);
    }

    model::principal who_;
    vending::vend_store::second_decision decide_;
    const linking::open_findings& findings_;
    std::optional<failure> revoked_;
};

}  // namespace

task<result<store_for_vends::view_ptr>> store_for_vends::read_anew(const model::principal& who,
                                                                   const connection_name& connection) {
    co_return co_await views_.read_anew(who.id, connection);
}

task<result<>> store_for_vends::commit(model::principal who, model::audit_record record, authorization_basis under) {
    HK_CO_TRY(auto connection, connection_name::parse(record.connection));
    store::vend_basis basis{
        .token = who.id, .connection = std::move(connection), .seen = under.seen, .until = under.until};
    const auto submitted = std::make_shared<vend_submission>(std::move(who), std::move(record), std::move(basis),
                                                             std::move(under.decide_again), findings_);
    const auto stored = co_await database_.append(submitted);
    if (!stored) co_return not_recorded(stored.error());
    if (auto revoked = submitted->take_revocation()) co_return *std::move(revoked);
    co_return result<>{};
}

task<result<>> store_for_vends::commit(model::audit_record record) {
    const bool is_refusal = is_a_refusal(record);
    if (is_refusal && refusals_.take(record, clock_.steady_now()) == policy::refusal_counts::verdict::counted)
        co_return result<>{};
    const auto submitted = std::make_shared<store::append_submission>(record);
    const auto stored = co_await database_.append(submitted);
    if (is_refusal) refusals_.settle(record, stored.has_value());
    if (!stored) co_return not_recorded(stored.error());
    co_return result<>{};
}

}  // namespace hourkey::server

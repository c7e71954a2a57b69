#include "aws/sts_signer.hpp"

#include "aws/sigv4_canonical.hpp"
#include "core/encoding.hpp"
#include "core/time_text.hpp"

namespace hourkey::aws {
namespace {

constexpr std::string_view service = "sts";
constexpr std::string_view names = "content-type;host;x-amz-date";
constexpr std::string_view names_with_token = "content-type;host;x-amz-date;x-amz-security-token";

}  // namespace

const crypto::keyed_hmac& signing_key_cache::key_for(const credentials& of, std::string_view date,
                                                     std::string_view region, std::string_view for_service) {
    for (const auto& e : entries_)
        if (e && e->date == date && e->access_key_id == of.access_key_id && e->region == region &&
            e->service == for_service &&
            crypto::equal_in_constant_time(e->secret_access_key.expose(), of.secret_access_key.expose()))
            return e->key;
    const auto key = derive_signing_key(of.secret_access_key, date, region, for_service);
    auto& slot = entries_[next_];
    next_ = (next_ + 1) % entries_.size();
    slot.emplace(entry{of.access_key_id, of.secret_access_key.clone(), std::string(date), std::string(region),
                       std::string(for_service), crypto::keyed_hmac(key.expose())});
    return slot->key;
}

bool sts_signer::shared_part::is_for(const credentials& with, std::chrono::sys_seconds at) const noexcept {
    return second == at && access_key_id == with.access_key_id &&
           crypto::equal_in_constant_time(secret_access_key.expose(), with.secret_access_key.expose()) &&
           crypto::equal_in_constant_time(session_token.expose(), with.session_token.expose());
}

sts_signer::sts_signer(std::string region, std::string host) : region_(std::move(region)), host_(std::move(host)) {}

sts_signer::shared_part sts_signer::make_shared_part(const credentials& with, std::chrono::sys_seconds second) {
    auto amz_date = to_amz_date(second);
    const auto date = std::string_view(amz_date).substr(0, 8);
    const auto signed_names = with.is_temporary() ? names_with_token : names;
    const auto scope = credential_scope(date, region_, service);

    std::string request;
    request.reserve(256 + host_.size() + with.session_token.size());  // no growth that would leave the token behind
    request.append("POST\n/\n\ncontent-type:").append(sts_content_type).append("\nhost:").append(host_);
    request.append("\nx-amz-date:").append(amz_date).append("\n");
    if (with.is_temporary()) request.append("x-amz-security-token:").append(with.session_token.expose()).append("\n");
    request.append("\n").append(signed_names).append("\n");
    crypto::begun_sha256 canonical_request(request);
    wipe_container(request);

    std::string to_sign(sigv4_algorithm);
    to_sign.append("\n").append(amz_date).append("\n").append(scope).append("\n");
    auto string_to_sign = keys_.key_for(with, date, region_, service).begun(to_sign);

    std::string authorization(sigv4_algorithm);
    authorization.append(" Credential=").append(with.access_key_id).append("/").append(scope);
    authorization.append(", SignedHeaders=").append(signed_names).append(", Signature=");
    return {.second = second,
            .access_key_id = with.access_key_id,
            .secret_access_key = with.secret_access_key.clone(),
            .session_token = with.session_token.clone(),
            .amz_date = std::move(amz_date),
            .canonical_request = std::move(canonical_request),
            .string_to_sign = std::move(string_to_sign),
            .authorization = std::move(authorization)};
}

sts_signer::signed_fields sts_signer::sign(const credentials& with, std::string_view body, wall_time now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (!shared_ || !shared_->is_for(with, second)) shared_ = make_shared_part(with, second);
    auto hex = to_hex(crypto::sha256(body));
    const auto canonical = shared_->canonical_request.finish(hex);
    hex.clear();
    append_hex(hex, canonical);
    const auto signature = shared_->string_to_sign.sign(hex);

    signed_fields out{shared_->amz_date, {}};
    out.authorization.reserve(shared_->authorization.size() + 2 * signature.size());
    out.authorization.append(shared_->authorization);
    append_hex(out.authorization, signature);
    return out;
}

}  // namespace hourkey::aws

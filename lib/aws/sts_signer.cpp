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

sts_signer::sts_signer(std::string region, std::string host) : region_(std::move(region)), host_(std::move(host)) {
    canonical_head_.append("POST\n/\n\ncontent-type:")
        .append(sts_content_type)
        .append("\nhost:")
        .append(host_)
        .append("\nx-amz-date:");
}

sts_signer::~sts_signer() { wipe_container(scratch_); }

sts_signer::signed_fields sts_signer::sign(const credentials& with, std::string_view body, wall_time now) {
    if (const auto second = std::chrono::floor<std::chrono::seconds>(now); second != second_) {
        amz_date_ = to_amz_date(now);
        second_ = second;
    }
    const auto date = std::string_view(amz_date_).substr(0, 8);
    const auto signed_names = with.is_temporary() ? names_with_token : names;

    // Grown here and not by append, which would leave the token behind in freed memory.
    if (const auto need = canonical_head_.size() + with.session_token.size() + 256; scratch_.capacity() < need) {
        wipe_container(scratch_);
        scratch_.reserve(need);
    }
    scratch_.assign(canonical_head_).append(amz_date_).append("\n");
    if (with.is_temporary()) scratch_.append("x-amz-security-token:").append(with.session_token.expose()).append("\n");
    scratch_.append("\n").append(signed_names).append("\n");
    append_hex(scratch_, crypto::sha256(body));
    const auto canonical = crypto::sha256(scratch_);

    scratch_.assign(sigv4_algorithm).append("\n").append(amz_date_).append("\n");
    scratch_.append(date).append("/").append(region_).append("/").append(service).append("/aws4_request\n");
    append_hex(scratch_, canonical);
    const auto signature = keys_.key_for(with, date, region_, service).sign(scratch_);

    signed_fields out{amz_date_, {}};
    out.authorization.reserve(192 + with.access_key_id.size() + region_.size());
    out.authorization.append(sigv4_algorithm)
        .append(" Credential=")
        .append(with.access_key_id)
        .append("/")
        .append(date)
        .append("/")
        .append(region_);
    out.authorization.append("/")
        .append(service)
        .append("/aws4_request, SignedHeaders=")
        .append(signed_names)
        .append(", Signature=");
    append_hex(out.authorization, signature);
    return out;
}

}  // namespace hourkey::aws

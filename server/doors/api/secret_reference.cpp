#include "server/doors/api/secret_reference.hpp"

#include "server/doors/error_answer.hpp"
#include "server/doors/hint.hpp"

#include <array>
#include <utility>

namespace hourkey::server::api {
namespace {

constexpr std::array fields{std::pair{std::string_view("accessKeyId"), secret_field::access_key_id},
                            std::pair{std::string_view("secretAccessKey"), secret_field::secret_access_key},
                            std::pair{std::string_view("sessionToken"), secret_field::session_token},
                            std::pair{std::string_view("expiration"), secret_field::expiration},
                            std::pair{std::string_view("region"), secret_field::region},
                            std::pair{std::string_view("accountId"), secret_field::account_id}};

failure no_reference(std::string_view what) {
    return invalid_field("refs", what,
                         "Write secrets:NAME, or with .accessKeyId, .secretAccessKey, .sessionToken, .expiration, "
                         ".region or .accountId behind it.");
}

}  // namespace

result<secret_reference> parse_secret_reference(std::string_view text) {
    constexpr std::string_view front = "secrets:";
    if (!text.starts_with(front)) return no_reference("has an entry that does not begin with secrets:");
    const auto rest = text.substr(front.size());
    const auto dot = rest.find('.');
    secret_reference out{.text = std::string(text), .name = std::string(rest.substr(0, dot)), .field = {}};
    if (out.name.empty()) return no_reference("has an entry that names no connection");
    if (dot == std::string_view::npos) return out;
    for (const auto& [name, field] : fields)
        if (name == rest.substr(dot + 1)) out.field = field;
    if (!out.field) return no_reference("has an entry whose field there is not");
    return out;
}

hourkey::api::refused_part part_of(const refused_reference& r, const call& what) {
    const auto& row = describe(r.why.code);
    return {.code = std::string(row.api),
            .message = std::string(r.why.text()),
            .hint = fill_in(advice_of(r.why), nullptr, what, r.connection),
            .retryable = row.retryable};
}

}  // namespace hourkey::server::api

#include "aws/sts_answer.hpp"

#include "aws/xml_guard.hpp"
#include "core/time_text.hpp"

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>

namespace hourkey::aws {
namespace {

using pugi::xml_node;

/// Text that is wiped, because a secret may be in it.
struct wiped_text {
    std::string text;
    wiped_text() = default;
    explicit wiped_text(std::string_view from) : text(from) {}
    wiped_text(const wiped_text&) = delete;
    wiped_text& operator=(const wiped_text&) = delete;
    ~wiped_text() { wipe_container(text); }
};

/// The document over a private copy of the body. Parsed in place, so every value lies in the copy and is wiped with it.
class document {
public:
    /// The root element, or what is wrong with the body.
    result<xml_node> load(std::string_view body) {
        if (body.size() > longest_sts_answer) return failure(errc::sts_invalid_answer, {}, {}, "STS's answer is longer than 64 KiB");
        if (const auto wrong = xml_objection(body))
            return failure(errc::sts_invalid_answer, {}, {}, "STS's answer is not acceptable XML: " + std::string(*wrong));
        copy_.text = body;
        // The encoding is fixed: detection could convert into another buffer, which nobody would wipe.
        constexpr auto flags = pugi::parse_escapes | pugi::parse_cdata | pugi::parse_ws_pcdata;
        const auto parsed = tree_.load_buffer_inplace(copy_.text.data(), copy_.text.size(), flags, pugi::encoding_utf8);
        if (!parsed) return failure(errc::sts_invalid_answer, {}, {}, std::string("STS's answer is not acceptable XML: ") + parsed.description());
        return tree_.document_element();
    }

private:
    wiped_text copy_;
    pugi::xml_document tree_;
};

std::string_view local_name(const xml_node& node) {
    const std::string_view name = node.name();
    return name.substr(name.find(':') + 1);
}

/// A null node when there is none or more than one: what is doubtful is absent.
xml_node only_child(const xml_node& parent, std::string_view name) {
    xml_node found;
    for (auto child = parent.first_child(); child; child = child.next_sibling()) {
        if (child.type() != pugi::node_element || local_name(child) != name) continue;
        if (found) return {};
        found = child;
    }
    return found;
}

xml_node at_path(xml_node from, std::initializer_list<std::string_view> names) {
    for (const auto name : names) from = only_child(from, name);
    return from;
}

/// Text and CDATA pieces joined; an element among them makes it no text at all.
bool read_text(const xml_node& node, wiped_text& into) {
    const auto first = node.first_child();
    std::size_t size = 0;
    for (auto piece = first; piece; piece = piece.next_sibling()) {
        if (piece.type() == pugi::node_element) return false;
        size += std::string_view(piece.value()).size();
    }
    into.text.reserve(size);  // at once: growing would leave unwiped copies behind
    for (auto piece = first; piece; piece = piece.next_sibling()) into.text.append(piece.value());
    return size != 0;
}

std::string text_at(const xml_node& parent, std::string_view name) {
    wiped_text value;
    return read_text(only_child(parent, name), value) ? value.text : std::string();
}

bool is_graphic(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

/// The API reference's 16..128 \w, which keeps it safe in the credential scope, records and logs.
bool is_access_key_id(std::string_view text) {
    return text.size() >= 16 && text.size() <= 128 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; });
}

/// For logs and records: nothing that could break a line.
std::string printable(std::string text, std::size_t most) {
    text.resize(std::min(text.size(), most));
    std::ranges::replace_if(text, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    return text;
}

std::string request_id_of(const xml_node& holder) { return printable(text_at(holder, "RequestId"), 128); }

failure invalid(std::string what) { return failure(errc::sts_invalid_answer, {}, {}, "STS's answer is not acceptable: " + std::move(what)); }

result<secret> secret_at(const xml_node& parent, std::string_view name) {
    wiped_text value;
    if (!read_text(only_child(parent, name), value)) return invalid(std::string(name) + " is missing, empty or not alone");
    if (!is_graphic(value.text)) return invalid(std::string(name) + " holds a byte that no credential has");
    return secret(value.text);
}

result<wall_time> expiration_at(const xml_node& parent, std::chrono::seconds duration, wall_time now) {
    const auto at = parse_rfc3339(text_at(parent, "Expiration"));
    if (!at) return invalid("Expiration is missing or no time");
    if (*at <= now) return invalid("Expiration is past");
    if (*at > now + duration + expiration_slack) return invalid("Expiration is later than was asked");
    return *at;
}

result<credentials> read_credentials(const xml_node& node, std::chrono::seconds duration, wall_time now) {
    if (!node) return invalid("Credentials are missing or not alone");
    credentials out;
    out.access_key_id = text_at(node, "AccessKeyId");
    if (!is_access_key_id(out.access_key_id)) return invalid("AccessKeyId is missing or malformed");
    HK_TRY(out.secret_access_key, secret_at(node, "SecretAccessKey"));
    HK_TRY(out.session_token, secret_at(node, "SessionToken"));
    HK_TRY(out.expiration, expiration_at(node, duration, now));
    return out;
}

/// STS drops the role's path from the session's ARN.
result<void> check_session(std::string_view arn, const expected_session& expected) {
    HK_TRY(const auto who, parse_caller_identity(arn));
    if (!who.is_role_session() || who.partition != expected.role.partition() || who.account_id != expected.role.account_id() ||
        who.name != expected.role.role_name() || who.session != expected.name.str())
        return invalid("AssumedRoleUser names another role or session than asked");
    return {};
}

std::optional<int> packed_size_at(const xml_node& parent) {
    const auto text = text_at(parent, "PackedPolicySize");
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && value >= 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

result<assume_role_answer> parse_assume_role_answer(std::string_view body, const expected_session& expected, wall_time now) {
    document xml;
    HK_TRY(const auto root, xml.load(body));
    if (local_name(root) != "AssumeRoleResponse") return invalid("it is no AssumeRoleResponse");
    const auto answer = only_child(root, "AssumeRoleResult");
    const auto user = only_child(answer, "AssumedRoleUser");
    assume_role_answer out;
    HK_TRY(out.keys, read_credentials(only_child(answer, "Credentials"), expected.duration, now));
    out.assumed_role_arn = text_at(user, "Arn");
    HK_CHECK(check_session(out.assumed_role_arn, expected));
    out.assumed_role_id = printable(text_at(user, "AssumedRoleId"), 193);  // STS: 2..193
    out.request_id = request_id_of(only_child(root, "ResponseMetadata"));
    out.packed_policy_size = packed_size_at(answer);
    return out;
}

result<caller_identity_answer> parse_caller_identity_answer(std::string_view body) {
    document xml;
    HK_TRY(const auto root, xml.load(body));
    if (local_name(root) != "GetCallerIdentityResponse") return invalid("it is no GetCallerIdentityResponse");
    const auto answer = only_child(root, "GetCallerIdentityResult");
    caller_identity_answer out;
    HK_TRY(out.who, parse_caller_identity(text_at(answer, "Arn")));
    if (text_at(answer, "Account") != out.who.account_id) return invalid("Account and Arn differ");
    out.user_id = printable(text_at(answer, "UserId"), 256);
    out.request_id = request_id_of(only_child(root, "ResponseMetadata"));
    return out;
}

error_answer parse_error_answer(std::string_view body) {
    document xml;
    const auto loaded = xml.load(body);
    if (!loaded) return {};
    const auto root = *loaded;
    xml_node error;
    if (local_name(root) == "Error") error = root;
    if (local_name(root) == "ErrorResponse") {
        error = only_child(root, "Error");
        if (!error) error = at_path(root, {"Errors", "Error"});
    }
    error_answer out;
    auto code = text_at(error, "Code");
    if (code.empty() || code.size() > 128 || !is_graphic(code)) return out;
    out.code = std::move(code);
    out.message = printable(text_at(error, "Message"), 512);
    out.request_id = request_id_of(root);
    return out;
}

}  // namespace hourkey::aws

#include "aws/sts_answer.hpp"

#include "aws/xml_guard.hpp"
#include "core/number.hpp"
#include "core/time_text.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

namespace hourkey::aws {
namespace {

using pugi::xml_node;

/// pugixml takes 32 KiB for the nodes of each document; one block a thread serves them all. Names and values lie in the
/// body.
class node_memory {
public:
    static void* allocate(std::size_t size) {
        return size <= block_size && !spare().is_taken ? spare().take() : std::malloc(size);
    }
    static void deallocate(void* block) {
        if (block == spare().block.get()) {
            spare().is_taken = false;
        } else {
            std::free(block);
        }
    }

private:
    static constexpr std::size_t block_size = 34 * 1024;
    struct kept {
        std::unique_ptr<std::byte[]> block;
        bool is_taken = false;
        void* take() {
            if (!block) block = std::make_unique_for_overwrite<std::byte[]>(block_size);
            is_taken = true;
            return block.get();
        }
    };
    static kept& spare() {
        thread_local kept own;
        return own;
    }
};

/// The document over the body, in place: every value lies in it.
class document {
public:
    /// The root element, or what is wrong with the body.
    result<xml_node> load(std::span<char> body) {
        if (body.size() > longest_sts_answer) return not_xml("is longer than 64 KiB");
        if (const auto wrong = xml_objection({body.data(), body.size()}))
            return not_xml("is not acceptable XML: " + std::string(*wrong));
        [[maybe_unused]] static const bool once =
            (pugi::set_memory_management_functions(&node_memory::allocate, &node_memory::deallocate), true);
        // The encoding is fixed: detection could convert into another buffer, which nobody would wipe.
        constexpr auto flags = pugi::parse_escapes | pugi::parse_cdata | pugi::parse_ws_pcdata;
        const auto parsed = tree_.load_buffer_inplace(body.data(), body.size(), flags, pugi::encoding_utf8);
        if (!parsed) return not_xml(std::string("is not acceptable XML: ") + parsed.description());
        return tree_.document_element();
    }

private:
    static failure not_xml(std::string what) {
        return failure(errc::sts_invalid_answer, {}, std::string(not_from_sts_hint), "STS's answer " + std::move(what));
    }

    pugi::xml_document tree_;
};

std::string_view local_name(const xml_node& node) {
    const std::string_view name = node.name();
    return name.substr(name.find(':') + 1);
}

/// The children of these names, in one walk; a null node where there is none or more than one: what is doubtful is
/// absent.
template <std::size_t N>
std::array<xml_node, N> only_children(const xml_node& parent, const std::array<std::string_view, N>& names) {
    std::array<xml_node, N> found;
    std::array<bool, N> was_seen{};
    for (auto child = parent.first_child(); child; child = child.next_sibling()) {
        if (child.type() != pugi::node_element) continue;
        const auto at = static_cast<std::size_t>(std::ranges::find(names, local_name(child)) - names.begin());
        if (at < N) found[at] = std::exchange(was_seen[at], true) ? xml_node() : child;
    }
    return found;
}

xml_node only_child(const xml_node& parent, std::string_view name) { return only_children<1>(parent, {name})[0]; }

xml_node at_path(xml_node from, std::initializer_list<std::string_view> names) {
    for (const auto name : names) from = only_child(from, name);
    return from;
}

/// Text and CDATA pieces, joined where they lie; empty when there is none, or an element among them.
std::string_view text_of(const xml_node& node) {
    char* begin = nullptr;
    std::size_t size = 0;
    for (auto piece = node.first_child(); piece; piece = piece.next_sibling()) {
        if (piece.type() == pugi::node_element) return {};
        const std::string_view more = piece.value();
        if (size == 0) {
            begin = const_cast<char*>(more.data());  // the body that load() was given
        } else {
            std::memmove(begin + size, more.data(), more.size());
        }
        size += more.size();
    }
    return {begin, size};
}

std::string_view text_at(const xml_node& parent, std::string_view name) { return text_of(only_child(parent, name)); }

/// Without early exit, so that the compiler makes vectors of it.
bool is_graphic(std::string_view text) {
    unsigned char other = 0;
    for (const char c : text)
        other |=
            static_cast<unsigned char>((static_cast<signed char>(c) <= 0x20) | (c == 0x7F));  // negative from 0x80 on
    return other == 0;
}

/// The API reference's 16..128 \w, which keeps it safe in the credential scope, records and logs.
bool is_access_key_id(std::string_view text) {
    return text.size() >= 16 && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
           });
}

/// For logs and records: nothing that could break a line.
std::string printable(std::string_view text, std::size_t most) {
    std::string out(text.substr(0, most));
    std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    return out;
}

std::string request_id_of(const xml_node& holder) { return printable(text_at(holder, "RequestId"), 128); }

failure invalid(std::string what) {
    return failure(errc::sts_invalid_answer, {}, std::string(not_from_sts_hint),
                   "STS's answer is not acceptable: " + std::move(what));
}

result<secret> secret_of(const xml_node& node, std::string_view name) {
    const auto value = text_of(node);
    if (value.empty()) return invalid(std::string(name) + " is missing, empty or not alone");
    if (!is_graphic(value)) return invalid(std::string(name) + " holds a byte that no credential has");
    return secret(value);
}

result<wall_time> expiration_of(const xml_node& node, std::chrono::seconds duration, wall_time now) {
    const auto at = parse_rfc3339(text_of(node));
    if (!at) return invalid("Expiration is missing or no time");
    if (*at <= now) return invalid("Expiration is past");
    if (*at > now + duration + expiration_slack) return invalid("Expiration is later than was asked");
    return *at;
}

result<credentials> read_credentials(const xml_node& node, std::chrono::seconds duration, wall_time now) {
    if (!node) return invalid("Credentials are missing or not alone");
    const auto [id, key, token, expiration] =
        only_children<4>(node, {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"});
    credentials out;
    out.access_key_id = text_of(id);
    if (!is_access_key_id(out.access_key_id)) return invalid("AccessKeyId is missing or malformed");
    HK_TRY(out.secret_access_key, secret_of(key, "SecretAccessKey"));
    HK_TRY(out.session_token, secret_of(token, "SessionToken"));
    HK_TRY(out.expiration, expiration_of(expiration, duration, now));
    return out;
}

/// STS drops the role's path from the session's ARN.
std::string session_arn(const expected_session& expected) {
    std::string arn;
    arn.reserve(200);
    arn.append("arn:").append(expected.role.partition()).append(":sts::").append(expected.role.account_id());
    arn.append(":assumed-role/").append(expected.role.role_name()).append("/").append(expected.name.str());
    return arn;
}

std::optional<int> packed_size_of(const xml_node& node) {
    const auto value = parse_number<int>(text_of(node));
    return value && *value >= 0 ? value : std::nullopt;
}

}  // namespace

result<assume_role_answer> parse_assume_role_answer(std::span<char> body, const expected_session& expected,
                                                    wall_time now) {
    document xml;
    HK_TRY(const auto root, xml.load(body));
    const std::string operation(expected.operation), response = operation + "Response", outcome = operation + "Result";
    if (local_name(root) != response) return invalid("it is no " + response);
    const auto [answer, metadata] = only_children<2>(root, {outcome, "ResponseMetadata"});
    const auto [keys, user, packed] = only_children<3>(answer, {"Credentials", "AssumedRoleUser", "PackedPolicySize"});
    const auto [arn, id] = only_children<2>(user, {"Arn", "AssumedRoleId"});
    assume_role_answer out;
    HK_TRY(out.keys, read_credentials(keys, expected.duration, now));
    out.assumed_role_arn = session_arn(expected);
    if (text_of(arn) != out.assumed_role_arn)
        return invalid("AssumedRoleUser names another role or session than asked");
    out.assumed_role_id = printable(text_of(id), 193);  // STS: 2..193
    out.request_id = request_id_of(metadata);
    out.packed_policy_size = packed_size_of(packed);
    return out;
}

result<caller_identity_answer> parse_caller_identity_answer(std::span<char> body) {
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

error_answer parse_error_answer(std::span<char> body) {
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
    const auto code = text_at(error, "Code");
    if (code.empty() || code.size() > 128 || !is_graphic(code)) return out;
    out.code = code;
    // Its first line: behind it SignatureDoesNotMatch repeats the canonical request, and with it a session token.
    const auto message = text_at(error, "Message");
    out.message = printable(message.substr(0, message.find_first_of("\r\n")), 512);
    out.request_id = request_id_of(root);
    return out;
}

}  // namespace hourkey::aws

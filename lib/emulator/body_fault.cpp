#include "emulator/body_fault.hpp"

#include "core/time_text.hpp"
#include "crypto/random.hpp"

#include <array>
#include <cstdio>
#include <span>
#include <string_view>

namespace hourkey::emulator {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view decoy_key = "ASIADECOYDECOYDECOY0";
constexpr std::string_view decoy_token = "decoy-token-of-nobody";

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

void insert_before(std::string& text, std::string_view mark, std::string_view what) {
    text.insert(text.find(mark), what);
}

/// In each of the four values.
template <class Change>
void change_values(assume_role_texts& t, const Change& change) {
    for (auto* value : {&t.access_key, &t.secret_key, &t.token, &t.expiration}) *value = change(**value);
}

std::string as_references(std::string_view text) {
    std::string out;
    std::array<char, 8> reference{};
    for (const char c : text) {
        const auto size = std::snprintf(reference.data(), reference.size(), "&#x%02X;",
                                        static_cast<unsigned>(static_cast<unsigned char>(c)));
        out.append(reference.data(), static_cast<std::size_t>(size));
    }
    return out;
}

void into_middle(std::string& text, std::string_view what) { text.insert(text.size() / 2, what); }

std::string random_bytes(std::size_t size) {
    std::string out(size, '\0');
    crypto::fill_random({reinterpret_cast<unsigned char*>(out.data()), out.size()});
    return out;
}

std::string json_document(const assume_role_texts& t) {
    return R"({"AssumeRoleResponse":{"AssumeRoleResult":{"Credentials":{"AccessKeyId":")" + *t.access_key +
           R"(","SecretAccessKey":")" + *t.secret_key + R"(","SessionToken":")" + *t.token + R"(","Expiration":")" +
           *t.expiration + R"("}}}})";
}

/// What spoils the values before they are written.
void spoil_texts(fault f, assume_role_texts& t, wall_time expires, wall_time now) {
    switch (f) {
        case fault::fraction_expiration: t.expiration->insert(t.expiration->size() - 1, ".123"); break;
        case fault::offset_expiration:
            t.expiration = to_rfc3339(expires + 2h);
            t.expiration->replace(t.expiration->size() - 1, 1, "+02:00");
            break;
        case fault::cdata: change_values(t, [](const std::string& v) { return "<![CDATA[" + v + "]]>"; }); break;
        case fault::entities: change_values(t, [](const std::string& v) { return as_references(v); }); break;
        case fault::missing_token: t.token.reset(); break;
        case fault::missing_key: t.access_key.reset(); break;
        case fault::missing_secret: t.secret_key.reset(); break;
        case fault::missing_expiration: t.expiration.reset(); break;
        case fault::empty_token: t.token = ""; break;
        case fault::bad_expiration: t.expiration = "tomorrow"; break;
        case fault::past_expiration: t.expiration = to_rfc3339(now - 1h); break;
        case fault::far_expiration: t.expiration = "9999-12-31T23:59:59Z"; break;
        case fault::dtd_bomb: t.token = "&j;"; break;
        case fault::xxe: t.token = "&outside;"; break;
        case fault::crlf_token: into_middle(*t.token, "&#13;&#10;"); break;
        case fault::nul_token: into_middle(*t.token, std::string_view("\0", 1)); break;
        case fault::invalid_utf8: t.arn += "\xC3\x28\xFF"; break;
        default: break;
    }
}

std::string entity_bomb() {
    // Ten levels of ten: ten gigabytes once expanded.
    std::string out = "<!DOCTYPE bomb [<!ENTITY a \"0123456789\">";
    for (char level = 'b'; level <= 'j'; ++level) {
        out.append("<!ENTITY ").append(1, level).append(" \"");
        for (int i = 0; i < 10; ++i) out.append("&").append(1, static_cast<char>(level - 1)).append(";");
        out.append("\">");
    }
    return out + "]>";
}

std::string prefixed(std::string xml) {
    replace_all(xml, "<", "<sts:");
    replace_all(xml, "<sts:/", "</sts:");
    replace_all(xml, " xmlns=", " xmlns:sts=");
    return xml;
}

std::string pretty(std::string xml) {
    replace_all(xml, "><", ">\n  <!-- AccessKeyId --><?ignore me?>\n  <");
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?xml-stylesheet href=\"none\"?>\n<!-- pretty -->\n" + xml;
}

void add_decoys(std::string& xml) {
    std::string decoys;
    decoys.append("<AccessKeyId>")
        .append(decoy_key)
        .append("</AccessKeyId><SessionToken>")
        .append(decoy_token)
        .append("</SessionToken>");
    insert_before(xml, "<AccessKeyId>", "<Hint>" + decoys + "</Hint>");
    insert_before(xml, "<Credentials>", "<PreviousCredentials>" + decoys + "</PreviousCredentials>" + decoys);
    insert_before(xml, "<AssumeRoleResult>", decoys);
    insert_before(xml, "<AssumedRoleId>", decoys);
}

void add_second_credentials(std::string& xml, assume_role_texts t) {
    t.access_key = decoy_key;
    t.token = decoy_token;
    insert_before(xml, "</AssumeRoleResult>", credentials_element(t));
}

void nest_deeply(std::string& xml) {
    constexpr std::size_t levels = 100'000;
    std::string nest;
    nest.reserve(levels * 7);
    for (std::size_t i = 0; i < levels; ++i) nest += "<a>";
    for (std::size_t i = 0; i < levels; ++i) nest += "</a>";
    insert_before(xml, "</AssumeRoleResult>", nest);
}

void move_outside(std::string& xml, const assume_role_texts& t) {
    const auto element = credentials_element(t);
    xml.erase(xml.find(element), element.size());
    insert_before(xml, "<ResponseMetadata>", element);
}

/// What spoils the document. `xml` is good but for its values.
std::string spoil_document(fault f, std::string xml, const assume_role_texts& t) {
    switch (f) {
        case fault::prefix: return prefixed(std::move(xml));
        case fault::pretty: return pretty(std::move(xml));
        case fault::bom: return "\xEF\xBB\xBF" + xml;
        case fault::extra_elements: add_decoys(xml); break;
        case fault::garbage: return random_bytes(512);
        case fault::empty: return {};
        case fault::html:
            return "<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Please log in to the "
                   "network</h1></body></html>";
        case fault::json: return json_document(t);
        case fault::wrong_root: replace_all(xml, "AssumeRoleResponse", "GetCallerIdentityResponse"); break;
        case fault::outside: move_outside(xml, t); break;
        case fault::unclosed: xml.resize(xml.find("</Credentials>")); break;
        case fault::dtd_bomb: return entity_bomb() + xml;
        case fault::xxe: return R"(<!DOCTYPE r [<!ENTITY outside SYSTEM "file:///etc/hostname">]>)" + xml;
        case fault::deep: nest_deeply(xml); break;
        case fault::duplicate: add_second_credentials(xml, t); break;
        default: break;
    }
    return xml;
}

}  // namespace

answer spoilt_answer(fault f, assume_role_texts texts, wall_time expires, wall_time now) {
    spoil_texts(f, texts, expires, now);
    auto a = xml_answer(200, spoil_document(f, assume_role_xml(texts), texts), texts.request_id);
    if (f == fault::wrong_content_type) set_header(a, "Content-Type", "text/plain");
    if (f == fault::no_content_type) drop_header(a, "Content-Type");
    if (f == fault::html) set_header(a, "Content-Type", "text/html");
    if (f == fault::json) set_header(a, "Content-Type", "application/json");
    return a;
}

}  // namespace hourkey::emulator

#include "smuggling.hpp"

#include <string_view>
#include <utility>

namespace hourkey::test {
namespace {

const std::string poison = "GET /poison HTTP/1.1\r\nHost: h\r\n\r\n";

/// A POST whose fields beyond Host are `fields` (whole lines), with five bytes that could be its body.
std::string post(const std::string& fields) {
    return "POST /a HTTP/1.1\r\nHost: h\r\n" + fields + "\r\nhello" + poison;
}
std::string get(const std::string& fields) { return "GET /a HTTP/1.1\r\n" + fields + "\r\n" + poison; }
std::string line(const std::string& request_line) { return request_line + "\r\nHost: h\r\n\r\n" + poison; }
std::string target(const std::string& t) { return line("GET " + t + " HTTP/1.1"); }
std::string with_nul(std::string text) {
    text.replace(text.find('@'), 1, 1, '\0');
    return text;
}
std::string many_fields(int n) {
    std::string all = "Host: h\r\n";
    for (int i = 1; i < n; ++i) all += "a: b\r\n";
    return all;
}

}  // namespace

std::vector<refused_request> smuggling_requests() {
    return {
        // RFC 9112 6.1: who frames by which field?
        {"te_identity_then_length", post("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), 411},
        {"te_unknown_then_length", post("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n"), 411},
        {"te_unknown_without_length", "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n" + poison,
         411},
        {"te_chunked_then_identity", post("Transfer-Encoding: chunked, identity\r\n"), 411},
        {"te_quoted_chunked", post("Transfer-Encoding: \"chunked\"\r\n"), 411},
        {"te_gzip_then_chunked", post("Transfer-Encoding: gzip, chunked\r\n"), 411},
        {"te_two_fields", post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"), 411},
        {"te_chunked_on_http10", "POST /a HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + poison,
         411},
        {"te_chunked", "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + poison, 411},
        {"te_chunked_before_length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 411},
        {"te_chunked_after_length", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 411},
        {"te_chunked_twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 411},
        {"te_in_other_letters", post("tRANSFER-eNCODING: cHUNKED\r\n"), 411},
        {"te_empty", post("Transfer-Encoding:\r\n"), 411},
        {"te_after_tab", post("Transfer-Encoding:\tchunked\r\n"), 411},
        {"te_with_trailing_space", post("Transfer-Encoding: chunked \r\n"), 411},
        {"te_folded_value", post("Transfer-Encoding:\r\n chunked\r\n"), 411},
        {"te_on_get", get("Host: h\r\nTransfer-Encoding: chunked\r\n"), 411},
        {"te_trailer_authorization", post("Transfer-Encoding: chunked\r\nTrailer: Authorization\r\n"), 411},
        {"te_space_before_colon", post("Transfer-Encoding : chunked\r\n"), 400},
        {"te_tab_before_colon", post("Transfer-Encoding\t: chunked\r\n"), 400},
        {"te_folded_into_field", post("X: y\r\n Transfer-Encoding: chunked\r\n"), 400},
        {"te_folded_into_field_by_tab", post("X: y\r\n\tTransfer-Encoding: chunked\r\n"), 400},
        {"te_folded_into_request_line", "POST /a HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: h\r\n\r\n" + poison,
         400},
        {"te_underscore", post("Transfer_Encoding: chunked\r\n"), 400},
        {"te_behind_bare_lf", post("X: a\nTransfer-Encoding: chunked\r\n"), 400},
        {"te_behind_bare_cr", post("X: a\rTransfer-Encoding: chunked\r\n"), 400},
        {"te_behind_vertical_tab", post("Transfer-Encoding: \vchunked\r\n"), 400},
        {"te_name_with_high_byte", post("Transfer-Encoding\xa0: chunked\r\n"), 400},
        {"te_value_with_nul", with_nul(post("Transfer-Encoding: chun@ked\r\n")), 400},

        {"length_twice_equal", post("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
        {"length_twice_different", post("Content-Length: 5\r\nContent-Length: 0\r\n"), 400},
        {"length_twice_other_letters", post("Content-Length: 5\r\ncontent-LENGTH: 5\r\n"), 400},
        {"length_list_equal", post("Content-Length: 5, 5\r\n"), 400},
        {"length_list_different", post("Content-Length: 5, 6\r\n"), 400},
        {"length_trailing_comma", post("Content-Length: 5,\r\n"), 400},
        {"length_leading_zeros", post("Content-Length: 00005\r\n"), 400},
        {"length_plus", post("Content-Length: +5\r\n"), 400},
        {"length_minus", post("Content-Length: -5\r\n"), 400},
        {"length_hex", post("Content-Length: 0x5\r\n"), 400},
        {"length_exponent", post("Content-Length: 5e0\r\n"), 400},
        {"length_two_numbers", post("Content-Length: 5 5\r\n"), 400},
        {"length_fraction", post("Content-Length: 5.0\r\n"), 400},
        {"length_empty", post("Content-Length:\r\n"), 400},
        {"length_underscore", post("Content_Length: 5\r\n"), 400},
        {"length_space_before_colon", post("Content-Length : 5\r\n"), 400},
        {"length_folded", post("Content-Length: 5\r\n 0\r\n"), 400},
        {"length_beyond_64_bits", post("Content-Length: 18446744073709551621\r\n"), 400},
        {"length_of_petabytes", post("Content-Length: 1000000000000000\r\n"), 413},
        {"length_one_above_the_cap", post("Content-Length: 65537\r\n"), 413},
        {"get_with_body", "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 34\r\n\r\n" + poison, 400},
        {"head_with_body", "HEAD /a HTTP/1.1\r\nHost: h\r\nContent-Length: 34\r\n\r\n" + poison, 400},
        {"delete_with_body", "DELETE /a HTTP/1.1\r\nHost: h\r\nContent-Length: 34\r\n\r\n" + poison, 400},

        {"host_missing", get("Accept: */*\r\n"), 400},
        {"host_twice_on_http10", "GET /a HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n" + poison, 400},
        {"host_empty_on_http10", "GET /a HTTP/1.0\r\nHost:\r\n\r\n" + poison, 400},
        {"host_with_high_byte", get("Host: h\xe4\r\n"), 400},
        {"host_twice", get("Host: h\r\nHost: evil\r\n"), 400},
        {"host_twice_equal", get("Host: h\r\nhost: h\r\n"), 400},
        {"host_list", get("Host: h, evil\r\n"), 400},
        {"host_empty", get("Host:\r\n"), 400},
        {"host_with_userinfo", get("Host: h@evil\r\n"), 400},
        {"host_with_path", get("Host: h/evil\r\n"), 400},

        {"authorization_twice", get("Host: h\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400},
        {"authorization_twice_other_letters", get("Host: h\r\nAuthorization: Bearer a\r\nAUTHORIZATION: Bearer a\r\n"),
         400},
        {"content_type_twice", post("Content-Length: 5\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n"), 400},
        {"vault_token_twice", get("Host: h\r\nX-Vault-Token: a\r\nX-Vault-Token: b\r\n"), 400},
        {"if_none_match_twice", get("Host: h\r\nIf-None-Match: *\r\nIf-None-Match: \"1\"\r\n"), 400},
        {"if_match_twice", get("Host: h\r\nIf-Match: \"1\"\r\nIf-Match: \"2\"\r\n"), 400},
        {"expect_unknown", post("Content-Length: 5\r\nExpect: 200-ok\r\n"), 400},
        {"expect_twice", post("Content-Length: 5\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n"), 400},

        {"version_09", "GET /a\r\n\r\n" + poison, 400},
        {"version_12", line("GET /a HTTP/1.2"), 400},
        {"version_20", line("GET /a HTTP/2.0"), 400},
        {"version_http2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + poison, 400},
        {"version_lower_case", line("GET /a http/1.1"), 400},
        {"version_more_digits", line("GET /a HTTP/1.10"), 400},
        {"version_trailing_word", line("GET /a HTTP/1.1 x"), 400},
        {"line_two_spaces", line("GET  /a HTTP/1.1"), 400},
        {"line_tab", line("GET\t/a HTTP/1.1"), 400},
        {"line_leading_space", line(" GET /a HTTP/1.1"), 400},
        {"line_leading_crlf", "\r\n" + line("GET /a HTTP/1.1"), 400},
        {"line_leading_lf", "\n" + line("GET /a HTTP/1.1"), 400},
        {"line_ends_in_lf", "GET /a HTTP/1.1\nHost: h\n\n" + poison, 400},
        {"line_ends_in_cr", "GET /a HTTP/1.1\rHost: h\r\r" + poison, 400},
        {"line_with_nul", with_nul(line("GET /@ HTTP/1.1")), 400},
        {"method_lower_case", line("get /a HTTP/1.1"), 405},
        {"method_unknown", line("FOO /a HTTP/1.1"), 405},
        {"method_connect", line("CONNECT h:443 HTTP/1.1"), 405},
        {"method_trace", line("TRACE /a HTTP/1.1"), 405},
        {"method_patch", line("PATCH /a HTTP/1.1"), 405},
        {"method_not_a_token", line("G(T /a HTTP/1.1"), 400},

        {"target_absolute", target("http://evil/a"), 400},
        {"target_absolute_other_port", target("https://h:8443/a"), 400},
        {"target_absolute_other_schemes_port", target("http://h:443/a"), 400},
        {"target_absolute_with_userinfo", target("https://evil@h/a"), 400},
        {"target_absolute_without_host", "GET https://h/a HTTP/1.1\r\n\r\n" + poison, 400},
        {"target_absolute_without_authority", target("https:///a"), 400},
        {"target_absolute_of_another_scheme", target("ftp://h/a"), 400},
        {"target_absolute_with_dot_dot", target("https://h/../a"), 400},
        {"target_absolute_without_path", target("https://h?a"), 400},
        {"target_absolute_with_fragment", target("https://h#a"), 400},
        {"target_absolute_longer_host", target("https://h.evil/a"), 400},
        {"target_absolute_on_http10_with_bad_host", "GET https://h,evil/a HTTP/1.0\r\n\r\n" + poison, 400},
        {"target_asterisk", line("OPTIONS * HTTP/1.1"), 400},
        {"target_without_slash", target("a"), 400},
        {"target_query_only", target("?a=b"), 400},
        {"target_fragment", target("/a#b"), 400},
        {"target_quote", target("/a\"b"), 400},
        {"target_angle_brackets", target("/a<b>"), 400},
        {"target_backslash", target("/a\\b"), 400},
        {"target_raw_utf8", target("/\xc3\xa4"), 400},
        {"target_semicolon", target("/a;b"), 400},
        {"target_encoded_nul", target("/a%00"), 400},
        {"target_encoded_nul_in_query", target("/a?b=%00"), 400},
        {"target_encoded_slash", target("/a%2fb"), 400},
        {"target_encoded_slash_upper", target("/a%2Fb"), 400},
        {"target_encoded_backslash", target("/a%5cb"), 400},
        {"target_dot_dot", target("/a/../b"), 400},
        {"target_dot_dot_at_end", target("/a/.."), 400},
        {"target_dot_dot_before_query", target("/a/..?x"), 400},
        {"target_dot", target("/a/./b"), 400},
        {"target_encoded_dots", target("/a/%2e%2E/b"), 400},
        {"target_half_encoded_dots", target("/a/.%2e"), 400},
        {"target_double_slash", target("//a"), 400},
        {"target_double_slash_inside", target("/a//b"), 400},
        {"target_bad_escape", target("/a%zz"), 400},
        {"target_short_escape", target("/a%4"), 400},
        {"target_lone_percent", target("/a%"), 400},

        {"field_without_colon", get("Host: h\r\nnonsense\r\n"), 400},
        {"field_without_name", get("Host: h\r\n: x\r\n"), 400},
        {"field_name_with_space", get("Host: h\r\na b: x\r\n"), 400},
        {"field_name_with_parenthesis", get("Host: h\r\na(b): x\r\n"), 400},
        {"field_value_with_delete", get("Host: h\r\na: \x7f\r\n"), 400},
        {"field_name_with_high_byte", get("Host: h\r\na\xff: b\r\n"), 400},
        {"method_with_high_byte", line("G\xc3\x84T /a HTTP/1.1"), 400},
        {"version_with_high_byte", line("GET /a HTTP/1.1\xff"), 400},
        {"authorization_with_high_byte", get("Host: h\r\nAuthorization: Bearer \xff\r\n"), 400},
        {"vault_token_with_high_byte", get("Host: h\r\nx-vault-token: \xff\r\n"), 400},
        {"length_with_high_byte", post("Content-Length: 5\xa0\r\n"), 400},
        {"if_match_with_high_byte", get("Host: h\r\nIf-Match: \"\xff\"\r\n"), 400},
        {"forwarded_for_with_high_byte", get("Host: h\r\nX-Forwarded-For: 192.0.2.1\xff\r\n"), 400},
        {"connection_with_high_byte", get("Host: h\r\nConnection: close\xff\r\n"), 400},
        {"two_lengths_one_with_high_byte", post("Content-Length: 5\r\nContent-Length: 0\xff\r\n"), 400},
        {"field_value_with_escape", get("Host: h\r\na: \x1b[2J\r\n"), 400},
        {"fields_one_too_many", get(many_fields(65)), 431},
        {"fields_five_hundred", get(many_fields(500)), 431},
        {"block_too_large", get("Host: h\r\na: " + std::string(8192, 'x') + "\r\n"), 431},
        {"target_too_long", target("/" + std::string(2048, 'a')), 414},
        {"line_beyond_the_block_cap", target("/" + std::string(9000, 'a')), 414},
    };
}

}  // namespace hourkey::test

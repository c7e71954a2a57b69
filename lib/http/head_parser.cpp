#include "http/head_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <limits>

namespace hourkey::http {
namespace {

namespace beast = boost::beast;
using error = beast::http::error;
using beast::error_code;
using beast::string_view;

/// Collects views instead of building Beast's container: no allocation per field.
template <bool IsRequest>
class collector final : public beast::http::basic_parser<IsRequest> {
public:
    explicit collector(field_views& into) : fields_(into) {
        this->skip(true);  // the body is framed by the caller
        this->header_limit(std::numeric_limits<std::uint32_t>::max());  // capped by head_scanner before
    }

    std::string_view method, target;
    int status = 0;
    int version = 11;

private:
    static std::string_view view(string_view s) noexcept { return {s.data(), s.size()}; }

    void on_request_impl(beast::http::verb, string_view method_text, string_view target_text, int version_number,
                         error_code&) override {
        method = view(method_text);
        target = view(target_text);
        version = version_number;
    }
    void on_response_impl(int code, string_view, int version_number, error_code&) override {
        status = code;
        version = version_number;
    }
    void on_field_impl(beast::http::field, string_view name, string_view value, error_code&) override {
        fields_.emplace_back(view(name), view(value));
    }
    void on_header_impl(error_code&) override {}
    void on_finish_impl(error_code&) override {}
    // Never called: the body is skipped.
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }

    field_views& fields_;
};

failure explain(const error_code& ec) {
    if (ec == error::bad_method)
        return invalid_field("the method", "is not a token", "Send one of GET, HEAD, POST, PUT, DELETE and OPTIONS.");
    if (ec == error::bad_target)
        return invalid_field("the request target", "has a character that is not allowed", "Percent-encode it.");
    if (ec == error::bad_version)
        return invalid_field("the protocol version", "is not HTTP/1.1 or HTTP/1.0", "Send HTTP/1.1.");
    if (ec == error::bad_content_length || ec == error::multiple_content_length)
        return invalid_field("Content-Length", "is not one decimal number",
                             "Send one Content-Length field with the body's size in bytes.");
    return invalid_field("the header block", "is not valid HTTP/1.1",
                         "Send each field as `Name: value`, ended by CR LF.");
}

/// True when the whole block and nothing else was one header block.
template <bool IsRequest>
bool parse(collector<IsRequest>& parser, std::string_view block, error_code& ec) {
    const auto used = parser.put(boost::asio::const_buffer(block.data(), block.size()), ec);
    return !ec && parser.is_header_done() && used == block.size();
}

}  // namespace

result<request_line> parse_request_head(std::string_view block, field_views& into) {
    into.clear();
    collector<true> parser(into);
    error_code ec;
    if (!parse(parser, block, ec)) return explain(ec);
    return request_line{parser.method, parser.target, parser.version == 11, parser.keep_alive()};
}

result<status_line> parse_answer_head(std::string_view block, field_views& into) {
    into.clear();
    collector<false> parser(into);
    error_code ec;
    if (!parse(parser, block, ec))
        return failure(errc::protocol_violation, {}, {},
                       "the answer's header block: " + (ec ? ec.message() : "not one block"));
    return status_line{parser.status, parser.version == 11, parser.keep_alive()};
}

}  // namespace hourkey::http

#include "http/answer_parser.hpp"

#include "core/secret.hpp"
#include "http/head_parser.hpp"
#include "http/token.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace hourkey::http {
namespace {

failure violation(std::string why) { return failure(errc::protocol_violation, {}, {}, "the answer " + std::move(why)); }
failure too_large() {
    return failure(errc::payload_too_large, {}, {}, "the answer's body is larger than any that we ask for");
}

/// At worst a peer sends one byte a chunk: `1 CRLF x CRLF` brings five bytes of overhead for one of body.
constexpr std::size_t overhead_per_byte = 8;

constexpr std::size_t usual_fields = 12;

struct framing_fields {
    std::optional<std::string_view> length, transfer, encoding;
};

/// RFC 9112 6.3 lets a client take equal repeated lengths; a peer that sends them is not one we want to understand.
result<framing_fields> find_framing_fields(const field_views& fields) {
    framing_fields found;
    const auto keep = [](std::optional<std::string_view>& place, std::string_view value) {
        return !std::exchange(place, value).has_value();
    };
    for (const auto& [name, value] : fields) {
        if (equal_ignoring_case(name, "Content-Length") && !keep(found.length, value))
            return violation("has two Content-Length fields");
        if (equal_ignoring_case(name, "Transfer-Encoding") && !keep(found.transfer, value))
            return violation("has two Transfer-Encoding fields");
        if (equal_ignoring_case(name, "Content-Encoding") && !keep(found.encoding, value))
            return violation("has two Content-Encoding fields");
    }
    return found;
}

}  // namespace

client_answer& client_answer::operator=(client_answer&& other) noexcept {
    if (this != &other) {
        wipe_container(body);
        status = other.status;
        head = std::move(other.head);
        headers = std::move(other.headers);
        body = std::move(other.body);
    }
    return *this;
}

client_answer::~client_answer() { wipe_container(body); }

std::optional<std::string_view> client_answer::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers)
        if (equal_ignoring_case(key, name)) return value;
    return std::nullopt;
}

answer_parser::answer_parser(method to, const client_limits& limits)
    : to_(to),
      limits_(limits),
      scanner_(limits.header_bytes),
      chunks_(limits.body_bytes, limits.header_bytes + overhead_per_byte * limits.body_bytes) {}

result<bool> answer_parser::feed(std::string_view bytes) {
    started_ = started_ || !bytes.empty();
    while (!bytes.empty() && part_ != part::complete) {
        switch (part_) {
            case part::head: HK_CHECK(feed_head(bytes)); break;
            case part::chunked: HK_CHECK(feed_chunked(bytes)); break;
            case part::sized: {
                const auto piece = bytes.substr(0, left_);
                HK_CHECK(append_body(piece));
                left_ -= piece.size();
                bytes.remove_prefix(piece.size());
                if (left_ == 0) part_ = part::complete;
                break;
            }
            case part::to_the_end:
                HK_CHECK(append_body(bytes));
                bytes = {};
                break;
            case part::complete: break;
        }
    }
    surplus_ = surplus_ || !bytes.empty();
    return part_ == part::complete;
}

result<> answer_parser::end() {
    if (part_ == part::to_the_end) part_ = part::complete;
    if (part_ == part::complete) return {};
    if (!started_)
        return failure(errc::connection_closed, {}, {}, "the peer closed the connection instead of answering");
    return failure(errc::connection_truncated, {}, {}, "the answer was cut short");
}

result<> answer_parser::feed_head(std::string_view& bytes) {
    // Nearly always the block comes whole and is read where it lies.
    const auto already = head_.size();
    if (already != 0) head_.append(bytes);
    const auto seen = already != 0 ? head_.view() : bytes;
    // At once, so that garbage is not waited for until the deadline.
    constexpr std::string_view start = "HTTP/1.";
    if (seen.substr(0, start.size()) != start.substr(0, seen.size())) return violation("does not begin with HTTP/1");
    switch (scanner_.feed(seen)) {
        case head_scanner::verdict::incomplete:
            if (already == 0) head_.append(bytes);
            bytes = {};
            return {};
        case head_scanner::verdict::complete: break;
        case head_scanner::verdict::bad_byte:
            return violation("has a control byte or a lone CR or LF in its header block");
        case head_scanner::verdict::too_large:
        case head_scanner::verdict::line_too_large: return violation("has a header block beyond the cap");
    }
    heads_bytes_ += scanner_.size();
    HK_CHECK(on_head(seen.substr(0, scanner_.size())));
    bytes.remove_prefix(scanner_.size() - already);
    head_.clear();
    scanner_ = head_scanner(limits_.header_bytes - heads_bytes_);
    return {};
}

result<> answer_parser::on_head(std::string_view block) {
    if (const auto fault = check_field_lines(block, limits_.fields, message_kind::answer); fault != line_fault::none)
        return violation(fault == line_fault::too_many ? "has too many header fields" : "has a malformed header line");
    answer_.head = std::make_unique_for_overwrite<char[]>(block.size());
    std::memcpy(answer_.head.get(), block.data(), block.size());
    auto& fields = answer_.headers;
    fields.reserve(usual_fields);
    HK_TRY(const auto line, parse_answer_head({answer_.head.get(), block.size()}, fields));
    if (line.status == 101 || line.status < 100 || line.status > 599)
        return violation("has a status that we cannot have asked for");
    if (line.status < 200) return {};  // RFC 9110 15.2: skipped, the final answer follows

    HK_TRY(const auto found, find_framing_fields(fields));
    if (found.encoding && !equal_ignoring_case(*found.encoding, "identity"))
        return violation("is encoded though we did not ask for it");
    // RFC 9112 6.3: both mean that someone on the way smuggles; and chunked is all that 1.1 must know.
    if (found.transfer && (found.length || !line.http11 || !equal_ignoring_case(*found.transfer, "chunked")))
        return violation("has a Transfer-Encoding that is not chunked alone");

    keep_alive_ = line.keep_alive && line.http11;
    answer_.status = line.status;

    if (to_ == method::head || line.status == 204 || line.status == 304) {
        part_ = part::complete;
    } else if (found.transfer) {
        part_ = part::chunked;
    } else if (found.length) {
        HK_CHECK(expect_length(*found.length));
    } else {
        part_ = part::to_the_end;
        keep_alive_ = false;
    }
    return {};
}

result<> answer_parser::expect_length(std::string_view text) {
    if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return violation("has a malformed Content-Length");
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), left_);
    if (parsed.ec != std::errc{} || left_ > limits_.body_bytes) return too_large();
    answer_.body.reserve(left_);
    part_ = left_ == 0 ? part::complete : part::sized;
    return {};
}

result<> answer_parser::feed_chunked(std::string_view& bytes) {
    const auto step = chunks_.feed(bytes);
    bytes.remove_prefix(step.used);
    if (step.now == chunked_decoder::state::malformed)
        return violation("has a malformed chunk, or more chunk lines than body");
    if (step.now == chunked_decoder::state::too_large) return too_large();
    HK_CHECK(append_body(step.data));
    if (step.now == chunked_decoder::state::done) part_ = part::complete;
    return {};
}

result<> answer_parser::append_body(std::string_view bytes) {
    auto& body = answer_.body;
    const auto size = body.size() + bytes.size();
    if (size > limits_.body_bytes) return too_large();
    if (size > body.capacity()) {
        std::string larger;
        larger.reserve(std::max(size, 2 * body.capacity()));
        larger.append(body);
        wipe_container(body);
        body = std::move(larger);
    }
    body.append(bytes);
    return {};
}

}  // namespace hourkey::http

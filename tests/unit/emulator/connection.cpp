#include "emulator/connection.hpp"

#include "live_emulator.hpp"

#include "emulator/request_head.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <set>

using namespace hourkey;
using namespace hourkey::emulator;
using namespace hourkey::emulator::test;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool is_good(std::string_view body) {
    return body.starts_with("<AssumeRoleResponse") && body.ends_with("</AssumeRoleResponse>\n");
}

/// An answer with a right Content-Length and a good body.
bool is_whole(const std::string& bytes) {
    return field(bytes, "Content-Length") == std::to_string(body_of(bytes).size()) && is_good(body_of(bytes));
}

/// RFC 9112 7.1; extensions and trailers are dropped. Empty when the coding is broken or cut.
std::string dechunked(std::string_view coded) {
    std::string out;
    for (;;) {
        const auto line = coded.substr(0, coded.find("\r\n"));
        const auto size =
            static_cast<std::size_t>(std::stoul("0" + std::string(line.substr(0, line.find(';'))), nullptr, 16));
        if (line.empty() || line.size() + 2 + size + 2 > coded.size()) return {};
        if (size == 0) return coded.ends_with("\r\n\r\n") ? out : std::string();
        out += coded.substr(line.size() + 2, size);
        coded.remove_prefix(line.size() + 2 + size + 2);
    }
}

/// RFC 1952 with stored blocks.
std::string gunzipped(std::string_view packed) {
    std::string out;
    if (!packed.starts_with("\x1f\x8b\x08")) return out;
    auto blocks = packed.substr(10, packed.size() - 18);
    while (blocks.size() >= 5) {
        const auto size = static_cast<unsigned char>(blocks[1]) + 256U * static_cast<unsigned char>(blocks[2]);
        out += blocks.substr(5, size);
        blocks.remove_prefix(5 + size);
    }
    return out;
}

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t n = 0;
    for (std::size_t i = 4; i-- > 0;) n = n << 8U | static_cast<unsigned char>(bytes[i]);
    return n;
}

}  // namespace

TEST_CASE("a transport fault puts on the wire what the table says") {
    enum class goes { on, fin, reset, silent };
    struct row {
        fault f;
        goes goes_on;
        std::function<bool(const std::string& bytes)> holds;
    };
    const auto second_poisoned = [](const std::string& b) {
        const auto second = b.find("HTTP/1.1 200 OK", 10);
        return is_whole(b.substr(0, second)) && is_whole(b.substr(second)) &&
               has(b.substr(second), "<AccessKeyId>POIS") && !has(b.substr(0, second), "POIS");
    };
    const auto half = [](const std::string& b) {
        const auto length = std::stoul(field(b, "Content-Length"));
        return body_of(b).size() == length / 2 && body_of(b).starts_with("<AssumeRoleResponse");
    };
    const auto is_chunked = [](const std::string& b) {
        return field(b, "Transfer-Encoding") == "chunked" && !has(head_of(b), "Content-Length");
    };
    const row rows[] = {
        {fault::slow, goes::on, is_whole},
        {fault::drip, goes::on, is_whole},
        {fault::chunked, goes::on,
         [&](const std::string& b) { return is_chunked(b) && is_good(dechunked(body_of(b))); }},
        {fault::chunked_trailer, goes::on,
         [&](const std::string& b) {
             return is_chunked(b) && is_good(dechunked(body_of(b))) && has(b, ";note=\"none\";flag\r\n") &&
                    has(b, "0;last\r\nx-checksum: none\r\n");
         }},
        {fault::continue100, goes::on,
         [](const std::string& b) {
             return b.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n") && is_whole(body_of(b));
         }},
        {fault::early_hints, goes::on,
         [](const std::string& b) {
             return b.starts_with("HTTP/1.1 103 Early Hints\r\nLink: ") && is_whole(body_of(b));
         }},
        {fault::hang, goes::silent, [](const std::string& b) { return b.empty(); }},
        {fault::reset, goes::reset, [](const std::string& b) { return b.empty(); }},
        {fault::close, goes::fin, [](const std::string& b) { return b.empty(); }},
        {fault::truncate, goes::fin, half},
        {fault::truncate_rst, goes::reset, half},
        {fault::truncate_head, goes::fin,
         [](const std::string& b) { return b.starts_with("HTTP/1.1 200 OK\r\n") && !has(b, "\r\n\r\n"); }},
        {fault::truncate_chunked, goes::fin,
         [&](const std::string& b) {
             return is_chunked(b) && b.ends_with("\r\n") && dechunked(body_of(b)).empty() &&
                    is_good(dechunked(body_of(b) + "0\r\n\r\n"));
         }},
        {fault::close_after, goes::fin,
         [](const std::string& b) { return is_whole(b) && !has(head_of(b), "Connection"); }},
        {fault::conn_close, goes::fin,
         [](const std::string& b) { return is_whole(b) && field(b, "Connection") == "close"; }},
        {fault::http10, goes::fin,
         [](const std::string& b) {
             return b.starts_with("HTTP/1.0 200 OK\r\n") && !has(b, "Content-Length") && is_good(body_of(b));
         }},
        {fault::no_content_length, goes::fin,
         [](const std::string& b) {
             return b.starts_with("HTTP/1.1 200 OK\r\n") && !has(b, "Content-Length") && !has(b, "Transfer-Encoding") &&
                    is_good(body_of(b));
         }},
        {fault::extra_bytes, goes::on, second_poisoned},
        {fault::two_length, goes::on,
         [](const std::string& b) {
             const auto size = body_of(b).size();
             return has(b, "\r\nContent-Length: " + std::to_string(size) +
                               "\r\nContent-Length: " + std::to_string(size / 2) + "\r\n") &&
                    is_good(body_of(b));
         }},
        {fault::neg_length, goes::fin,
         [](const std::string& b) { return field(b, "Content-Length") == "-1" && is_good(body_of(b)); }},
        {fault::huge_length, goes::fin,
         [](const std::string& b) { return field(b, "Content-Length") == "1000000000000" && is_good(body_of(b)); }},
        {fault::huge, goes::on,
         [](const std::string& b) {
             return body_of(b).size() > 64U << 20U && field(b, "Content-Length") == std::to_string(body_of(b).size());
         }},
        {fault::huge_headers, goes::on,
         [](const std::string& b) { return field(b, "x-huge").size() == 1U << 20U && is_whole(b); }},
        {fault::many_headers, goes::on,
         [](const std::string& b) {
             return field(b, "x-flood-0") == "1" && field(b, "x-flood-4999") == "1" && is_whole(b);
         }},
        {fault::bad_status, goes::on, [](const std::string& b) { return !b.starts_with("HTTP/") && is_whole(b); }},
        {fault::gzip, goes::on,
         [](const std::string& b) {
             const auto packed = body_of(b);
             const auto text = gunzipped(packed);
             return field(b, "Content-Encoding") == "gzip" &&
                    field(b, "Content-Length") == std::to_string(packed.size()) && is_good(text) &&
                    little_endian(std::string_view(packed).substr(packed.size() - 8)) == crc32(text) &&
                    little_endian(std::string_view(packed).substr(packed.size() - 4)) == text.size();
         }},
    };
    live_emulator live;
    std::set<fault> seen;
    for (const auto& r : rows) {
        CAPTURE(describe(r.f).name);
        seen.insert(r.f);
        const auto delay = r.f == fault::drip
                               ? 500ms
                               : 100ms;  // long enough for a client that gets no processor for a while to see pieces
        // Only silence has to be waited for; everything else comes at once.
        const auto got = live.struck_by(r.f, delay, r.goes_on == goes::silent ? 200ms : 20'000ms);
        while (live.sts.history().size() < seen.size()) std::this_thread::yield();
        bool was_kept = false;
        const auto bytes = first_answer(got, was_kept);
        CHECK(was_kept == (r.goes_on == goes::on));
        CHECK(got.end == (r.goes_on == goes::reset    ? peer_end::reset
                          : r.goes_on == goes::silent ? peer_end::silence
                                                      : peer_end::fin));
        CHECK(r.holds(bytes));
        if (r.f == fault::slow || r.f == fault::drip) CHECK(got.took >= 90ms);
        if (r.f == fault::drip) CHECK(got.reads > 2);
        CHECK(live.sts.history().back().outcome == "ok");
    }
    for (const auto& row : all_faults()) CHECK((row.stage == fault_stage::transport) == seen.contains(row.id));
}

TEST_CASE("an accept fault ends the connection before a request") {
    live_emulator live;
    for (const auto f : {fault::conn_reset, fault::conn_fin, fault::conn_stall}) {
        CAPTURE(describe(f).name);
        const auto got = live.struck_by(f, 20ms, f == fault::conn_stall ? 200ms : 20'000ms);
        CHECK(got.bytes.empty());
        CHECK(got.end == (f == fault::conn_reset ? peer_end::reset
                          : f == fault::conn_fin ? peer_end::fin
                                                 : peer_end::silence));
    }
    CHECK(live.sts.history().empty());
    bool was_kept = false;
    CHECK(is_whole(first_answer(live.struck_by(fault::slow, 1ms), was_kept)));
}

TEST_CASE("requests that come in pieces, together or with Expect are answered in their order") {
    live_emulator live;
    raw_client client(live.port());
    const auto text = signed_post(identity_parameters, live.clock.at).wire("Expect: 100-continue\r\n");
    client.send(text.substr(0, 10));
    client.send(text.substr(10, text.size() - 20));
    client.send(text.substr(text.size() - 10) + signed_post(assume_role_parameters(), live.clock.at).wire() +
                "GET /nothing HTTP/1.0\r\n\r\n");
    const auto got = client.read_all();
    CHECK(got.end == peer_end::fin);
    CHECK(got.bytes.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
    const auto second = got.bytes.find("<AssumeRoleResponse");
    CHECK(got.bytes.find("<GetCallerIdentityResponse") < second);
    CHECK(got.bytes.find("HTTP/1.1 404 Not Found\r\n") > second);
}

TEST_CASE("what is no request, or too much of one, is refused and closed") {
    live_emulator live;
    struct row {
        const char* name;
        std::string sent;
        const char* status;
    };
    const row rows[] = {
        {"no request line", "hello\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
        {"a body over the limit",
         "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(max_body_bytes + 1) + "\r\n\r\n",
         "HTTP/1.1 413 Content Too Large\r\n"},
        {"a head over the limit", "GET / HTTP/1.1\r\nx: " + std::string(max_head_bytes + 16'384, 'x'), ""},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        raw_client client(live.port());
        client.send(r.sent);
        const auto got = client.read_all();
        CHECK(got.end != peer_end::silence);
        CHECK(got.bytes.substr(0, std::string_view(r.status).size()) == r.status);
        CHECK((*r.status != '\0' || got.bytes.empty()));
    }
}

TEST_CASE("the control door opens at its path, by POST, to no browser") {
    live_emulator live;
    struct row {
        const char* name;
        const char* head;
        const char* status;
    };
    const row rows[] = {
        {"POST", "POST /_emulator HTTP/1.1\r\n", "200 OK"},
        {"GET", "GET /_emulator HTTP/1.1\r\n", "405 Method Not Allowed"},
        {"browser", "POST /_emulator HTTP/1.1\r\nOrigin: https://evil.example\r\n", "403 Forbidden"},
        {"another path", "POST /_emulator/ HTTP/1.1\r\n", "404 Not Found"},
        {"DELETE at STS", "DELETE / HTTP/1.1\r\n", "405 Method Not Allowed"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        raw_client client(live.port());
        client.send(std::string(r.head) + "Connection: close\r\nContent-Length: 18\r\n\r\nAction=ClearFaults");
        CHECK(client.read_all().bytes.starts_with(std::string("HTTP/1.1 ") + r.status + "\r\n"));
    }
}

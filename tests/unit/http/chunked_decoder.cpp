#include "http/chunked_decoder.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using hourkey::http::chunked_decoder;
using state = chunked_decoder::state;

namespace {

struct decoded {
    state end = state::more;
    std::string body;
    std::size_t used = 0;

    bool operator==(const decoded&) const = default;
};

decoded decode(std::string_view raw, std::size_t piece) {
    chunked_decoder d(1000, 1000);
    decoded out;
    for (std::size_t at = 0; at < raw.size() && out.end == state::more; at += piece) {
        auto bytes = raw.substr(at, piece);
        do {
            const auto step = d.feed(bytes);
            out.body += step.data;
            out.used += step.used;
            bytes.remove_prefix(step.used);
            out.end = step.now == state::data ? state::more : step.now;
        } while (!bytes.empty() && out.end == state::more);
    }
    return out;
}

}  // namespace

TEST_CASE("ChunksAreJoinedHoweverTheyArrive") {
    struct row {
        const char* name;
        std::string_view raw;
        state end;
        std::string body;
    };
    for (const auto& [name, raw, end, body] : {
             row{"one", "5\r\nhello\r\n0\r\n\r\n", state::done, "hello"},
             row{"two, hex in both cases", "a\r\n0123456789\r\nB\r\nabcdefghijk\r\n0\r\n\r\n", state::done,
                 "0123456789abcdefghijk"},
             row{"empty", "0\r\n\r\n", state::done, ""},
             row{"many zeros", "0005\r\nhello\r\n000\r\n\r\n", state::done, "hello"},
             row{"extension", "5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n", state::done, "hello"},
             row{"extension after a space", "5 ;a\r\nhello\r\n0\r\n\r\n", state::done, "hello"},
             row{"trailers", "5\r\nhello\r\n0\r\nAuthorization: evil\r\nb: c\r\n\r\n", state::done, "hello"},
             row{"cut in a chunk", "5\r\nhel", state::more, "hel"},
             row{"cut before the last chunk", "5\r\nhello\r\n", state::more, "hello"},
             row{"cut in the trailers", "0\r\na: b\r\n", state::more, ""},
             row{"no size", "\r\nhello", state::malformed, ""},
             row{"no hex", "g\r\n", state::malformed, ""},
             row{"minus", "-5\r\nhello\r\n0\r\n\r\n", state::malformed, ""},
             row{"0x", "0x5\r\nhello\r\n0\r\n\r\n", state::malformed, ""},
             row{"beyond the cap", "3e9\r\nhello", state::too_large, ""},
             row{"beyond the cap in sum", "5\r\nhello\r\n3e4\r\n", state::too_large, "hello"},
             row{"overflow", "10000000000000005\r\nhello", state::too_large, ""},
             row{"bare LF after the size", "5\nhello\r\n0\r\n\r\n", state::malformed, ""},
             row{"bare CR after the size", "5\rhello\r\n0\r\n\r\n", state::malformed, ""},
             row{"LF in an extension", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n", state::malformed, ""},
             row{"data longer than said", "5\r\nhello!\r\n0\r\n\r\n", state::malformed, "hello"},
             row{"no line end after the data", "5\r\nhello0\r\n\r\n", state::malformed, "hello"},
             row{"bare LF after the data", "5\r\nhello\n0\r\n\r\n", state::malformed, "hello"},
             row{"bare LF in the trailers", "0\r\na: b\n\r\n", state::malformed, ""},
         }) {
        CAPTURE(name);
        const auto whole = decode(raw, raw.size());
        CHECK(whole.end == end);
        CHECK(whole.body == body);
        for (std::size_t piece = 1; piece < 8; ++piece) CHECK(decode(raw, piece) == whole);
    }
}

TEST_CASE("BytesBehindTheLastChunkAreNotTaken") {
    const auto out = decode("0\r\n\r\nHTTP/1.1 200 OK", 100);
    CHECK(out.end == state::done);
    CHECK(out.used == 5);
}

TEST_CASE("ChunkLinesAreCappedInSum") {
    for (const std::size_t extension : {90U, 91U}) {
        chunked_decoder d(10, 100);
        // `1;` ... CR LF, CR LF after the data, and the last chunk's five
        const auto line = "1;" + std::string(extension - 1, 'x') + "\r\n";
        REQUIRE(d.feed(line).now == state::more);
        REQUIRE(d.feed("d").now == state::data);
        CHECK(d.feed("\r\n0\r\n\r\n").now == (extension == 90U ? state::done : state::malformed));
    }
}

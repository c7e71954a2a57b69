#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hourkey::http {

/// RFC 9112 7.1, for answers only (a request with Transfer-Encoding is refused). Extensions and trailers are read and
/// ignored: a trailer can never become a header. Strict about every CR LF.
class chunked_decoder {
public:
    enum class state { more, data, done, malformed };

    struct step {
        state now = state::more;
        std::size_t used = 0;    ///< bytes taken from the front of what was fed
        std::string_view data;   ///< the piece of the body among them, when `now` is data
    };

    /// Takes bytes up to the end of the next piece of body. Feed the rest again until `more`, `done` or `malformed`.
    [[nodiscard]] step feed(std::string_view bytes) noexcept;
    /// What the current chunk still has to bring: known before its first byte has arrived.
    [[nodiscard]] std::uint64_t chunk_left() const noexcept { return left_; }

private:
    enum class part { size, size_digits, extension, size_lf, data, data_cr, data_lf, trailer_start, trailer, trailer_lf, end_lf, done, malformed };

    [[nodiscard]] part next(char c) noexcept;

    part part_ = part::size;
    std::uint64_t left_ = 0;
};

}  // namespace hourkey::http

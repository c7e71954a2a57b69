#pragma once

#include <cstddef>
#include <string_view>

namespace hourkey::http {

/// RFC 9112 7.1, for answers only (a request with Transfer-Encoding is refused). Extensions and trailers are read and
/// ignored: a trailer can never become a header. Strict about every CR LF.
class chunked_decoder {
public:
    enum class state { more, data, done, malformed, too_large };

    /// `body_cap` over all chunks, known to be crossed from a chunk's size, before its data; `overhead_cap` over all
    /// that is not body.
    chunked_decoder(std::size_t body_cap, std::size_t overhead_cap) noexcept
        : room_(body_cap), overhead_room_(overhead_cap) {}

    struct step {
        state now = state::more;
        std::size_t used = 0;  ///< bytes taken from the front of what was fed
        std::string_view data;  ///< the piece of the body among them, when `now` is data
    };

    /// Takes bytes up to the end of the next piece of body. After `data`, feed the rest again.
    [[nodiscard]] step feed(std::string_view bytes) noexcept;

private:
    enum class part {
        size,
        size_digits,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_start,
        trailer,
        trailer_lf,
        end_lf,
        done,
        malformed,
        too_large
    };

    [[nodiscard]] part next(char c) noexcept;

    part part_ = part::size;
    std::size_t left_ = 0;  ///< of the current chunk
    std::size_t room_;
    std::size_t overhead_room_;
};

}  // namespace hourkey::http

#include "aws/external_id.hpp"

#include "aws/arn.hpp"
#include "core/encoding.hpp"
#include "crypto/random.hpp"

#include <algorithm>
#include <array>

namespace hourkey::aws {
namespace {

constexpr std::size_t shortest = 2, longest = 1224;

}  // namespace

result<external_id> external_id::parse(std::string_view text) {
    const bool fits = text.size() >= shortest && text.size() <= longest &&
                      std::ranges::all_of(text, [](char c) { return c == ':' || c == '/' || is_iam_name_char(c); });
    if (!fits) return invalid_field("external_id", "is not 2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -");
    return external_id(std::string(text));
}

external_id make_external_id() {
    std::array<unsigned char, 16> random{};
    crypto::fill_random(random);
    return external_id("hk-" + to_hex(random));
}

}  // namespace hourkey::aws

#pragma once

#include <array>
#include <string_view>

namespace hourkey {

/// Membership in one look-up.
class character_set {
public:
    static consteval character_set of(std::string_view characters) {
        character_set made;
        for (const char c : characters) made.has_[static_cast<unsigned char>(c)] = true;
        return made;
    }
    /// A-Z a-z 0-9 and `others`.
    static consteval character_set alphanumeric_and(std::string_view others) {
        auto made = of(others);
        for (const std::string_view range : {std::string_view("09"), std::string_view("AZ"), std::string_view("az")})
            for (char c = range[0]; c <= range[1]; ++c) made.has_[static_cast<unsigned char>(c)] = true;
        return made;
    }
    [[nodiscard]] constexpr bool has(char c) const noexcept { return has_[static_cast<unsigned char>(c)]; }

private:
    std::array<bool, 256> has_{};
};

}  // namespace hourkey

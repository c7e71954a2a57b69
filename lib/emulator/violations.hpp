#pragma once

#include "emulator/sts_error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::emulator {

/// What a text parameter must be. The pattern is shown as AWS writes it, and `has` decides it for one code point.
struct text_rule {
    std::size_t least, most;
    std::string_view pattern;
    bool (*has)(char32_t c);  ///< nullptr: any
};

/// Collects what a request's parameters violate, so that one answer tells all of it in STS's own words.
class violations {
public:
    void add(std::string_view parameter, std::string_view value, std::string_view rule);
    void add_null(std::string_view parameter);
    void check(std::string_view parameter, std::string_view value, const text_rule& rule);
    /// With a violation when it is absent.
    void check_required(std::string_view parameter, const std::optional<std::string_view>& value,
                        const text_rule& rule);
    void check_length(std::string_view parameter, std::string_view value, std::size_t size, std::size_t least,
                      std::size_t most);

    /// ValidationError when there is any.
    [[nodiscard]] outcome<> raise() const;

private:
    void add_text(std::string_view parameter, const std::string& shown, std::string_view rule);
    std::size_t count_ = 0;
    std::string text_;
};

/// AWS counts characters, not bytes. A byte that begins no UTF-8 sequence counts as one.
[[nodiscard]] std::size_t characters(std::string_view utf8) noexcept;

}  // namespace hourkey::emulator

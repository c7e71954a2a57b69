#pragma once

#include "core/failure.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace hourkey {

/// `[a-z0-9][a-z0-9-]{0,62}`. A name that does not match is refused, never trimmed or folded.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

/// The error that every name parser gives for `field`.
[[nodiscard]] failure not_a_name(std::string_view field);

/// A name of one kind of thing; only parse() makes one, and kinds do not convert into each other.
template <class Tag>
class basic_name {
public:
    [[nodiscard]] static result<basic_name> parse(std::string_view text) {
        if (!is_name(text)) return not_a_name(Tag::field);
        return basic_name(std::string(text));
    }
    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    friend auto operator<=>(const basic_name&, const basic_name&) = default;

private:
    explicit basic_name(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

struct tenant_tag {
    static constexpr std::string_view field = "tenant";
};
struct app_tag {
    static constexpr std::string_view field = "app";
};
struct connection_tag {
    static constexpr std::string_view field = "connection";
};
struct stage_tag {
    static constexpr std::string_view field = "stage";
};

using tenant_name = basic_name<tenant_tag>;
using app_name = basic_name<app_tag>;
using connection_name = basic_name<connection_tag>;
using stage_name = basic_name<stage_tag>;

}  // namespace hourkey

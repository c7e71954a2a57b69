#pragma once

#include "core/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::server {

/// The query of a target, strictly: a name given twice, a malformed escape and, by finish(), an unknown name are
/// refused.
class query {
public:
    [[nodiscard]] static result<query> parse(std::string_view raw);

    [[nodiscard]] std::optional<std::string_view> text(std::string_view name);
    [[nodiscard]] result<std::optional<std::int64_t>> integer(std::string_view name, std::int64_t min,
                                                              std::int64_t max);
    /// Names every parameter that no getter asked for.
    [[nodiscard]] result<> finish(std::string fix = "Check its spelling in docs/API.md.") const;

private:
    struct parameter {
        std::string name, value;
        bool asked = false;
    };
    std::vector<parameter> parameters_;
};

}  // namespace hourkey::server

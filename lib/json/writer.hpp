#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace hourkey::json {

/// Appends JSON to one string and allocates nothing else: about 1 us for a vend's answer, where building and dumping a
/// tree costs 5.5 (docs/PERFORMANCE.md). It sets the commas; that every container is closed and every member has a key
/// is the caller's part.
class writer {
public:
    /// `expected_bytes` should cover the whole text: a growing string leaves copies of what it held in freed memory.
    explicit writer(std::size_t expected_bytes = 512) { out_.reserve(expected_bytes); }

    writer& begin_object();
    writer& end_object();
    writer& begin_array();
    writer& end_array();
    writer& key(std::string_view name);

    /// Ill-formed UTF-8 is replaced by U+FFFD.
    writer& string(std::string_view value);
    writer& integer(std::int64_t value);
    writer& boolean(std::same_as<bool> auto value) { return literal(value ? "true" : "false"); }
    writer& null() { return literal("null"); }

    writer& string(std::string_view name, std::string_view value) { return key(name).string(value); }
    writer& integer(std::string_view name, std::int64_t value) { return key(name).integer(value); }
    writer& boolean(std::string_view name, std::same_as<bool> auto value) { return key(name).boolean(value); }
    writer& null(std::string_view name) { return key(name).null(); }

    [[nodiscard]] std::string_view text() const noexcept { return out_; }
    /// The finished text; the writer is empty again.
    [[nodiscard]] std::string take();

private:
    void separate();
    writer& open(char bracket);
    writer& close(char bracket);
    writer& literal(std::string_view text);

    std::string out_;
    bool comma_due_ = false;
};

}  // namespace hourkey::json

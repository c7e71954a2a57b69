#include "json/writer.hpp"

#include "core/json_escape.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace hourkey::json {

void writer::separate() {
    if (comma_due_) out_.push_back(',');
    comma_due_ = true;
}

writer& writer::open(char bracket) {
    separate();
    out_.push_back(bracket);
    comma_due_ = false;
    return *this;
}

writer& writer::close(char bracket) {
    out_.push_back(bracket);
    comma_due_ = true;
    return *this;
}

writer& writer::literal(std::string_view text) {
    separate();
    out_.append(text);
    return *this;
}

writer& writer::begin_object() { return open('{'); }
writer& writer::end_object() { return close('}'); }
writer& writer::begin_array() { return open('['); }
writer& writer::end_array() { return close(']'); }

writer& writer::key(std::string_view name) {
    string(name);
    out_.push_back(':');
    comma_due_ = false;
    return *this;
}

writer& writer::string(std::string_view value) {
    separate();
    out_.push_back('"');
    append_json_escaped(out_, value);
    out_.push_back('"');
    return *this;
}

writer& writer::integer(std::int64_t value) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return literal({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

std::string writer::take() {
    comma_due_ = false;
    return std::exchange(out_, {});
}

}  // namespace hourkey::json

#include "core/secret.hpp"
#include "json/reader.hpp"
#include "json/tree.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

namespace hourkey::json {
namespace {

/// Tells the builder how far the parser has read: nlohmann's events carry no position.
struct counting_iterator {
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    const char* at;
    std::size_t* read;

    reference operator*() const { return *at; }
    counting_iterator& operator++() {
        ++at;
        ++*read;
        return *this;
    }
    counting_iterator operator++(int) {
        auto before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const counting_iterator& a, const counting_iterator& b) { return a.at == b.at; }
};

/// Builds the tree from nlohmann's SAX events and is the guard at the same time: an event that returns false ends the
/// parse, before anything is built from the rest.
class builder {
public:
    builder(tree& out, std::size_t body_size, std::size_t most_events) : out_(out), most_events_(most_events) {
        // A text is never longer unescaped than it was in the body, so the buffer never moves under the views into it.
        out_.text.reserve(body_size);
    }

    std::size_t read = 0;
    std::string_view problem = "is not valid JSON";
    std::string_view fix = "Send one JSON object in UTF-8.";

    bool null() { return add(kind::null) != nullptr; }
    bool boolean(bool value) { return add_number(kind::boolean, value ? 1 : 0); }
    // Whatever is not negative comes as unsigned, so that a signed zero was written "-0".
    bool number_integer(std::int64_t value) {
        return add_number(value == 0 ? kind::other_number : kind::integer, value);
    }
    bool number_unsigned(std::uint64_t value) {
        constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
        return value > most ? add_number(kind::other_number, 0)
                            : add_number(kind::integer, static_cast<std::int64_t>(value));
    }
    bool number_float(double, const std::string&) { return add_number(kind::other_number, 0); }
    bool binary(nlohmann::json::binary_t&) { return false; }

    bool string(const std::string& value) {
        if (has_nul(value)) return false;
        auto* const added = add(kind::string);
        if (added != nullptr) added->text = keep(value);
        return added != nullptr;
    }

    bool key(const std::string& name) {
        if (!count_event() || has_nul(name)) return false;
        name_ = keep(name);
        return true;
    }

    bool start_object(std::size_t) { return open(kind::object); }
    bool start_array(std::size_t) { return open(kind::array); }
    bool end_array() { return close(); }
    bool end_object() { return !has_duplicate_keys() && close(); }

    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
        return false;
    }  // its text repeats the payload

private:
    struct level {
        std::uint32_t node;
        std::uint32_t last_child;
    };

    bool refuse(std::string_view what, std::string_view how_to_fix) {
        problem = what;
        fix = how_to_fix;
        return false;
    }

    bool count_event() {
        return ++events_ <= most_events_ || refuse("has too many values", "Send at most about 600 fields in one body.");
    }

    bool has_nul(std::string_view text) {
        return text.find('\0') != std::string_view::npos &&
               !refuse("has a NUL character in a string", "Remove \\u0000.");
    }

    std::string_view keep(std::string_view text) {
        const auto start = out_.text.size();
        out_.text.append(text);
        return std::string_view(out_.text).substr(start);
    }

    node* add(kind what) {
        if (!count_event()) return nullptr;
        const auto at = static_cast<std::uint32_t>(out_.nodes.size());
        out_.nodes.push_back(
            {.what = what, .name = name_, .text = {}, .number = 0, .first_child = 0, .next_sibling = 0});
        name_ = {};
        if (depth_ != 0) {
            auto& parent = open_[depth_ - 1];
            (parent.last_child == 0 ? out_.nodes[parent.node].first_child
                                    : out_.nodes[parent.last_child].next_sibling) = at;
            parent.last_child = at;
        }
        return &out_.nodes.back();
    }

    bool add_number(kind what, std::int64_t value) {
        auto* const added = add(what);
        if (added != nullptr) added->number = value;
        return added != nullptr;
    }

    bool open(kind what) {
        if (depth_ == max_depth) return refuse("is nested too deep", "Nest at most 16 levels.");
        if (add(what) == nullptr) return false;
        open_[depth_++] = {.node = static_cast<std::uint32_t>(out_.nodes.size() - 1), .last_child = 0};
        return true;
    }

    bool close() {
        --depth_;
        return count_event();
    }

    bool has_duplicate_keys() {
        names_.clear();
        for (auto child = out_.nodes[open_[depth_ - 1].node].first_child; child != 0;
             child = out_.nodes[child].next_sibling)
            names_.push_back(out_.nodes[child].name);
        std::ranges::sort(names_);
        return std::ranges::adjacent_find(names_) != names_.end() &&
               !refuse("has the same field twice in one object", "Send each field once.");
    }

    tree& out_;
    std::size_t most_events_;
    std::string_view name_;
    std::size_t events_ = 0;
    std::size_t depth_ = 0;
    std::array<level, max_depth> open_{};
    std::vector<std::string_view> names_;
};

failure not_json(std::string_view problem, std::size_t offset, std::string_view fix) {
    std::string say("the body ");
    say.append(problem).append(" (near byte ").append(std::to_string(offset)).append(")");
    return failure(errc::invalid_request, std::move(say), std::string(fix));
}

}  // namespace

tree::~tree() { wipe_container(text); }

result<document> parse(std::string_view body, std::size_t most_events) {
    // RFC 8259 8.1: a sender must not add one; nlohmann would skip it.
    if (body.starts_with("\xEF\xBB\xBF"))
        return not_json("starts with a byte order mark", 0, "Send UTF-8 without a byte order mark.");
    auto content = std::make_unique<tree>();
    builder events(*content, body.size(), most_events);
    const counting_iterator first{body.data(), &events.read}, last{body.data() + body.size(), &events.read};
    if (!nlohmann::json::sax_parse(first, last, &events)) return not_json(events.problem, events.read, events.fix);
    if (content->nodes.front().what != kind::object)
        return not_json("is not a JSON object", 0, "Send one JSON object in UTF-8.");
    return document(std::move(content));
}

result<document> parse_object_or_empty(std::string_view body) { return parse(body.empty() ? "{}" : body); }

}  // namespace hourkey::json

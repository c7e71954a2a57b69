#include "command/completion.hpp"

#include "command/option_text.hpp"

#include <algorithm>

namespace hourkey::command {
namespace {

/// bash cuts `--name=value` into three words, of which the second or third is being typed.
std::vector<std::string> without_equal_signs(std::span<const std::string> line) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const auto is_last = i + 1 == line.size();
        if (line[i] != "=" || i == 0 || !line[i - 1].starts_with("--")) {
            out.push_back(line[i]);
        } else if (is_last) {
            out.emplace_back();
        }
    }
    return out;
}

/// The words before the one that is typed, as the parser would take them.
struct context {
    const spec* command = nullptr;
    std::string path;
    std::vector<std::string> seen;           ///< options
    const option* awaits_value = nullptr;
    std::size_t positionals = 0;
    bool is_over = false;                    ///< after "--" there are no options
};

void step(context& at, const program& of, const std::string& word) {
    if (at.awaits_value != nullptr) {
        at.awaits_value = nullptr;
        return;
    }
    if (!at.is_over && word.starts_with('-')) {
        at.is_over = word == "--";
        const auto equal = word.find('=');
        at.seen.push_back(word.substr(0, equal));
        const auto* o = at.command == nullptr ? nullptr : find_option(*at.command, at.seen.back());
        if (o != nullptr && !is_flag(*o) && equal == std::string::npos) at.awaits_value = o;
        return;
    }
    if (const auto next = next_words(of, at.path); std::ranges::find(next, word) != next.end()) {
        at.path += (at.path.empty() ? "" : " ") + word;
        at.command = find_command(of, at.path);
    } else {
        ++at.positionals;
    }
}

class answer {
public:
    explicit answer(std::string_view typed) : typed_(typed) {}

    void offer(const std::string& word, const std::string& text) {
        if (word.starts_with(typed_)) found_.candidates.push_back({word, text});
    }
    void offer_values(const option& o, const std::string& before = {}) {
        for (const auto& choice : o.choices) offer(before + choice, {});
        found_.files = o.form;
    }
    [[nodiscard]] completion take() { return std::move(found_); }

private:
    std::string_view typed_;
    completion found_;
};

void offer_commands(answer& to, const program& of, const context& at) {
    const auto prefix = at.path.empty() ? std::string() : at.path + " ";
    for (const auto& word : next_words(of, at.path)) {
        const auto path = prefix + word;
        const auto* c = find_command(of, path);
        const auto* g = find_group(of, path);
        to.offer(word, c != nullptr ? c->summary : g != nullptr ? g->summary : std::string());
    }
}

void offer_options(answer& to, const context& at) {
    if (at.command != nullptr)
        for (const auto& o : at.command->options) {
            const auto is_seen = std::ranges::find(at.seen, o.name) != at.seen.end();
            if (!is_positional(o) && (!is_seen || is_repeatable(o))) to.offer(o.name, o.text);
        }
    to.offer("--help", "What it does, and its options");
}

/// The positional that is next, or null.
const option* next_positional(const context& at) {
    if (at.command == nullptr) return nullptr;
    std::size_t number = 0;
    for (const auto& o : at.command->options)
        if (is_positional(o) && (number++ == at.positionals || is_repeatable(o))) return &o;
    return nullptr;
}

}  // namespace

completion complete(const program& of, std::span<const std::string> line) {
    const auto words = without_equal_signs(line);
    context at{find_command(of, ""), {}, {}, nullptr, 0, false};
    for (std::size_t i = 0; i + 1 < words.size(); ++i) step(at, of, words[i]);
    const auto typed = words.empty() ? std::string() : words.back();
    answer to(typed);
    if (at.awaits_value != nullptr) {
        to.offer_values(*at.awaits_value);
    } else if (!at.is_over && typed.starts_with('-')) {
        const auto equal = typed.find('=');
        const auto* o = at.command == nullptr ? nullptr : find_option(*at.command, typed.substr(0, equal));
        if (equal == std::string::npos) offer_options(to, at);
        if (equal != std::string::npos && o != nullptr) to.offer_values(*o, o->name + "=");
    } else {
        offer_commands(to, of, at);
        const auto* o = next_positional(at);
        if (o != nullptr) to.offer_values(*o);
        if (o == nullptr && at.command != nullptr && !at.is_over) offer_options(to, at);
    }
    return to.take();
}

std::string lines_of(const completion& found) {
    std::string out;
    for (const auto& [word, text] : found.candidates) out += word + (text.empty() ? "" : "\t" + text) + "\n";
    if (found.files == value_form::folder) return out + ":folders\n";
    return found.files == value_form::text ? out : out + ":files\n";
}

}  // namespace hourkey::command

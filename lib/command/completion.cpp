#include "command/completion.hpp"

#include "command/option_text.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::command {
namespace {

/// bash cuts words at these: `--set a=b` comes as four, of which any may be the one that is typed.
bool is_cut(const std::string& word) { return !word.empty() && word.find_first_not_of("=:") == std::string::npos; }

/// The words before the one that is typed, as the parser would take them.
struct context {
    const spec* command = nullptr;
    std::string path;
    std::vector<std::string> seen;           ///< options
    const option* awaits_value = nullptr;
    std::size_t positionals = 0;
    bool is_over = false;                    ///< after "--" there are no options
    bool is_within = false;                  ///< the next word is the rest of the one before it
};

void step(context& at, const program& of, const std::string& word) {
    if (std::exchange(at.is_within, false)) return;
    if (is_cut(word)) {
        at.is_within = at.awaits_value == nullptr;
        return;
    }
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
    context at;
    at.command = find_command(of, "");
    for (std::size_t i = 0; i + 1 < line.size(); ++i) step(at, of, line[i]);
    auto typed = line.empty() ? std::string() : line.back();
    if (is_cut(typed)) {
        step(at, of, typed);
        typed.clear();
    }
    answer to(typed);
    if (at.is_within) return to.take();
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

#include "command/words.hpp"

#include <CLI/CLI.hpp>

#include <map>

namespace hourkey::command {
namespace {

/// The options of one command or group as CLI11 has them.
struct level {
    CLI::App* app = nullptr;
    CLI::Option* help = nullptr;
    std::vector<CLI::Option*> options;
};

constexpr char empty_value = '\0';  // in no word of a command line

/// In CLI11's order, the last word first. It takes the word that follows `--name=` for the value that is missing there.
std::vector<std::string> marked(int argc, const char* const* argv) {
    std::vector<std::string> out;
    for (int i = argc - 1; i > 0; --i) {
        out.emplace_back(argv[i]);
        if (out.back().starts_with("--") && out.back().find('=') == out.back().size() - 1) out.back() += empty_value;
    }
    return out;
}

std::vector<std::string> unmarked(std::vector<std::string> words) {
    for (auto& word : words)
        if (word.ends_with(empty_value)) word.pop_back();
    return words;
}

/// All checks are ours (targets.cpp), so that their errors are: CLI11 only tells which word belongs to what.
class parser {
public:
    explicit parser(const program& of) {
        root_.set_help_flag();
        prepare("", &root_);
        if (!of.version.empty()) version_ = root_.add_flag("--version");
        for (const auto& c : of.commands) add(c);
    }

    words take_apart(int argc, const char* const* argv) {
        words out;
        try {
            root_.parse(marked(argc, argv));
        } catch (const CLI::ParseError&) {
            out.without_value = argv[argc - 1];
        }
        const auto* app = &root_;
        out.asks_help = levels_.at("").help->count() > 0;
        for (auto parsed = app->get_subcommands(); !parsed.empty(); parsed = app->get_subcommands()) {
            app = parsed.front();
            out.path += (out.path.empty() ? "" : " ") + app->get_name();
            out.asks_help = out.asks_help || levels_.at(out.path).help->count() > 0;
        }
        for (const auto* o : levels_.at(out.path).options) out.values.push_back(unmarked(o->results()));
        out.unknown = unmarked(root_.remaining(true));
        std::erase(out.unknown, "--");
        out.asks_version = version_ != nullptr && version_->count() > 0;
        return out;
    }

private:
    level& prepare(const std::string& path, CLI::App* app) {
        app->allow_extras();
        app->require_subcommand(0, 1);
        return levels_[path] = {app, app->add_flag("-h,--help"), {}};
    }

    /// Makes what is missing of the groups above it.
    level& level_of(const std::string& path) {
        if (const auto found = levels_.find(path); found != levels_.end()) return found->second;
        const auto gap = path.rfind(' ');
        const auto is_top = gap == std::string::npos;
        auto& above = level_of(is_top ? std::string() : path.substr(0, gap));
        return prepare(path, above.app->add_subcommand(is_top ? path : path.substr(gap + 1)));
    }

    void add(const spec& c) {
        auto& here = level_of(c.path);
        for (const auto& o : c.options) {
            auto* added = is_flag(o) ? here.app->add_flag(o.name) : here.app->add_option(o.name);
            if (!o.environment.empty()) added->envname(o.environment);
            here.options.push_back(added);
            if (is_flag(o)) continue;
            added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
            if (is_positional(o) && is_repeatable(o)) {
                // Never satisfied: else what follows "--" would be the parent's again.
                constexpr auto all = CLI::detail::expected_max_vector_size;
                added->expected(all, all);
            } else {
                added->expected(1)->allow_extra_args(false);
            }
        }
    }

    CLI::App root_;
    CLI::Option* version_ = nullptr;
    std::map<std::string, level, std::less<>> levels_;
};

}  // namespace

words take_apart(const program& of, int argc, const char* const* argv) { return parser(of).take_apart(argc, argv); }

}  // namespace hourkey::command

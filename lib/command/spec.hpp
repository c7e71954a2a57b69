#pragma once

#include "core/failure.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hourkey::command {

/// Where a value goes, and by that what it is: a flag, a text, texts (what may be given repeatedly), a whole number.
/// What stands there before a command line is read is the default. Targets live as long as the command's `run`, which
/// owns them.
using binding = std::variant<bool*, std::string*, std::vector<std::string>*, std::uint16_t*, unsigned*, std::int64_t*,
                             std::uint64_t*>;

/// What a text means: where shells look for candidates, and whether it must be there before the command runs.
enum class value_form { text, file, existing_file, folder };

struct number_range {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

struct option {
    std::string name;         ///< "--config", or without dashes that of a positional: "FILE"
    std::string value = {};   ///< what stands for the value in texts: "FILE"; none for flags and positionals
    std::string text;         ///< a phrase, without a full stop; what follows from the fields below is added to it
    binding target;
    value_form form = value_form::text;
    std::vector<std::string> choices = {};  ///< if any, the only values
    std::optional<number_range> range = {};
    bool is_required = false;
    std::vector<std::string> needs = {};     ///< names of options without which this one means nothing
    std::vector<std::string> excludes = {};  ///< names of options that do not go together with this one
    std::string environment = {};            ///< the variable that is read when the option is not given
};

/// `line` is a whole one, as a shell takes it.
struct example {
    std::string line;
    std::string text;
};

struct exit_meaning {
    int code = 0;
    std::string meaning;
};

/// Tells of a wrong command line, and returns the exit code.
using usage_report = int (*)(const failure&);

/// A command: what a command line, help, completion, man page and reference need to know of it, and what it does.
struct spec {
    std::string path;                           ///< "token create"; empty: the program has but this command
    std::string summary;                        ///< a phrase, without a full stop
    std::string text = {};                      ///< paragraphs between blank lines; indented lines stay as they are
    std::vector<option> options = {};           ///< positionals in their order
    std::vector<example> examples = {};
    std::vector<exit_meaning> exit_codes = {};  ///< those that mean something of their own here
    bool is_hidden = false;                     ///< for programs; no text lists it
    std::function<int()> run;                   ///< once the targets are filled; returns the exit code
    usage_report report_usage = nullptr;        ///< none: as command::report
};

/// "token", of which "token create" is one.
struct group {
    std::string path;
    std::string summary;
};

/// One of a single command has that one's summary and text.
struct program {
    std::string name;
    std::string version = {};  ///< none: it has no --version
    std::string summary = {};  ///< what may follow its name: "vends credentials"
    std::string text = {};
    std::vector<group> groups = {};
    std::vector<spec> commands;
    std::vector<exit_meaning> exit_codes = {};
};

[[nodiscard]] const spec* find_command(const program& of, std::string_view path) noexcept;
[[nodiscard]] const group* find_group(const program& of, std::string_view path) noexcept;
[[nodiscard]] const option* find_option(const spec& of, std::string_view name) noexcept;
/// The words that may follow `path`, in the program's order; hidden ones are left out.
[[nodiscard]] std::vector<std::string> next_words(const program& of, std::string_view path);

[[nodiscard]] bool is_flag(const option& o) noexcept;
[[nodiscard]] bool is_positional(const option& o) noexcept;
[[nodiscard]] bool is_repeatable(const option& o) noexcept;

/// "hourkeyd token create".
[[nodiscard]] std::string full_name(const program& of, std::string_view path);

}  // namespace hourkey::command

#include "command/generated_commands.hpp"

#include "command/completion.hpp"
#include "command/completion_script.hpp"
#include "command/exit_code.hpp"
#include "command/manual.hpp"
#include "command/reference.hpp"
#include "command/standard_output.hpp"

#include <filesystem>
#include <fstream>
#include <memory>

namespace hourkey::command {
namespace {

int finish(const program& of, const result<>& done) {
    return done ? static_cast<int>(exit_ok) : report(of.name, done.error());
}

result<> write_pages(const program& of, const std::filesystem::path& folder) {
    for (const auto& page : manual_pages(of)) {
        const auto file = folder / page.name;
        std::ofstream out(file, std::ios::binary);
        if (!(out << page.roff).flush())
            return failure(errc::invalid_configuration, file.string() + " could not be written.",
                           "Name a folder that is there and that you may write to.");
    }
    return {};
}

struct manual_options {
    std::string folder = ".";
    bool markdown = false;
};

result<> write_manual(const program& of, const manual_options& options) {
    return options.markdown ? print(reference_of(of)) : write_pages(of, options.folder);
}

}  // namespace

spec completion_command(program_maker of) {
    auto shell = std::make_shared<std::string>();
    return {
        .path = "completion",
        .summary = "Print the script that completes this command line in a shell",
        .text =
            "Where the script belongs:\n"
            "  bash: /etc/bash_completion.d/ or ~/.local/share/bash-completion/completions/, under the program's name\n"
            "  zsh:  a folder of $fpath, under the program's name with _ before it\n"
            "  fish: ~/.config/fish/completions/, under the program's name with .fish behind it",
        .options = {{.name = "SHELL",
                     .text = "whose script",
                     .target = shell.get(),
                     .choices = {"bash", "zsh", "fish"},
                     .is_required = true}},
        .run =
            [of, shell] {
                const auto self = of();
                return finish(self, print(completion_script(self.name, *shell)));
            },
    };
}

spec complete_command(program_maker of) {
    auto line = std::make_shared<std::vector<std::string>>();
    return {
        .path = "complete",
        .summary = "Tell a shell what may stand in the last of these words",
        .options = {{.name = "WORD", .text = "the command line after the program's name", .target = line.get()}},
        .is_hidden = true,
        .run =
            [of, line] {
                const auto self = of();
                return finish(self, print(lines_of(complete(self, *line))));
            },
    };
}

spec manual_command(program_maker of) {
    auto options = std::make_shared<manual_options>();
    return {
        .path = "manual",
        .summary = "Write the man pages, or print the reference",
        .options = {{.name = "FOLDER",
                     .text = "where the pages go",
                     .target = &options->folder,
                     .form = value_form::folder,
                     .excludes = {"--markdown"}},
                    {.name = "--markdown", .text = "the reference instead", .target = &options->markdown}},
        .is_hidden = true,
        .run =
            [of, options] {
                const auto self = of();
                return finish(self, write_manual(self, *options));
            },
    };
}

}  // namespace hourkey::command

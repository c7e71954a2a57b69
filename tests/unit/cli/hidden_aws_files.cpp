#include "clients/cli/hidden_aws_files.hpp"

#include "support/results.hpp"
#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

using namespace hourkey;
using test::must;

namespace {

cli::environment of(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string_view> {
        const auto at = variables.find(name);
        return at == variables.end() ? std::nullopt : std::optional<std::string_view>(at->second);
    };
}

unsigned mode_of(const std::filesystem::path& path) {
    return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

}  // namespace

TEST_CASE("HiddenFilesAreEmptyPrivateAndGoneAfterwards") {
    const test::scratch_folder folder;
    {
        const auto files = must(cli::hidden_aws_files::make(of({{"XDG_RUNTIME_DIR", folder.file("")}})));
        for (const auto& file : {files.config(), files.credentials()}) {
            CHECK(std::filesystem::is_regular_file(file));
            CHECK(std::filesystem::file_size(file) == 0);
            CHECK(mode_of(file) == 0600);
            CHECK(mode_of(std::filesystem::path(file).parent_path()) == 0700);
            CHECK(file.starts_with(folder.file("")));
        }
    }
    CHECK(folder.names().empty());
}

TEST_CASE("TheFirstFolderThatCanBeWrittenToIsTaken") {
    const test::scratch_folder folder;
    const auto files =
        must(cli::hidden_aws_files::make(of({{"XDG_RUNTIME_DIR", folder.file("none")}, {"TMPDIR", folder.file("")}})));
    CHECK(files.config().starts_with(folder.file("")));
}

#include "clients/cli/aws_files.hpp"

#include "clients/cli/own_folders.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace hourkey::cli {
namespace {

result<std::string> told_or_in_home(const environment& variables, const std::string& name, const char* otherwise) {
    if (const auto told = find_variable(variables, name)) return std::string(*told);
    HK_TRY(const auto home, home_folder(variables));
    return home + "/.aws/" + otherwise;
}

}  // namespace

result<std::string> config_path(const environment& variables) {
    return told_or_in_home(variables, "AWS_CONFIG_FILE", "config");
}

result<std::string> credentials_path(const environment& variables) {
    return told_or_in_home(variables, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
}

result<std::string> read_aws_file(const std::string& path) {
    std::error_code unseen;
    if (!std::filesystem::exists(path, unseen)) return std::string();
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in.bad() || !in.is_open())
        return failure(errc::invalid_configuration, "Cannot read " + path + ".", "Check that you may.");
    return text;
}

}  // namespace hourkey::cli

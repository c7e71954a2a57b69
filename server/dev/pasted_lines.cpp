#include "server/dev/pasted_lines.hpp"

#include <cstdlib>
#include <filesystem>
#include "core/shell_word.hpp"

#include <unistd.h>

namespace hourkey::server {

std::string curl_line(const dev_folder& folder, const std::string& url) {
    return "curl --noproxy '*' --cacert " + shell_word(folder.ca) + " -H " + shell_word("@" + folder.authorization) +
           " " + url;
}

std::string aws_profile(const dev_folder& folder, const std::string& url, const std::string& region) {
    // curl writes a refusal to standard output; what the SDKs show of a program that failed is its standard error.
    const std::string script = "o=$(curl -sS --fail-with-body --noproxy '*' --cacert " + shell_word(folder.ca) +
                               " -H " + shell_word("@" + folder.authorization) + " " + url +
                               R"() || { printf %s "$o" >&2; exit 1; }; printf %s "$o")";
    // Some SDKs split the line themselves, others give it to a shell.
    return "[profile hourkey]\nregion = " + region + "\ncredential_process = sh -c " + shell_word(script) + "\n";
}

std::string aws_line(const dev_folder& folder, const std::string& sts_url) {
    // Keys of a profile in the credentials file would be taken before credential_process.
    // Without the first some SDKs take an instance's role when hourkey refuses.
    const std::string config = "AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=" + shell_word(folder.aws_config) +
                               " AWS_SHARED_CREDENTIALS_FILE=/dev/null ";
    if (sts_url.empty()) return config + "aws --profile hourkey sts get-caller-identity";
    return config + "no_proxy=127.0.0.1 AWS_CA_BUNDLE=" + shell_word(folder.ca) +
           " aws --profile hourkey --endpoint-url " + sts_url + " sts get-caller-identity";
}

std::string admin_token_line(const dev_folder& folder, std::string_view tenant) {
    std::error_code unseen;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unseen);
    return (unseen ? std::string("hourkeyd") : shell_word(self.string())) + " token create --set " +
           shell_word("store.path=" + folder.database) + " --role admin --tenant " + std::string(tenant);
}

bool is_installed(std::string_view command) {
    const char* path = std::getenv("PATH");
    for (std::string_view rest(path == nullptr ? "" : path); !rest.empty();) {
        const auto end = rest.find(':');
        const auto file = std::filesystem::path(rest.substr(0, end)) / command;
        if (::access(file.c_str(), X_OK) == 0) return true;
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return false;
}

}  // namespace hourkey::server

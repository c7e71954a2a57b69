#pragma once

#include "server/dev/dev_folder.hpp"

#include <string>
#include <string_view>

namespace hourkey::server {

/// What the newcomer's mode prints to be pasted into a shell, and writes for the AWS tools to read. Each works as it
/// stands, whatever is in the folder's name and whatever proxy is set: hourkey itself is on loopback.

[[nodiscard]] std::string curl_line(const dev_folder& folder, const std::string& url);
/// A config file with the profile `hourkey`, which fetches from `url`.
[[nodiscard]] std::string aws_profile(const dev_folder& folder, const std::string& url, const std::string& region);
/// `sts_url` empty: AWS itself.
[[nodiscard]] std::string aws_line(const dev_folder& folder, const std::string& sts_url);

/// `hourkeyd` as this process was started, and a token of the demo's admin from it, beside the running server or after
/// it.
[[nodiscard]] std::string admin_token_line(const dev_folder& folder, std::string_view tenant);

/// Whether a shell would find the command.
[[nodiscard]] bool is_installed(std::string_view command);

}  // namespace hourkey::server

#pragma once

#include "core/failure.hpp"
#include "credentials/environment.hpp"
#include "credentials/profile_file.hpp"

#include <string>
#include <vector>

namespace hourkey::credentials {

/// A shared file that somebody else may write, and so choose hourkey's identity or the program that it runs; or one
/// with keys that somebody else may read. The SDKs read it nevertheless, and so does hourkey.
struct loose_file {
    std::string path;
    bool is_writable;  ///< and otherwise only readable
};

/// The two shared files, merged, and what is to be said about them when the profile is not there.
struct shared_profiles {
    profile_map profiles;
    profile_map services = {};
    std::string lacking = {};  ///< empty, or "there is no config file and no credentials file"
    std::string paths = {};  ///< of both, for the log
    std::vector<loose_file> loose = {};
};

/// A profile file of people is a few KiB; more is not one.
inline constexpr std::size_t max_profile_file_bytes = 1024 * 1024;

/// AWS_CONFIG_FILE or ~/.aws/config, AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials. Empty: HOME is not set either.
struct shared_file_paths {
    std::string config;
    std::string credentials;
    bool config_is_named = false;  ///< by its variable, so somebody counts on it
    bool credentials_is_named = false;
};
[[nodiscard]] shared_file_paths find_shared_files(const environment& variables);

/// Both files read and merged; one that does not exist is empty. Fails with base_credentials_unavailable when one is
/// there but cannot be read or parsed; the path is in the cause only.
[[nodiscard]] result<shared_profiles> read_shared_files(const shared_file_paths& paths);

/// Changes whenever either file does: device, inode, size and modification time. An atomic replacement is a new inode.
[[nodiscard]] std::string stamp_of(const shared_file_paths& paths);

}  // namespace hourkey::credentials

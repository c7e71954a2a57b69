#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"

#include <string>
#include <string_view>

namespace hourkey::os {

enum class private_file_mode { only_new, replace };

/// Writes mode 0600, fsyncs file and folder. Through a temporary name in either mode: a crash leaves the whole file
/// under its name, or none. `only_new` fails when there is one.
[[nodiscard]] result<> write_private_file(const std::string& path, std::string_view bytes, private_file_mode mode);

/// Refuses a file that others may read (core/private_rights.hpp), and one over 64 KiB.
[[nodiscard]] result<secret> read_private_file(const std::string& path);

/// A token that somebody else issues and renews, such as Kubernetes' projected ones, whose rights are not ours to
/// choose; without the blanks around it. Refuses what is no regular file, an empty one and one over 64 KiB.
[[nodiscard]] result<secret> read_token_file(const std::string& path);

}  // namespace hourkey::os

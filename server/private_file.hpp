#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"

#include <string>
#include <string_view>

namespace hourkey::server {

enum class private_file_mode { only_new, replace };

/// Writes mode 0600, fsyncs file and folder. Through a temporary name in either mode: a crash leaves the whole file under its
/// name, or none. `only_new` fails when there is one. With `of_store` (a database's path) it is given to that store's owner.
[[nodiscard]] result<> write_private_file(const std::string& path, std::string_view bytes, private_file_mode mode, const std::string& of_store = {});

/// Refuses a file that others may read (core/private_rights.hpp), and one over 64 KiB.
[[nodiscard]] result<secret> read_private_file(const std::string& path);

}  // namespace hourkey::server

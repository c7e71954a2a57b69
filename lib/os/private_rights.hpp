#pragma once

#include <string>

struct stat;

namespace hourkey::os {

/// Whether the rights of a file with a secret in it keep the secret to this process's user: nobody but its owner may
/// read or write it; or it is root's, only a group of this process may read it, and nobody but root may write it. The
/// latter is what Kubernetes' fsGroup and `install -o root -g hourkey -m 640` give. The rule for every such file of the
/// configuration.
[[nodiscard]] bool is_private_file(const struct stat& about);

/// The fix, for whoever is told that it is not.
[[nodiscard]] std::string how_to_make_private(const std::string& file);

}  // namespace hourkey::os

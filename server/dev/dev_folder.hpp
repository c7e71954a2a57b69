#pragma once

#include "core/failure.hpp"
#include "os/unique_descriptor.hpp"

#include <cstdint>
#include <string>

namespace hourkey::server {

/// The files of the newcomer's mode, under one folder of mode 0700.
struct dev_folder {
    std::string root;      ///< absolute
    std::string ca;        ///< PEM; what clients are told to trust
    std::string certificate, key;
    std::string database;
    std::string
        authorization;   ///< "Authorization: Bearer ..." for curl -H @file: keeps the token out of the process list
    std::string aws_config;      ///< a profile whose credential_process asks hourkey
    std::string emulator_roles;  ///< what the emulator was told, for its next start
    os::unique_descriptor claim;  ///< held while this process uses the folder
};

/// Makes the folder, or takes one that is empty or that this mode made before; any other is refused and left as it is,
/// for it may hold someone's keys. One process at a time has it. Makes, when there is no certificate valid for another
/// day, a fresh CA with a certificate for loopback. The CA's key is thrown away: nobody can issue under it later.
[[nodiscard]] result<dev_folder> prepare_dev_folder(const std::string& root);

/// Fails, and names path, room and key, when the disk of `path` (or of where it is to be made) has less than
/// `min_free_mib` left.
[[nodiscard]] result<> check_room(const std::string& path, std::uint32_t min_free_mib);

}  // namespace hourkey::server

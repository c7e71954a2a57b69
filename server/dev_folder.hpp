#pragma once

#include "core/failure.hpp"

#include <string>

namespace hourkey::server {

/// The files of the newcomer's mode, under one folder of mode 0700.
struct dev_folder {
    std::string root;      ///< absolute
    std::string ca;        ///< PEM; what clients are told to trust
    std::string certificate, key;
    std::string database;
    std::string authorization;  ///< "Authorization: Bearer ..." for curl -H @file: keeps the token out of the process list
    std::string aws_config;     ///< a profile whose credential_process asks hourkey
};

/// Makes the folder and, when there is no certificate valid for another day, a fresh CA with a certificate for loopback.
/// The CA's key is thrown away: nobody can issue under it later.
[[nodiscard]] result<dev_folder> prepare_dev_folder(const std::string& root);

}  // namespace hourkey::server

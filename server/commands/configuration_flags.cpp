#include "server/commands/configuration_flags.hpp"

namespace hourkey::server {

result<config> configuration_flags::load() const {
    return load_config({.file = file, .env = process_environment(), .overrides = overrides});
}

}  // namespace hourkey::server

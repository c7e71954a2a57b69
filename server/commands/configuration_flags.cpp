#include "server/commands/configuration_flags.hpp"

namespace hourkey::server {

result<config> configuration_flags::load() const {
    return load_config({.file = file, .env = process_environment(), .overrides = overrides});
}

std::vector<command::option> configuration_options(configuration_flags& flags, std::vector<command::option> more) {
    std::vector<command::option> all{
        {.name = "--config",
         .value = "FILE",
         .text = "TOML file; config/hourkey.toml has every key",
         .target = &flags.file,
         .form = command::value_form::existing_file},
        {.name = "--set",
         .value = "SECTION.KEY=VALUE",
         .text = "over file and environment",
         .target = &flags.overrides},
    };
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

}  // namespace hourkey::server

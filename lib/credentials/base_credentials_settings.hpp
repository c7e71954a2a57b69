#pragma once

#include "credentials/environment.hpp"
#include "sts/channel.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hourkey::credentials {

struct base_credentials_settings {
    environment variables = process_environment;
    std::optional<std::string> profile;  ///< chosen explicitly: the environment's keys are not looked at
    std::string ca_file;  ///< what a platform's endpoint is trusted by; empty: the system's trust store
    std::chrono::milliseconds process_timeout{60'000};  ///< it may ask a slow identity provider, not a person
    std::chrono::milliseconds fetch_timeout{10'000};  ///< each AssumeRole of a profile, and GetCallerIdentity
    std::chrono::milliseconds poll{2'000};  ///< how often files and expiry are looked at
    std::chrono::seconds recheck{300};  ///< how often STS is asked whether it still takes the key, vends or not
    sts::channel_settings calls;
};

}  // namespace hourkey::credentials

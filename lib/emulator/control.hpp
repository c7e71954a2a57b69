#pragma once

#include "emulator/answer.hpp"
#include "emulator/sts_emulator.hpp"

#include <string_view>

namespace hourkey::emulator {

/// The control door: `POST /_emulator` with form parameters, for tests that drive a running emulator.
///
///     Action=PutUser&AccessKeyId=..&SecretAccessKey=..&Arn=..[&MfaSerialNumber=..&MfaCode=..]
///     Action=PutRole&RoleArn=..[&Principal(.N)=..][&PrincipalArn(.N)=..][&ExternalId(.N)=..][&MaxSessionDuration=..]
///     Action=PutRole&RoleArn=..&AssumeRolePolicyDocument=JSON[&MaxSessionDuration=..]
///     Action=DeleteRole&RoleArn=..
///     Action=SetFault&Fault=NAME[&Count=N | &Every=K][&After=N][&Operation=..][&RoleArn=..][&DelayMs=..]
///     Action=ClearFaults
///     Action=SetClockOffset&Seconds=..
///     Action=History | Action=ClearHistory
///
/// A role without Principal trusts whoever the emulator knows; a whole trust policy is refused for what is not
/// evaluated. History answers one line for each AssumeRole, oldest first, of tab-separated NAME=VALUE. Mistakes are 400
/// with a sentence that names the field.
inline constexpr std::string_view control_path = "/_emulator";

[[nodiscard]] answer control(sts_emulator& sts, std::string_view form_text);

}  // namespace hourkey::emulator

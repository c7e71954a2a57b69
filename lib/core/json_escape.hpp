#pragma once

#include <string>
#include <string_view>

namespace hourkey {

/// Appends `text` as the inside of a JSON string (RFC 8259 7). Also escaped, because the same text is shown on
/// terminals and split into lines: DEL, C1 controls, U+2028/2029 and the bidirectional controls. Ill-formed UTF-8
/// becomes U+FFFD.
void append_json_escaped(std::string& out, std::string_view text);

}  // namespace hourkey

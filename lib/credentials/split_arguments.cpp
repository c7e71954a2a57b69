#include "credentials/split_arguments.hpp"

#include <utility>

namespace hourkey::credentials {

result<std::vector<std::string>> split_arguments(std::string_view command) {
    std::vector<std::string> out;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        if (quote == '\'' || (quote == '"' && c != '\\')) {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '\\') {
            if (++i == command.size())
                return failure(errc::invalid_configuration, "credential_process ends in a backslash");
            // Between double quotes a backslash escapes only itself and the quote (POSIX 2.2.3, without expansions).
            if (quote == '"' && command[i] != '"' && command[i] != '\\') word += c;
            word += command[i];
            in_word = true;
        } else if (c == '\'' || c == '"') {
            quote = c;
            in_word = true;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (in_word) out.push_back(std::exchange(word, {}));
            in_word = false;
        } else {
            word += c;
            in_word = true;
        }
    }
    if (quote != 0) return failure(errc::invalid_configuration, "credential_process has an open quote");
    if (in_word) out.push_back(std::move(word));
    if (out.empty() || out.front().empty())
        return failure(errc::invalid_configuration, "credential_process names no program");
    return out;
}

}  // namespace hourkey::credentials

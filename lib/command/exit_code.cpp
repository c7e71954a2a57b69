#include "command/exit_code.hpp"

#include <cstdio>
#include <string>

namespace hourkey::command {

int exit_code_of(errc code) noexcept {
    switch (describe(code).outcome) {
        case outcome_class::usage: return exit_usage;
        case outcome_class::denied: return exit_denied;
        case outcome_class::not_found: return exit_not_found;
        case outcome_class::error: break;
    }
    return exit_unavailable;
}

int report(std::string_view program, const failure& why) {
    auto text = std::string(program) + ": " + std::string(why.text());
    if (!why.hint.empty()) text += "\n  " + why.hint;
    if (!why.cause.empty()) text += "\n  cause: " + why.cause;
    if (why.request_id) text += "\n  request id: " + *why.request_id;
    std::fputs((text + "\n").c_str(), stderr);
    return exit_code_of(why.code);
}

}  // namespace hourkey::command

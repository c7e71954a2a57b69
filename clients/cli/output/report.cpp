#include "clients/cli/output/report.hpp"

#include "clients/cli/output/table.hpp"

#include <cstdio>

namespace hourkey::cli {
namespace {

constexpr std::string_view program = "hourkey";

}  // namespace

int report(const failure& why) { return command::report(program, why); }

std::string one_line(const failure& why) {
    auto text = std::string(program) + ": " + std::string(why.text());
    if (!why.hint.empty()) text += " " + why.hint;
    if (why.request_id) text += " (" + std::string(describe(why.code).api) + ", request " + *why.request_id + ")";
    return printable(text);
}

void note(std::string_view text) {
    const auto line = std::string(program) + ": " + printable(text) + "\n";
    std::fputs(line.c_str(), stderr);
}

int finish(const result<>& done) { return done ? static_cast<int>(exit_ok) : report(done.error()); }
int finish(const result<int>& done) { return done ? *done : report(done.error()); }

}  // namespace hourkey::cli

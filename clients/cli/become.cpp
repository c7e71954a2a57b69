#include "clients/cli/become.hpp"

#include "clients/cli/environment.hpp"
#include "clients/cli/output/report.hpp"
#include "os/hardening.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

namespace hourkey::cli {
namespace {

/// execvp(3) goes on after a file that it may not run, and tells of it when there is no other.
int look_for(const std::string& name) {
    if (name.empty()) return ENOENT;
    const auto state_of = [](const std::string& file) {
        struct stat about{};
        if (::stat(file.c_str(), &about) != 0) return errno == ENOTDIR ? ENOENT : errno;
        if (!S_ISREG(about.st_mode)) return EACCES;
        return ::access(file.c_str(), X_OK) == 0 ? 0 : EACCES;
    };
    if (name.find('/') != std::string::npos) return state_of(name);
    int found = ENOENT;
    std::string_view rest = process_environment("PATH").value_or("/bin:/usr/bin");
    for (bool is_last = false; !is_last;) {
        const auto end = rest.find(':');
        is_last = end == std::string_view::npos;
        const std::string folder(rest.substr(0, end));
        const auto state = state_of((folder.empty() ? "." : folder) + "/" + name);
        if (state == 0) return 0;
        if (state == EACCES) found = EACCES;
        if (!is_last) rest.remove_prefix(end + 1);
    }
    return found;
}

int tell(const std::string& name, int error) {
    note("'" + name + "' cannot be run: " + std::strerror(error) + ".");
    return error == ENOENT ? exit_no_such_program : exit_cannot_run;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

}  // namespace

int check_program(const std::string& name) {
    const int error = look_for(name);
    return error == 0 ? 0 : tell(name, error);
}

int become(std::vector<std::string> words, std::vector<std::string> environment) {
    const auto arguments = pointers(words);
    const auto variables = pointers(environment);
    std::fflush(nullptr);
    os::leave_signals_as_found();
    ::execvpe(words.front().c_str(), arguments.data(), variables.data());
    return tell(words.front(), errno);
}

}  // namespace hourkey::cli

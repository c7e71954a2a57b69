#include "server/commands/backup.hpp"

#include "server/commands/report.hpp"
#include "server/own_files.hpp"
#include "server/remembered_store.hpp"
#include "store/backup.hpp"

#include <cstdio>

namespace hourkey::server {

result<> back_up(const configuration_flags& flags, const std::string& file) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_CHECK(check_is_newest(c, keys));
    HK_CHECK(store::backup(c.store.path, file, own_files(c, flags.file)));
    const bool is_stdout_taken = file == "-";
    const auto told =
        "Wrote " + (is_stdout_taken ? "the backup" : file) + ". Keep " + c.server_key_file() + " too, apart from it: without that key the backup is of no use.";
    if (is_stdout_taken)
        std::fputs((told + "\n").c_str(), stderr);
    else
        print_line(told);
    return {};
}

}  // namespace hourkey::server

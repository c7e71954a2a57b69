#include "server/commands/backup.hpp"

#include "server/commands/control_call.hpp"
#include "server/commands/report.hpp"
#include "server/commands/server_copy.hpp"
#include "server/store_files/own_files.hpp"
#include "server/store_files/remembered_store.hpp"
#include "store_sqlite/backup.hpp"

#include <cstdio>

namespace hourkey::server {
namespace {

result<> check_by_itself(const config& c) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    return check_is_newest(c, keys);
}

}  // namespace

result<> back_up(const configuration_flags& flags, const std::string& file) {
    HK_TRY(const auto c, flags.load());
    const auto own = own_files(c, flags.file);
    HK_CHECK(store::copy_target::examine(file, own));

    auto copy = server_copy::make(c);
    if (!copy && !is_without_server(copy)) return std::move(copy).error();
    if (copy) {
        HK_CHECK(store::hand_over((*copy)->file(), file, own));
    } else {
        HK_CHECK(check_by_itself(c));
        HK_CHECK(store::backup(c.store.path, file, own));
    }
    const bool is_stdout_taken = file == "-";
    const auto told = "Wrote " + (is_stdout_taken ? "the backup" : file) + ". Keep " + c.server_key_file() +
                      " too, apart from it: without that key the backup is of no use.";
    if (!is_stdout_taken) return print_line(told);
    std::fputs((told + "\n").c_str(), stderr);
    return {};
}

}  // namespace hourkey::server

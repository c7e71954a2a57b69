#include "server/commands/backup.hpp"

#include "server/commands/report.hpp"
#include "store/backup.hpp"

namespace hourkey::server {

result<> back_up(const configuration_flags& flags, const std::string& file) {
    HK_TRY(const auto c, flags.load());
    HK_CHECK(store::backup(c.store.path, file));
    print_line("Wrote " + file + ". Keep " + c.server_key_file() + " too, apart from it: without that key the backup is of no use.");
    return {};
}

}  // namespace hourkey::server

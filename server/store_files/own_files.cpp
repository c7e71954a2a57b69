#include "server/store_files/own_files.hpp"

#include "store_sqlite/durable_file.hpp"

namespace hourkey::server {

std::vector<store::own_file> files_of_store(const std::string& path) {
    std::vector<store::own_file> all;
    // Under both names: whoever opens the database by a link makes files beside what the link leads to.
    for (const auto& name : {path, store::real_path(path)}) {
        const auto of_database = store::files_of_database(name);
        all.insert(all.end(), of_database.begin(), of_database.end());
        all.push_back({name + ".head", "what remembers the database"});
        all.push_back({name + ".sock", "the server's control socket"});
    }
    return all;
}

std::vector<store::own_file> own_files(const config& c, const std::string& configuration_file) {
    auto all = files_of_store(c.store.path);
    all.insert(all.end(), {{c.server_key_file(), "the server key"},
                           {c.listen.cert_file, "the server's certificate"},
                           {c.listen.key_file, "the certificate's key"},
                           {c.aws.ca_file, "aws.ca_file"},
                           {configuration_file, "the configuration"}});
    return all;
}

}  // namespace hourkey::server

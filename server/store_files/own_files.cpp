#include "server/store_files/own_files.hpp"

#include "server/store_files/server_key.hpp"
#include "server/store_files/store_opening.hpp"

namespace hourkey::server {

std::vector<store::own_file> own_files(const config& c, const std::string& configuration_file) {
    return {{c.server_key_file(), "the server key"},
            {head_file_path(c.store.path), "what remembers the database"},
            {control_socket_path(c), "the server's control socket"},
            {c.listen.cert_file, "the server's certificate"},
            {c.listen.key_file, "the certificate's key"},
            {c.aws.ca_file, "aws.ca_file"},
            {configuration_file, "the configuration"}};
}

}  // namespace hourkey::server

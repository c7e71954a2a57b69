#include "server/dev_folder.hpp"

#include "core/clock.hpp"
#include "crypto/certificate.hpp"
#include "net/tls_context.hpp"
#include "server/private_file.hpp"

#include <filesystem>

namespace hourkey::server {
namespace {

using namespace std::chrono_literals;

bool is_still_good(const dev_folder& f) {
    if (!std::filesystem::exists(f.ca)) return false;
    const auto loaded = net::tls_server_context::load(f.certificate, f.key);
    return loaded && (*loaded)->expires() > system_clock().now() + 24h;
}

result<> make_certificates(const dev_folder& f) {
    const auto now = system_clock().now();
    const crypto::validity valid{.not_before = now - 5min, .not_after = now + std::chrono::days{30}};
    HK_TRY(const auto ca, crypto::certificate_authority::make("hourkey dev CA", valid));
    const crypto::certificate_names loopback{.dns = {"localhost"}, .ip = {"127.0.0.1", "::1"}};
    HK_TRY(const auto leaf, ca.issue(loopback, valid));
    HK_CHECK(write_private_file(f.certificate, leaf.certificate, private_file_mode::replace));
    HK_CHECK(write_private_file(f.key, leaf.key.expose(), private_file_mode::replace));
    return write_private_file(f.ca, ca.certificate(), private_file_mode::replace);
}

}  // namespace

result<dev_folder> prepare_dev_folder(const std::string& root) {
    std::error_code ec;
    std::filesystem::create_directories(root, ec);
    if (!ec) std::filesystem::permissions(root, std::filesystem::perms::owner_all, ec);
    const auto absolute = std::filesystem::weakly_canonical(root, ec).string();
    if (ec) return failure(errc::invalid_configuration, "Cannot make the folder " + root + ": " + ec.message() + ".", "Choose another with --dir.");

    dev_folder f{.root = absolute,
                 .ca = absolute + "/ca.pem",
                 .certificate = absolute + "/server.pem",
                 .key = absolute + "/server.key",
                 .database = absolute + "/hourkey.db",
                 .authorization = absolute + "/authorization",
                 .aws_config = absolute + "/aws-config"};
    if (!is_still_good(f)) HK_CHECK(make_certificates(f));
    return f;
}

}  // namespace hourkey::server

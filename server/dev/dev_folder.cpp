#include "server/dev/dev_folder.hpp"

#include "core/clock.hpp"
#include "crypto/certificate.hpp"
#include "net/tls_context.hpp"
#include "os/private_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace hourkey::server {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// What tells a folder of this mode from any other: nothing else that hourkey makes has this name.
constexpr std::string_view mark_name = "/.hourkey-dev";
constexpr std::string_view mark_text =
    "This folder belongs to `hourkeyd dev`. Delete it to start afresh; keep nothing else in it.\n";

failure refused(std::string what, std::string fix = "Choose another with --dir.") {
    return failure(errc::invalid_configuration, std::move(what), std::move(fix));
}

failure cannot_make(const std::string& what) {
    return refused("Cannot make " + what + ": " + std::strerror(errno) + ".");
}

bool is_marked(const std::string& root) {
    struct stat st{};
    return ::lstat((root + std::string(mark_name)).c_str(), &st) == 0 && S_ISREG(st.st_mode) &&
           st.st_uid == ::geteuid();
}

/// Refuses what is there already and is not ours, before anything is changed.
result<> take(const std::string& root) {
    std::error_code ec;
    const auto there = fs::status(root, ec);
    if (there.type() == fs::file_type::not_found) {
        fs::create_directories(root, ec);
        if (ec) return refused("Cannot make the folder " + root + ": " + ec.message() + ".");
    } else if (there.type() != fs::file_type::directory) {
        return refused(root + " is not a folder.");
    } else if (!is_marked(root)) {
        const bool is_empty = fs::is_empty(root, ec);
        if (ec) return refused("Cannot read the folder " + root + ": " + ec.message() + ".");
        if (!is_empty)
            return refused("The folder " + root + " is not empty, and hourkeyd dev did not make it.",
                           "It may hold keys and a database of another hourkeyd, so nothing was touched. Choose an "
                           "empty or a new folder with --dir.");
    }
    if (::chmod(root.c_str(), S_IRWXU) != 0)
        return refused("Cannot protect the folder " + root + ": " + std::strerror(errno) + ".");
    return {};
}

/// The mark, locked: a second process would replace the certificate under the first.
result<os::unique_descriptor> claim(const std::string& root) {
    const auto mark = root + std::string(mark_name);
    os::unique_descriptor file(::open(mark.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (file.get() < 0) return cannot_make(mark);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
        return failure(errc::store_unavailable,
                       "Another hourkeyd has this database open: one is running in " + root + ".",
                       "Stop it first, or choose another folder with --dir.");
    if (::pwrite(file.get(), mark_text.data(), mark_text.size(), 0) != static_cast<ssize_t>(mark_text.size()))
        return cannot_make(mark);
    return file;
}

bool is_still_good(const dev_folder& f) {
    if (!fs::exists(f.ca)) return false;
    const auto loaded = net::tls_server_context::load(f.certificate, f.key);
    return loaded && (*loaded)->expires() > system_clock().now() + 24h;
}

result<> make_certificates(const dev_folder& f) {
    const auto now = system_clock().now();
    const crypto::validity valid{.not_before = now - 5min, .not_after = now + std::chrono::days{30}};
    HK_TRY(const auto ca, crypto::certificate_authority::make("hourkey dev CA", valid));
    const crypto::certificate_names loopback{.dns = {"localhost"}, .ip = {"127.0.0.1", "::1"}};
    HK_TRY(const auto leaf, ca.issue(loopback, valid));
    HK_CHECK(os::write_private_file(f.certificate, leaf.certificate, os::private_file_mode::replace));
    HK_CHECK(os::write_private_file(f.key, leaf.key.expose(), os::private_file_mode::replace));
    return os::write_private_file(f.ca, ca.certificate(), os::private_file_mode::replace);
}

}  // namespace

result<dev_folder> prepare_dev_folder(const std::string& root) {
    HK_CHECK(take(root));
    std::error_code ec;
    const auto absolute = fs::canonical(root, ec).string();
    if (ec) return refused("Cannot find the folder " + root + ": " + ec.message() + ".");
    dev_folder f{.root = absolute,
                 .ca = absolute + "/ca.pem",
                 .certificate = absolute + "/server.pem",
                 .key = absolute + "/server.key",
                 .database = absolute + "/hourkey.db",
                 .authorization = absolute + "/authorization",
                 .aws_config = absolute + "/aws-config",
                 .emulator_roles = absolute + "/emulator-roles",
                 .claim = {}};
    HK_TRY(f.claim, claim(absolute));
    if (!is_still_good(f)) HK_CHECK(make_certificates(f));
    return f;
}

result<> check_room(const std::string& path, std::uint32_t min_free_mib) {
    std::error_code ec;
    auto where = fs::absolute(path, ec);
    while (!fs::exists(where, ec) && where.has_relative_path()) where = where.parent_path();
    struct statvfs disk{};
    if (::statvfs(where.c_str(), &disk) != 0)
        return refused("Cannot look at the disk of " + path + ": " + std::strerror(errno) + ".");
    const auto free_mib = std::uint64_t{disk.f_bavail} * disk.f_frsize / (1024 * 1024);
    if (free_mib >= min_free_mib) return {};
    return failure(
        errc::store_unavailable,
        "The disk of " + path + " has " + std::to_string(free_mib) +
            " MiB free, and below store.min_free_mib = " + std::to_string(min_free_mib) + " hourkey writes nothing.",
        "Free some, choose a folder on another disk with --dir, or lower the floor with HOURKEY_STORE__MIN_FREE_MIB.");
}

}  // namespace hourkey::server

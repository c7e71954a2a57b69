#include "clients/cli/credential_cache.hpp"

#include "aws/session_limits.hpp"
#include "client/base_url.hpp"
#include "clients/cli/own_folders.hpp"
#include "core/encoding.hpp"
#include "core/time_text.hpp"
#include "crypto/hash.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "os/private_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hourkey::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t form = 1;
constexpr std::chrono::milliseconds between_tries = 10ms;
constexpr std::size_t usual_bytes = 4096;
/// By how much a clock may be put right without anybody's noticing.
constexpr std::chrono::minutes clock_slack = 2min;

failure unusable(const std::string& file, const std::string& why) {
    return failure(errc::invalid_configuration, "The kept credentials in " + file + " are not used: " + why + ".",
                   "They are fetched anew. Nothing needs to be done, unless somebody has tampered with the file.");
}

result<kept_credentials> read_kept(std::string_view text) {
    HK_TRY(const auto document, json::parse(text));
    auto root = document.root();
    HK_TRY([[maybe_unused]] const auto version, root.integer("version", form, form));
    HK_TRY(const auto time, root.string("fetched_at"));
    HK_TRY(auto part, root.optional_object("credentials"));
    HK_CHECK(root.finish());
    if (!part) return failure(errc::invalid_request, "credentials is missing");
    kept_credentials out;
    HK_TRY(out.fetched_at, parse_rfc3339(time));
    HK_TRY(out.credentials, api::shape<api::credentials>::read_part(*std::move(part)));
    return out;
}

/// No session of AWS's lives for more than twelve hours. What fails is the next writer's.
void sweep_beside(const std::string& file) {
    namespace fs = std::filesystem;
    const auto folder = fs::path(file).parent_path();
    std::error_code ignored;
    const auto oldest = fs::file_time_type::clock::now() - aws::longest_session;
    for (fs::directory_iterator at(folder, ignored), end; !ignored && at != end; at.increment(ignored)) {
        std::error_code unseen;
        if (at->path() == file + ".lock") continue;  // held, perhaps for long
        if (at->is_regular_file(unseen) && at->last_write_time(unseen) < oldest && !unseen)
            fs::remove(at->path(), unseen);
    }
}

void append(std::string& to, std::string_view part) { to.append(std::to_string(part.size())).append(":").append(part); }

/// As it is compared: `https://Host` and `https://host:443/` are one server.
std::string normal_form(const std::string& url) {
    const auto parsed = client::parse_base_url(url);
    if (!parsed) return url;
    return (parsed->secure ? "https://" : "http://") + parsed->host + ":" + std::to_string(parsed->port);
}

}  // namespace

secret to_json(const api::credentials& credentials, wall_time fetched_at) {
    json::writer w(usual_bytes);
    w.begin_object().integer("version", form).string("fetched_at", to_rfc3339(fetched_at)).key("credentials");
    api::write(w, credentials);
    w.end_object();
    auto text = w.take();
    secret out(text);
    wipe_container(text);
    return out;
}

result<kept_credentials> parse_kept(std::string_view text) {
    auto read = read_kept(text);
    if (!read) return failure(errc::invalid_configuration, "they are damaged");
    return read;
}

worth worth_of(wall_time fetched_at, wall_time expiration, wall_time now) {
    const auto life = expiration - fetched_at;
    const auto left = expiration - now;
    if (left <= 0s || now + clock_slack < fetched_at) return worth::nothing;
    const auto needed = std::min<std::chrono::nanoseconds>(least_life_left, life / 2);
    return left >= needed ? worth::fresh : worth::last_resort;
}

std::string cache_key(const server_settings& server, const vend_flags& flags) {
    std::string all;
    append(all, normal_form(server.url));
    append(all, crypto::as_text(crypto::sha256(server.token.expose())));
    for (const auto* part : {&flags.connection, &flags.stage, &flags.service, &flags.project, &flags.region})
        append(all, *part);
    append(all, std::to_string(flags.duration_seconds));
    append(all, std::to_string(flags.min_ttl_seconds));
    return to_hex(crypto::sha256(all));
}

result<credential_cache> credential_cache::open(const server_settings& server, const vend_flags& flags) {
    HK_TRY(const auto folder, cache_folder(process_environment));
    HK_CHECK(make_private_folder(folder));
    return credential_cache(folder + "/" + cache_key(server, flags) + ".json");
}

result<std::optional<kept_credentials>> credential_cache::read() const {
    const os::unique_descriptor file(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file && errno == ENOENT) return std::optional<kept_credentials>();
    struct stat about{};
    if (!file || ::fstat(file.get(), &about) != 0) return unusable(file_, std::strerror(errno));
    if (!S_ISREG(about.st_mode)) return unusable(file_, "that is no regular file");
    if (about.st_uid != ::geteuid()) return unusable(file_, "the file is somebody else's");
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) return unusable(file_, "others may read the file");
    std::array<char, 64 * 1024> buffer;
    const auto size = ::read(file.get(), buffer.data(), buffer.size());
    if (size < 0) return unusable(file_, std::strerror(errno));
    auto kept = parse_kept({buffer.data(), static_cast<std::size_t>(size)});
    wipe_bytes(buffer.data(), buffer.size());
    if (!kept) return unusable(file_, kept.error().message);
    return std::optional(*std::move(kept));
}

result<> credential_cache::write(const api::credentials& credentials, wall_time fetched_at) const {
    sweep_beside(file_);
    const auto text = to_json(credentials, fetched_at);
    return os::write_private_file(file_, text.expose(), os::private_file_mode::replace);
}

os::unique_descriptor credential_cache::lock(deadline until) const {
    const auto name = file_ + ".lock";
    os::unique_descriptor file(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    while (file && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (until.has_passed(std::chrono::steady_clock::now())) return {};
        std::this_thread::sleep_for(between_tries);
    }
    return file;
}

bool is_outage(errc code) noexcept {
    switch (code) {
        case errc::connection_failed:
        case errc::connection_closed:
        case errc::connection_truncated:
        case errc::deadline_exceeded: return true;
        // What else answers in the server's place is to be seen, not covered up.
        case errc::tls_failed:
        case errc::protocol_violation:
        case errc::invalid_configuration: return false;
        default: return describe(code).retryable;
    }
}

}  // namespace hourkey::cli

#include "server/dev/dev_emulator.hpp"

#include "core/encoding.hpp"
#include "crypto/random.hpp"
#include "emulator/control.hpp"
#include "emulator/declaration.hpp"
#include "emulator/emulator_server.hpp"
#include "emulator/sts_emulator.hpp"
#include "obs/log.hpp"
#include "os/private_file.hpp"

#include <array>
#include <filesystem>

namespace hourkey::server {
namespace {

constexpr std::string_view access_key = "AKIAHOURKEYDEV000001";
constexpr std::string_view hourkey_user = "arn:aws:iam::111122223333:user/hourkey";
constexpr std::string_view hourkey_account = "arn:aws:iam::111122223333:root";
constexpr std::string_view demo_role = "arn:aws:iam::444455556666:role/hourkey/hourkey-demo";

}  // namespace

dev_emulator::dev_emulator() : sts_(std::make_unique<emulator::sts_emulator>()) {
    std::array<unsigned char, 30> random{};
    crypto::fill_random(random);
    secret_key_ = to_base62(random, 40);
    sts_->put_user(access_key, secret_key_, hourkey_user);
}

result<std::unique_ptr<dev_emulator>> dev_emulator::start(const dev_folder& folder) {
    std::unique_ptr<dev_emulator> e(new dev_emulator);
    HK_CHECK(e->read_roles(folder.emulator_roles));
    e->sts_->on_roles_change([self = e.get(), file = folder.emulator_roles] { self->keep_roles(file); });
    HK_TRY(e->tls_, net::tls_server_context::load(folder.certificate, folder.key));
    emulator::server_settings settings;
    settings.tls = e->tls_.get();
    HK_TRY(e->server_, emulator::emulator_server::bind(e->reactor_, *e->sts_, settings));
    e->thread_ = std::thread([reactor = &e->reactor_] { reactor->run(); });
    return e;
}

result<> dev_emulator::read_roles(const std::string& file) {
    std::error_code unseen;
    if (!std::filesystem::exists(file, unseen)) return {};
    HK_TRY(const auto text, os::read_private_file(file));
    for (auto rest = text.expose(); !rest.empty();) {
        const auto end = rest.find('\n');
        const auto told = emulator::control(*sts_, rest.substr(0, end));
        if (told.status != 200)
            return failure(errc::invalid_configuration, "A role in " + file + " is none: " + told.body,
                           "Delete that line, or the file.");
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return {};
}

void dev_emulator::keep_roles(const std::string& file) {
    const std::lock_guard lock(writing_);
    std::string lines;
    for (const auto& r : sts_->roles()) lines += emulator::form_of(r) + "\n";
    const auto written = os::write_private_file(file, lines, os::private_file_mode::replace);
    if (!written)
        obs::log(obs::level::warn, "the emulator's roles are not kept",
                 {{"cause", written.error().text()}, {"file", file}});
}

dev_emulator::~dev_emulator() {
    reactor_.stop();
    if (thread_.joinable()) thread_.join();
}

std::string dev_emulator::url() const { return "https://127.0.0.1:" + std::to_string(server_->port()); }
std::string dev_emulator::principal_arn() const { return std::string(hourkey_user); }
std::string dev_emulator::role_arn() const { return std::string(demo_role); }

credentials::environment dev_emulator::base_environment() const {
    return [this](const std::string& name) -> std::optional<std::string_view> {
        if (name == "AWS_ACCESS_KEY_ID") return access_key;
        if (name == "AWS_SECRET_ACCESS_KEY") return secret_key_;
        if (name == "AWS_REGION") return "us-east-1";
        return std::nullopt;
    };
}

void dev_emulator::trust(const std::string& external_id) {
    emulator::role r;
    r.arn = demo_role;
    r.principals = {std::string(hourkey_account)};
    r.principal_arns = {std::string(hourkey_user)};
    r.external_ids = {external_id};
    sts_->put_role(std::move(r));
}

}  // namespace hourkey::server

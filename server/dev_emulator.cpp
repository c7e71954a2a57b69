#include "server/dev_emulator.hpp"

#include "core/encoding.hpp"
#include "crypto/random.hpp"
#include "emulator/emulator_server.hpp"
#include "emulator/sts_emulator.hpp"

#include <array>

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
    HK_TRY(e->tls_, net::tls_server_context::load(folder.certificate, folder.key));
    emulator::server_settings settings;
    settings.tls = e->tls_.get();
    HK_TRY(e->server_, emulator::emulator_server::bind(e->reactor_, *e->sts_, settings));
    e->thread_ = std::thread([reactor = &e->reactor_] { reactor->run(); });
    return e;
}

dev_emulator::~dev_emulator() {
    reactor_.stop();
    if (thread_.joinable()) thread_.join();
}

std::string dev_emulator::url() const { return "https://127.0.0.1:" + std::to_string(server_->port()); }
std::string dev_emulator::principal_arn() const { return std::string(hourkey_user); }
std::string dev_emulator::role_arn() const { return std::string(demo_role); }

sts::environment dev_emulator::base_environment() const {
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

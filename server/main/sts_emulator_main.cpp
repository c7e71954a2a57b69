#include "aws/known_regions.hpp"
#include "command/command_line.hpp"
#include "command/exit_code.hpp"
#include "crypto/certificate.hpp"
#include "emulator/declaration.hpp"
#include "emulator/emulator_server.hpp"
#include "emulator/fault.hpp"
#include "os/signals.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>

namespace {

using namespace hourkey;
namespace fs = std::filesystem;

struct options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 4599;
    bool plain = false;
    std::string cert_file, key_file;
    std::string ca_out = "hourkey-sts-emulator-ca.pem";
    std::vector<std::string> users, roles;
    std::string extra_regions;
    unsigned threads = 1;
};

// AWS documents this pair as an example (https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds.html); it is
// nobody's.
constexpr const char* example_user =
    "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY:arn:aws:iam::111122223333:user/hourkey";

constexpr const char* teaching = R"txt(
It verifies every signature, refuses parameters as STS does, evaluates role trust, issues sessions that really sign, and
fails in whatever way it is told to. It keeps nothing and reaches nobody. It answers AssumeRole,
AssumeRoleWithWebIdentity, GetCallerIdentity, GetFederationToken and GetSessionToken.

Try it:
  hourkey-sts-emulator --plain --role arn:aws:iam::444455556666:role/deploy,external-id=my-id &
  export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
  export AWS_DEFAULT_REGION=us-east-1
  aws --endpoint-url http://127.0.0.1:4599 sts assume-role --role-arn arn:aws:iam::444455556666:role/deploy \
      --role-session-name try-1 --external-id my-id

A whole trust policy, of several statements with Allow and Deny and every condition operator:
  hourkey-sts-emulator --role "arn:aws:iam::444455556666:role/deploy,trust-policy=$(cat trust.json)"
What IAM refuses in it is refused when it is declared, and so is what would not be evaluated: NotAction, policy
variables, BinaryEquals, condition keys whose value the emulator does not know (aws:PrincipalOrgID and the like).
aws:SourceIp is the address that connected.

Session policies are refused as IAM refuses them, by their form: elements, Sids, actions, resources, condition
operators, dates. Not evaluated at all: what a session policy lets a session do, the keys of its conditions and their
values but for dates, whether there are such users, managed policies, services and actions as a policy names, the
signature of a web identity's token, permissions of the caller, and which region this endpoint is in: a signature for
any region of AWS's holds, and one for another only with --extra-regions. PackedPolicySize is the plain size's share of
2,048 characters; AWS packs.

Over TLS (the default) the certificate's CA is made at start and written to --ca-out: AWS_CA_BUNDLE=that file.

Control door, from loopback only: POST /_emulator with form parameters
  Action=PutUser&AccessKeyId=..&SecretAccessKey=..&Arn=..[&MfaSerialNumber=..&MfaCode=..]
  Action=PutRole&RoleArn=..[&Principal.N=..][&PrincipalArn.N=..][&ExternalId.N=..][&MaxSessionDuration=..]
  Action=PutRole&RoleArn=..&AssumeRolePolicyDocument=JSON[&MaxSessionDuration=..]
  Action=DeleteRole&RoleArn=..
  Action=SetFault&Fault=NAME[&Count=N | &Every=K][&After=N][&Operation=..][&RoleArn=..][&DelayMs=..]    Action=ClearFaults
  Action=SetClockOffset&Seconds=..
  Action=History    Action=ClearHistory
  e.g. curl -d Action=SetFault -d Fault=throttling -d Count=2 http://127.0.0.1:4599/_emulator
A conn_ fault strikes the control door's new connections as well: give it a Count, or keep a connection open.

Faults:
)txt";

std::string all_help() {
    std::string out(teaching);
    for (const auto& row : emulator::all_faults()) {
        std::string name(row.name);
        name.resize(std::max<std::size_t>(name.size(), 24), ' ');
        out.append("  ").append(name).append(row.does).append("\n");
    }
    return out;
}

failure cannot_write(const std::string& path) {
    return failure(errc::invalid_configuration, "cannot write " + path, "Choose another file with --ca-out.");
}

/// A directory that only this user can enter, gone with the object.
class private_directory {
public:
    private_directory() {
        auto name = (fs::temp_directory_path() / "hourkey-sts-emulator-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~private_directory() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    private_directory(const private_directory&) = delete;
    private_directory& operator=(const private_directory&) = delete;
    [[nodiscard]] result<std::string> write(const std::string& name, std::string_view content) const {
        const auto file = (path_ / name).string();
        std::ofstream out(file, std::ios::binary);
        ::chmod(file.c_str(), S_IRUSR | S_IWUSR);
        if (path_.empty() || !(out << content).flush()) return cannot_write(file);
        return file;
    }

private:
    fs::path path_;
};

result<std::unique_ptr<net::tls_server_context>> self_made_tls(const options& o) {
    const auto now = system_clock().now();
    const crypto::validity valid{now - std::chrono::minutes(5), now + std::chrono::days(30)};
    HK_TRY(const auto authority, crypto::certificate_authority::make("hourkey STS emulator", valid));
    crypto::certificate_names names{{"localhost"}, {"127.0.0.1", "::1"}};
    if (o.address != "127.0.0.1" && o.address != "::1") names.ip.push_back(o.address);
    HK_TRY(const auto issued, authority.issue(names, valid));
    std::ofstream ca(o.ca_out, std::ios::binary);
    if (!(ca << authority.certificate()).flush()) return cannot_write(o.ca_out);
    // The context loads files; the key's are gone as soon as it has.
    const private_directory directory;
    HK_TRY(const auto cert_file, directory.write("cert.pem", issued.certificate));
    HK_TRY(const auto key_file, directory.write("key.pem", issued.key.expose()));
    return net::tls_server_context::load(cert_file, key_file);
}

result<std::unique_ptr<net::tls_server_context>> tls_of(const options& o) {
    if (o.plain) return std::unique_ptr<net::tls_server_context>();
    if (!o.cert_file.empty()) return net::tls_server_context::load(o.cert_file, o.key_file);
    return self_made_tls(o);
}

result<> declare(emulator::sts_emulator& sts, const options& o) {
    const auto users = o.users.empty() ? std::vector<std::string>{example_user} : o.users;
    for (const auto& text : users) {
        HK_TRY(const auto user, emulator::parse_declared_user(text));
        sts.put_user(user.access_key, user.secret_key, user.arn);
    }
    for (const auto& text : o.roles) {
        HK_TRY(auto role, emulator::parse_declared_role(text));
        sts.put_role(std::move(role));
    }
    return {};
}

void announce(const options& o, std::uint16_t port) {
    const auto host = o.address.find(':') == std::string::npos ? o.address : "[" + o.address + "]";
    std::cout << (o.plain ? "http://" : "https://") << host << ":" << port << " is ready";
    if (!o.plain && o.cert_file.empty()) std::cout << "; clients trust it by " << o.ca_out;
    std::cout << std::endl;
}

result<> serve(const options& o) {
    emulator::sts_emulator sts;
    HK_TRY(auto more_regions, aws::parse_region_list(o.extra_regions));
    sts.allow_regions(std::move(more_regions));
    HK_CHECK(declare(sts, o));
    HK_TRY(const auto tls, tls_of(o));

    std::list<net::reactor> reactors(o.threads);
    std::vector<std::unique_ptr<emulator::emulator_server>> servers;
    auto port = o.port;
    for (auto& reactor : reactors) {
        const auto use = o.threads > 1 ? emulator::port_use::shared : emulator::port_use::own;
        HK_TRY(auto server, emulator::emulator_server::bind(reactor, sts, {o.address, port, use, tls.get()}));
        port = server->port();
        servers.push_back(std::move(server));
    }

    os::hold_signals();
    std::vector<std::thread> threads;
    for (auto& reactor : reactors) threads.emplace_back([&reactor] { reactor.run(); });
    announce(o, port);
    static_cast<void>(os::wait_for_signal());
    for (auto& reactor : reactors) reactor.stop();
    for (auto& thread : threads) thread.join();
    return {};
}

int run(const options& o) {
    const auto served = serve(o);
    return served ? static_cast<int>(command::exit_ok) : command::report("hourkey-sts-emulator", served.error());
}

command::spec emulate_command() {
    auto o = std::make_shared<options>();
    return {
        .path = {},
        .summary = "An AWS STS for tests, quick starts and CI",
        .text = all_help(),
        .options =
            {
                {.name = "--address", .value = "ADDRESS", .text = "address to listen on", .target = &o->address},
                {.name = "--port",
                 .value = "PORT",
                 .text = "port to listen on; 0 takes a free one",
                 .target = &o->port},
                {.name = "--plain", .text = "HTTP instead of HTTPS", .target = &o->plain},
                {.name = "--cert-file",
                 .value = "FILE",
                 .text = "PEM certificate chain to serve with",
                 .target = &o->cert_file,
                 .form = command::value_form::file,
                 .needs = {"--key-file"},
                 .excludes = {"--plain"}},
                {.name = "--key-file",
                 .value = "FILE",
                 .text = "its PEM key, readable by its owner only",
                 .target = &o->key_file,
                 .form = command::value_form::file,
                 .needs = {"--cert-file"},
                 .excludes = {"--plain"}},
                {.name = "--ca-out",
                 .value = "FILE",
                 .text = "where the CA made at start is written",
                 .target = &o->ca_out,
                 .form = command::value_form::file,
                 .excludes = {"--plain", "--cert-file"}},
                {.name = "--user",
                 .value = "ACCESS_KEY:SECRET:ARN",
                 .text = "a user that signs; without any: " + std::string(example_user),
                 .target = &o->users},
                {.name = "--role",
                 .value = "ROLE_ARN[,KEY=VALUE...]",
                 .text = "a role; KEY is principal (an ARN), principal-arn, external-id, trust-policy (JSON) or "
                         "max-session-duration (seconds). Without principal and trust policy it trusts every user "
                         "and role known here",
                 .target = &o->roles},
                {.name = "--extra-regions",
                 .value = "REGION,...",
                 .text = "what AWS has opened since this version; signatures for any other unknown region are refused",
                 .target = &o->extra_regions},
                {.name = "--threads",
                 .value = "NUMBER",
                 .text = "reactors, each on a thread of its own",
                 .target = &o->threads,
                 .range = command::number_range{1, 64}},
            },
        .run = [o] { return run(*o); },
    };
}

command::program emulator_program() { return {.name = "hourkey-sts-emulator", .commands = {emulate_command()}}; }

}  // namespace

int main(int argc, char** argv) { return command::run(emulator_program(), argc, argv); }

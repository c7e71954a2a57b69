#include "credentials/credential_plan.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;

namespace {

using variables = std::map<std::string, std::string>;

result<credential_plan> plan(const variables& v, const std::string& config,
                             const std::optional<std::string>& chosen = std::nullopt, bool* read = nullptr) {
    const environment lookup = [&v](const std::string& name) -> std::optional<std::string_view> {
        const auto at = v.find(name);
        if (at != v.end()) return at->second;
        return name == "AWS_EC2_METADATA_DISABLED" ? std::optional<std::string_view>("true") : std::nullopt;
    };
    return plan_credentials(lookup, chosen, [&]() -> result<shared_profiles> {
        if (read) *read = true;
        HK_TRY(auto file, parse_profile_file(config, profile_file_kind::config));
        return shared_profiles{.profiles = std::move(file.profiles)};
    });
}

const std::string arn = "arn:aws:iam::111122223333:role/";
const variables env_keys{{"AWS_ACCESS_KEY_ID", "AKIAENV"}, {"AWS_SECRET_ACCESS_KEY", "envsecret"}};

const variables pod{{"AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token"}, {"AWS_ROLE_ARN", arn + "team/pod"}};

const variables task{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}},
    machine{{"AWS_EC2_METADATA_DISABLED", "false"}};

variables with(variables some, const variables& more) {
    for (const auto& [name, value] : more) some[name] = value;
    return some;
}

std::string sketch(const aws::credentials& keys) {
    return keys.access_key_id + (keys.is_temporary() ? "+token" : "") + (keys.expiration ? "+expiry" : "");
}
std::string sketch(const process_command& command) {
    std::string out;
    for (const auto& argument : command.arguments) out += "<" + argument + ">";
    return out;
}
std::string sketch(const web_identity& bearer) {
    return bearer.token_file + " > " + std::string(bearer.wanted.role.role_name()) + "/" + bearer.wanted.session.str() +
           "/" + std::to_string(bearer.wanted.duration.count());
}
std::string sketch(const container_endpoint& endpoint) {
    return "container " + endpoint.url.host + endpoint.url.target;
}
std::string sketch(const instance_metadata& service) { return "instance " + service.url.host; }

/// The plan in one line: root, steps, source.
std::string sketch(const credential_plan& p) {
    auto out = std::visit([](const auto& root) { return sketch(root); }, p.root);
    for (const auto& step : p.steps) {
        out += " > " + std::string(step.wanted.role.role_name()) + "/" + step.wanted.session.str() + "/" +
               std::to_string(step.wanted.duration.count());
        if (step.external_id) out += "/" + step.external_id->str();
    }
    return out + " (" + p.source + ")";
}

struct row {
    std::string name;
    variables env;
    std::string config;
    std::optional<std::string> chosen;
    std::string expected;
};

const std::string two_hops =
    "[default]\nrole_arn=" + arn + "outer\nsource_profile=middle\n[profile middle]\nrole_arn=" + arn +
    "inner\nsource_profile=root\nexternal_id=x:1\nrole_session_name=me\nduration_seconds=900\n[profile root]\n"
    "aws_access_key_id=AKIAROOT\naws_secret_access_key=s\n";

const std::vector<row> usable{
    {"environment", env_keys, "", {}, "AKIAENV (environment)"},
    {"environment with a token and its end",
     {{"AWS_ACCESS_KEY_ID", "ASIA"},
      {"AWS_SECRET_ACCESS_KEY", "s"},
      {"AWS_SESSION_TOKEN", "t"},
      {"AWS_CREDENTIAL_EXPIRATION", "2026-01-02T03:04:05Z"}},
     "",
     {},
     "ASIA+token+expiry (environment)"},
    {"the environment wins over AWS_PROFILE",
     {{"AWS_ACCESS_KEY_ID", "AKIAENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_PROFILE", "root"}},
     two_hops,
     {},
     "AKIAENV (environment)"},
    {"an explicitly chosen profile wins over the environment", env_keys, two_hops, "root", "AKIAROOT (profile root)"},
    {"default profile",
     {},
     "[default]\naws_access_key_id=AKIAFILE\naws_secret_access_key=s\naws_session_token=t\n",
     {},
     "AKIAFILE+token (profile default)"},
    {"AWS_PROFILE", {{"AWS_PROFILE", "root"}}, two_hops, {}, "AKIAROOT (profile root)"},
    {"AWS_DEFAULT_PROFILE", {{"AWS_DEFAULT_PROFILE", "root"}}, two_hops, {}, "AKIAROOT (profile root)"},
    {"AWS_PROFILE goes before AWS_DEFAULT_PROFILE",
     {{"AWS_PROFILE", "root"}, {"AWS_DEFAULT_PROFILE", "gone"}},
     two_hops,
     {},
     "AKIAROOT (profile root)"},
    {"an empty AWS_PROFILE does not",
     {{"AWS_PROFILE", ""}, {"AWS_DEFAULT_PROFILE", "root"}},
     two_hops,
     {},
     "AKIAROOT (profile root)"},
    {"the token's older name, in the environment",
     {{"AWS_ACCESS_KEY_ID", "ASIA"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SECURITY_TOKEN", "t"}},
     "",
     {},
     "ASIA+token (environment)"},
    {"the token's older name, in a file",
     {},
     "[default]\naws_access_key_id=ASIA\naws_secret_access_key=s\naws_security_token=t\n",
     {},
     "ASIA+token (profile default)"},
    {"an end without a colon in its zone",
     {{"AWS_ACCESS_KEY_ID", "ASIA"},
      {"AWS_SECRET_ACCESS_KEY", "s"},
      {"AWS_CREDENTIAL_EXPIRATION", "2026-01-02 03:04:05+0000"}},
     "",
     {},
     "ASIA+expiry (environment)"},
    {"a source with keys and a role is the end of the chain",
     {},
     "[default]\nrole_arn=" + arn + "r1\nsource_profile=b\n[profile b]\nrole_arn=" + arn +
         "r2\nsource_profile=c\naws_access_key_id=AKIAB\naws_secret_access_key=s\n[profile "
         "c]\naws_access_key_id=AKIAC\naws_secret_access_key=s\n",
     {},
     "AKIAB > r1/hourkey/3600 (profile default)"},
    {"whatever that role asks for",
     {},
     "[default]\nrole_arn=" + arn +
         "r1\nsource_profile=b\n[profile b]\nrole_arn=no role\nmfa_serial=x\ncredential_source=Nowhere\n"
         "aws_access_key_id=AKIAB\naws_secret_access_key=s\n",
     {},
     "AKIAB > r1/hourkey/3600 (profile default)"},
    {"an empty variable is not set",
     {{"AWS_PROFILE", ""}, {"AWS_ACCESS_KEY_ID", ""}},
     "[default]\naws_access_key_id=AKIAFILE\naws_secret_access_key=s\n",
     {},
     "AKIAFILE (profile default)"},
    {"credential_process",
     {},
     "[default]\ncredential_process = /bin/tool 'a b' --c\n",
     {},
     "</bin/tool><a b><--c> (profile default)"},
    {"two roles, the inner first",
     {},
     two_hops,
     {},
     "AKIAROOT > inner/me/900/x:1 > outer/hourkey/3600 (profile default)"},
    {"a profile that is its own source",
     {},
     "[default]\nrole_arn=" + arn + "r\nsource_profile=default\naws_access_key_id=AKIASELF\naws_secret_access_key=s\n",
     {},
     "AKIASELF > r/hourkey/3600 (profile default)"},
    {"role_arn wins over keys beside it",
     {},
     "[default]\nrole_arn=" + arn +
         "r\nsource_profile=k\naws_access_key_id=AKIANOT\naws_secret_access_key=s\n[profile "
         "k]\naws_access_key_id=AKIAK\naws_secret_access_key=s\n",
     {},
     "AKIAK > r/hourkey/3600 (profile default)"},
    {"credential_source Environment", env_keys, "[profile p]\nrole_arn=" + arn + "r\ncredential_source=Environment\n",
     "p", "AKIAENV > r/hourkey/3600 (profile p)"},
    // Where the SDKs differ among themselves, or hourkey from botocore; docs/OPERATIONS.md names these.
    {"keys beside credential_process: the keys, as in the credentials file, and no program is run for what is there",
     {},
     "[default]\ncredential_process=tool\naws_access_key_id=AKIAFILE\naws_secret_access_key=s\n",
     {},
     "AKIAFILE (profile default)"},
    {"keys beside SSO: the keys, since hourkey has no SSO token that could be wrong",
     {},
     "[default]\nsso_start_url=https://x\nsso_region=eu-west-1\nsso_account_id=111122223333\nsso_role_name=r\n"
     "aws_access_key_id=AKIAFILE\naws_secret_access_key=s\n",
     {},
     "AKIAFILE (profile default)"},
    {"keys beside a web identity, in a source: the web identity",
     {},
     "[default]\nrole_arn=" + arn + "r\nsource_profile=b\n[profile b]\nrole_arn=" + arn +
         "w\nweb_identity_token_file=/x\naws_access_key_id=AKIAB\naws_secret_access_key=s\n",
     {},
     "/x > w/hourkey/3600 > r/hourkey/3600 (profile default)"},
    {"a container's endpoint, where nothing else is set up",
     task,
     "",
     {},
     "container 169.254.170.2/v2/x (container endpoint)"},
    {"a profile without a source leaves it its turn",
     with(task, {{"AWS_PROFILE", "p"}}),
     "[profile p]\nregion=eu-west-1\n",
     {},
     "container 169.254.170.2/v2/x (container endpoint)"},
    {"a profile's keys go before it", task, two_hops, "root", "AKIAROOT (profile root)"},
    {"web identity before it", with(pod, task), "", {}, "/var/run/token > pod/hourkey/3600 (web identity)"},
    {"the container's before the instance's",
     with(task, machine),
     "",
     {},
     "container 169.254.170.2/v2/x (container endpoint)"},
    {"the instance's at last",
     machine,
     "[default]\nregion=eu-west-1\n",
     {},
     "instance 169.254.169.254 (instance metadata)"},
    {"a role from a container's endpoint",
     task,
     "[default]\nrole_arn=" + arn + "r\ncredential_source=EcsContainer\n",
     {},
     "container 169.254.170.2/v2/x > r/hourkey/3600 (profile default)"},
    {"a role from the instance's",
     machine,
     "[default]\nrole_arn=" + arn + "r\ncredential_source=Ec2InstanceMetadata\n",
     {},
     "instance 169.254.169.254 > r/hourkey/3600 (profile default)"},
    {"the service's place out of a profile that has nothing else",
     machine,
     "[default]\nregion=eu-west-1\nec2_metadata_service_endpoint=http://127.0.0.1:1338\n",
     {},
     "instance 127.0.0.1 (instance metadata)"},
    {"the service's place out of the chosen profile, not out of its source",
     machine,
     "[default]\nrole_arn=" + arn +
         "r\nsource_profile=inner\nec2_metadata_service_endpoint_mode=IPv6\n[profile inner]\n" + "role_arn=" + arn +
         "s\ncredential_source=Ec2InstanceMetadata\nec2_metadata_service_endpoint=http://127.0.0.1:1\n",
     {},
     "instance fd00:ec2::254 > s/hourkey/3600 > r/hourkey/3600 (profile default)"},
    {"web identity of the environment", pod, "", {}, "/var/run/token > pod/hourkey/3600 (web identity)"},
    {"with a session name of its own",
     with(pod, {{"AWS_ROLE_SESSION_NAME", "me"}}),
     "",
     {},
     "/var/run/token > pod/me/3600 (web identity)"},
    {"keys of the environment before it", with(pod, env_keys), "", {}, "AKIAENV (environment)"},
    {"it before a profile's keys",
     pod,
     "[default]\naws_access_key_id=AKIAFILE\naws_secret_access_key=s\n",
     {},
     "/var/run/token > pod/hourkey/3600 (web identity)"},
    {"a profile's role before it",
     pod,
     two_hops,
     {},
     "AKIAROOT > inner/me/900/x:1 > outer/hourkey/3600 (profile default)"},
    {"a profile that was chosen by name switches it off", pod, two_hops, "root", "AKIAROOT (profile root)"},
    {"a profile's own web identity after the environment's",
     pod,
     "[default]\nrole_arn=" + arn + "w\nweb_identity_token_file=/x\n",
     {},
     "/var/run/token > pod/hourkey/3600 (web identity)"},
    {"a profile's own web identity, with what it says of the session",
     {},
     "[default]\nrole_arn=" + arn + "w\nweb_identity_token_file=/x\nrole_session_name=me\nduration_seconds=900\n",
     {},
     "/x > w/me/900 (profile default)"},
    {"a profile's own web identity goes before a source of its role",
     {},
     "[default]\nrole_arn=" + arn + "w\nweb_identity_token_file=/x\nsource_profile=default\n" +
         "aws_access_key_id=AKIAB\naws_secret_access_key=s\n",
     {},
     "/x > w/hourkey/3600 (profile default)"},
    {"both profile variables: AWS_PROFILE, the one that all SDKs know",
     {{"AWS_PROFILE", "root"}, {"AWS_DEFAULT_PROFILE", "middle"}},
     two_hops,
     {},
     "AKIAROOT (profile root)"},
    {"role from a credential_process",
     {},
     "[default]\nrole_arn=" + arn + "r\nsource_profile=p\n[profile p]\ncredential_process=tool\n",
     {},
     "<tool> > r/hourkey/3600 (profile default)"},
};

const std::string role_line = "[default]\nrole_arn=" + arn + "r\n";
const std::string key_lines = "aws_access_key_id=AKIA\naws_secret_access_key=hunter2\n";

const std::vector<row> wrong_sources{
    {"nothing at all", {}, "", {}, "environment: AWS_ACCESS_KEY_ID is not set; profile default is not in the shared"},
    {"key without secret",
     {{"AWS_ACCESS_KEY_ID", "AKIA"}},
     "[default]\n" + key_lines,
     {},
     "without AWS_SECRET_ACCESS_KEY"},
    // botocore goes on to the file: who has set half a key meant this one.
    {"secret without key",
     {{"AWS_SECRET_ACCESS_KEY", "hunter2"}},
     "[default]\n" + key_lines,
     {},
     "without AWS_ACCESS_KEY_ID"},
    {"an environment expiry that is no time",
     {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_CREDENTIAL_EXPIRATION", "soon"}},
     "",
     {},
     "AWS_CREDENTIAL_EXPIRATION"},
    {"a key id that would break a header",
     {{"AWS_ACCESS_KEY_ID", "AKIA/x"}, {"AWS_SECRET_ACCESS_KEY", "s"}},
     "",
     {},
     "access key id"},
    {"a secret with a line end",
     {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "hunter2\n"}},
     "",
     {},
     "secret access key"},
    {"a token with a blank",
     {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "hunter2 "}},
     "",
     {},
     "session token"},
    {"a profile that is not there",
     {{"AWS_PROFILE", "gone"}},
     "[default]\n" + key_lines,
     {},
     "profile gone (AWS_PROFILE) is not in the shared"},
    {"another that is not there",
     {{"AWS_DEFAULT_PROFILE", "gone"}},
     "[default]\n" + key_lines,
     {},
     "profile gone (AWS_DEFAULT_PROFILE) is not in"},
    {"a source with half a key and a role",
     {},
     role_line + "source_profile=b\n[profile b]\nrole_arn=" + arn +
         "b\nsource_profile=default\naws_access_key_id=AKIA\n",
     {},
     "profile b has aws_access_key_id without aws_secret_access_key"},
    {"a secret in quotes",
     {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "\"hunter2\""}},
     "",
     {},
     "(AWS_SECRET_ACCESS_KEY) is in quotes"},
    {"a token in quotes",
     {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "'hunter2'"}},
     "",
     {},
     "(AWS_SESSION_TOKEN) is in quotes"},
    {"half a key in the file", {}, "[default]\naws_access_key_id=AKIA\n", {}, "without aws_secret_access_key"},
    {"the other half", {}, "[default]\naws_secret_access_key=hunter2\n", {}, "without aws_access_key_id"},
    {"a profile with nothing",
     {},
     "[default]\nregion=eu-west-1\n",
     {},
     "neither keys nor credential_process nor role_arn"},
    {"single sign-on",
     {},
     "[default]\nsso_session=x\n",
     {},
     "uses sso_session, which hourkey does not read; make another profile with credential_process = aws configure "
     "export-credentials --profile default "
     "--format "
     "process"},
    {"web identity without a role",
     {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/x"}},
     "",
     {},
     "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN"},
    {"web identity for what is no role",
     {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/x"}, {"AWS_ROLE_ARN", "hunter2"}},
     "",
     {},
     "AWS_ROLE_ARN is no role's ARN"},
    {"web identity with a session that has no name",
     with(pod, {{"AWS_ROLE_SESSION_NAME", "hunter2 "}}),
     "",
     {},
     "AWS_ROLE_SESSION_NAME is not 2..64"},
    {"web identity beside a profile that is named and not there",
     with(pod, {{"AWS_PROFILE", "gone"}}),
     "",
     {},
     "profile gone (AWS_PROFILE)"},
    {"a container's endpoint at another machine",
     {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://10.0.0.1/hunter2"}},
     "",
     {},
     "AWS_CONTAINER_CREDENTIALS_FULL_URI is http:// to another machine"},
    {"a profile that is named and not there, beside one",
     with(task, {{"AWS_PROFILE", "gone"}}),
     "",
     {},
     "profile gone (AWS_PROFILE)"},
    {"a profile that is chosen, without a source", task, "[profile p]\nregion=eu-west-1\n", "p", "neither keys nor"},
    {"a profile's web identity without a role",
     {},
     "[default]\nweb_identity_token_file=/x\n",
     {},
     "web_identity_token_file without role_arn"},
    {"a role without a source", {}, role_line, {}, "neither source_profile nor credential_source"},
    {"a role with two sources", {}, role_line + "source_profile=a\ncredential_source=Environment\n", {}, "both"},
    {"instance metadata",
     {},
     role_line + "credential_source=Ec2InstanceMetadata\n",
     {},
     "AWS_EC2_METADATA_DISABLED is true"},
    {"a container",
     {},
     role_line + "credential_source=EcsContainer\n",
     {},
     "AWS_CONTAINER_CREDENTIALS_FULL_URI are not set"},
    {"another credential_source", {}, role_line + "credential_source=environment\n", {}, "unknown credential_source"},
    {"credential_source Environment without one", {}, role_line + "credential_source=Environment\n", {}, "are not set"},
    {"MFA", {}, role_line + "source_profile=default\nmfa_serial=arn:aws:iam::1:mfa/me\n" + key_lines, {}, "mfa_serial"},
    {"a role_arn that is none",
     {},
     "[default]\nrole_arn=role\nsource_profile=default\n" + key_lines,
     {},
     "no role's ARN"},
    {"a session name with a blank",
     {},
     role_line + "source_profile=default\nrole_session_name=a b\n" + key_lines,
     {},
     "role_session_name"},
    {"an external id in quotes",
     {},
     role_line + "source_profile=default\nexternal_id=\"id\"\n" + key_lines,
     {},
     "external_id"},
    {"an external id of one character",
     {},
     role_line + "source_profile=default\nexternal_id=x\n" + key_lines,
     {},
     "external_id"},
    {"a duration that is short",
     {},
     role_line + "source_profile=default\nduration_seconds=899\n" + key_lines,
     {},
     "duration_seconds"},
    {"a duration that is long",
     {},
     role_line + "source_profile=default\nduration_seconds=43201\n" + key_lines,
     {},
     "duration_seconds"},
    {"a duration that is no number",
     {},
     role_line + "source_profile=default\nduration_seconds=1h\n" + key_lines,
     {},
     "duration_seconds"},
    {"a source that is not there", {}, role_line + "source_profile=gone\n", {}, "source_profile gone"},
    {"its own source without keys", {}, role_line + "source_profile=default\ncredential_process=x\n", {}, "circle"},
    {"a circle of two",
     {},
     role_line + "source_profile=b\n[profile b]\nrole_arn=" + arn + "b\nsource_profile=default\n",
     {},
     "circle"},
    {"a circle of two, with keys in the first",
     {},
     role_line + "source_profile=b\n" + key_lines + "[profile b]\nrole_arn=" + arn + "b\nsource_profile=default\n",
     {},
     "circle"},
    {"an open quote in credential_process", {}, "[default]\ncredential_process=tool 'hunter2\n", {}, "open quote"},
};

}  // namespace

TEST_CASE("the credential chain picks one source and says which") {
    for (const auto& r : usable) {
        CAPTURE(r.name);
        const auto got = plan(r.env, r.config, r.chosen);
        REQUIRE_MESSAGE(got.has_value(), got.error().hint);
        CHECK(sketch(*got) == r.expected);
    }
}

TEST_CASE("a source that is there but wrong ends the chain, and the hint tells what is wrong") {
    for (const auto& r : wrong_sources) {
        CAPTURE(r.name);
        const auto got = plan(r.env, r.config, r.chosen);
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::base_credentials_unavailable);
        INFO(got.error().hint);
        CHECK(got.error().hint.find(r.expected) != std::string::npos);
        CHECK(got.error().hint.find("hunter2") == std::string::npos);
        CHECK(got.error().cause.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("the shared files are not read when the environment holds a key") {
    bool read = false;
    REQUIRE(plan(env_keys, "", {}, &read).has_value());
    CHECK_FALSE(read);
    CHECK_FALSE(plan({}, "", {}, &read).has_value());
    CHECK(read);
}

#include "clients/cli/commands/commands.hpp"

#include "clients/cli/aws_files.hpp"
#include "clients/cli/contexts.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/profile_text.hpp"
#include "clients/cli/settings.hpp"
#include "clients/cli/vend.hpp"
#include "core/character_set.hpp"
#include "os/replaced_file.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <sstream>

namespace hourkey::cli {
namespace {

namespace fs = std::filesystem;
using std::string;

struct configure_options {
    server_flags server;
    vend_flags vend;
    string profile;
    bool remove = false;
};

/// A word of the command line that the SDKs take apart: some as a shell does, some by blanks and quotes alone.
result<string> word(const string& text) {
    constexpr auto plain = character_set::alphanumeric_and("-_./:@%+=,~");
    constexpr auto quotable = character_set::alphanumeric_and("-_./:@%+=,~ ()[]#&;");
    if (!text.empty() && std::ranges::all_of(text, [&](char c) { return plain.has(c); })) return text;
    if (std::ranges::all_of(text, [&](char c) { return quotable.has(c); })) return '"' + text + '"';
    return failure(errc::invalid_configuration, "'" + text + "' holds a character that not every SDK reads.",
                   "Put the file where its path is plain.");
}

/// Under the name by which it is found, which stays when a new version takes its place.
string own_path() {
    std::error_code failed;
    const auto self = fs::read_symlink("/proc/self/exe", failed).string();
    std::istringstream folders{string(find_variable(process_environment, "PATH").value_or(""))};
    for (string folder; std::getline(folders, folder, ':');) {
        const auto there = folder + "/hourkey";
        if (folder.starts_with('/') && fs::canonical(there, failed).string() == self && !failed) return there;
    }
    return self;
}

class command_text {
public:
    result<> add(const string& text) {
        HK_TRY(const auto one, word(text));
        text_ += (text_.empty() ? "" : " ") + one;
        return {};
    }
    result<> add(const string& option, const string& value) {
        if (value.empty()) return {};
        HK_CHECK(add(option));
        return add(value);
    }
    result<> add_file(const string& option, const string& file) {
        return add(option, file.empty() ? file : fs::absolute(file).string());
    }
    [[nodiscard]] string take() { return std::move(text_); }

private:
    string text_;
};

/// With all that makes it the same in any environment: the context by its name, or the server and its files.
result<string> process_for(const configure_options& options) {
    command_text out;
    HK_CHECK(out.add(own_path()));
    HK_CHECK(out.add("credential-process"));
    HK_CHECK(out.add(options.vend.connection));
    HK_TRY(const auto path, contexts_path(process_environment));
    HK_TRY(const auto list, load_contexts(path));
    HK_TRY(const auto chosen, choose_server(options.server, process_environment, list));
    auto name = options.server.context;
    if (name.empty()) name = find_variable(process_environment, "HOURKEY_CONTEXT").value_or(list.current);
    const auto within = list.contexts.find(name);
    const bool is_of_context = within != list.contexts.end() && chosen.token_from == "the context '" + name + "'";
    if (is_of_context) {
        HK_CHECK(out.add("--context", name));
    } else {
        HK_CHECK(out.add("--server", chosen.url.value));
        HK_CHECK(out.add_file("--token-file", chosen.token_file));
        HK_CHECK(out.add_file("--cacert", chosen.ca_file.value));
        if (chosen.token_file.empty())
            note("The profile holds no token: HOURKEY_TOKEN or HOURKEY_TOKEN_FILE must be set wherever it is used.");
    }
    const auto& v = options.vend;
    if (v.duration_seconds != 0) HK_CHECK(out.add("--duration-seconds", std::to_string(v.duration_seconds)));
    if (v.min_ttl_seconds != 0) HK_CHECK(out.add("--min-ttl-seconds", std::to_string(v.min_ttl_seconds)));
    HK_CHECK(out.add("--stage", v.stage));
    HK_CHECK(out.add("--service", v.service));
    HK_CHECK(out.add("--project", v.project));
    return out.take();
}

result<> check_no_keys(const string& profile) {
    HK_TRY(const auto file, credentials_path(process_environment));
    HK_TRY(const auto text, read_aws_file(file));
    if (!has_static_keys(text, profile)) return {};
    return failure(
        errc::invalid_configuration,
        "The profile '" + profile + "' has keys in " + file + ", which nearly every tool would take instead.",
        "Take another name with --profile, or delete them there.");
}

result<> write(const string& file, const string& text) {
    std::error_code failed;
    const auto folder = fs::path(file).parent_path();
    if (!folder.empty() && fs::create_directories(folder, failed))
        fs::permissions(folder, fs::perms::owner_all, failed);
    return os::replace_file(file, text);
}

result<> configure(const configure_options& options) {
    HK_CHECK(connection_of(options.vend));
    const auto profile = options.profile.empty() ? options.vend.connection : options.profile;
    if (!is_profile_name(profile))
        return invalid_field("--profile", "is no name that every tool reads.", "Use letters, digits and -_.@/+");
    HK_TRY(const auto file, config_path(process_environment));
    HK_TRY(const auto text, read_aws_file(file));
    if (options.remove) {
        HK_TRY(const auto without, without_profile(text, profile));
        HK_CHECK(write(file, without));
        return print_line("The profile '" + profile + "' is no longer hourkey's in " + file + ".");
    }
    HK_CHECK(check_no_keys(profile));
    profile_settings wanted{.profile = profile, .credential_process = {}};
    HK_TRY(wanted.credential_process, process_for(options));
    if (!options.vend.region.empty()) wanted.region = options.vend.region;
    HK_TRY(const auto with, with_profile(text, wanted));
    if (with != text) HK_CHECK(write(file, with));
    note("JavaScript's SDK v2 and the Serverless Framework v3 read " + file +
         " only with AWS_SDK_LOAD_CONFIG=1. On a "
         "machine with a role of its own set AWS_EC2_METADATA_DISABLED=true, or some tools take that role when hourkey "
         "refuses.");
    if (profile != "default")
        note("The Serverless Framework v1 to v3 and osls 3 refuse a named profile of this kind: use `hourkey exec`.");
    return print_line("The profile '" + profile + "' in " + file + " gets its credentials from hourkey.");
}

}  // namespace

command::spec configure_command() {
    auto o = std::make_shared<configure_options>();
    return {
        .path = "configure",
        .summary = "Write a profile of ~/.aws/config that gets its credentials from hourkey",
        .text =
            "Every tool that takes AWS_PROFILE or --profile can use it, and has it refreshed. All else in the file "
            "stays as it is, byte for byte. A profile that has something which tools would take instead is refused. "
            "AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE are honoured.",
        .options =
            with_vend_options(o->vend, o->server,
                              {{.name = "--profile",
                                .value = "NAME",
                                .text = "the profile; else the connection's name",
                                .target = &o->profile},
                               {.name = "--remove", .text = "take away what was written", .target = &o->remove}}),
        .examples = {{"hourkey configure demo --region eu-west-1", "Then: aws --profile demo s3 ls"},
                     {"hourkey configure demo --remove", "As if it had not been"}},
        .run = ordinary_command([o] { return configure(*o); }),
    };
}

}  // namespace hourkey::cli

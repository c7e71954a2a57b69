#include "clients/cli/diagnosis.hpp"

#include "clients/cli/child_environment.hpp"
#include "clients/cli/profile_text.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::cli {
namespace {

using std::string;
using std::string_view;

constexpr string_view by_exec = "`hourkey exec` leaves it out; else unset it.";

class findings {
public:
    void bad(string_view subject, string what, string_view fix) { add(severity::bad, subject, std::move(what), fix); }
    void doubt(string_view subject, string what, string_view fix) {
        add(severity::doubtful, subject, std::move(what), fix);
    }
    void good(string_view subject, string what) { add(severity::good, subject, std::move(what), {}); }
    [[nodiscard]] std::vector<finding> take() { return std::move(all_); }
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

private:
    void add(severity how, string_view subject, string what, string_view fix) {
        all_.push_back({how, string(subject), std::move(what), string(fix)});
    }
    std::vector<finding> all_;
};

class variables {
public:
    explicit variables(const std::vector<string_view>& entries) : entries_(entries) {}
    /// Empty: none, or an empty one.
    [[nodiscard]] string_view value(string_view name) const {
        for (const auto entry : entries_)
            if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
                return entry.substr(name.size() + 1);
        return {};
    }
    [[nodiscard]] bool has(string_view name) const { return !value(name).empty(); }

private:
    const std::vector<string_view>& entries_;
};

void look_at_variables(findings& out, const machine& here) {
    const variables set(here.entries);
    const auto before = out.size();
    if (set.has("AWS_ACCESS_KEY_ID"))
        out.doubt("variables", "AWS_ACCESS_KEY_ID is set: its keys win over profiles and container endpoints.",
                  by_exec);
    for (const auto* name : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
        if (set.has(name))
            out.doubt("variables",
                      string(name) +
                          " is set: JavaScript v3 and osls 4 take it before keys in variables, and most fail "
                          "when there is no such profile.",
                      by_exec);
    if (set.has("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
        out.doubt(
            "variables",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set: botocore and JavaScript v3 take it before the full URI.",
            by_exec);
    if (set.has("AWS_WEB_IDENTITY_TOKEN_FILE"))
        out.doubt("variables", "AWS_WEB_IDENTITY_TOKEN_FILE is set: tools assume its role before a profile's.",
                  by_exec);
    if (set.has("AWS_CONTAINER_AUTHORIZATION_TOKEN") && set.has("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
        out.doubt("variables",
                  "Both the token and the token's file of the container endpoint are set: SDKs differ in "
                  "which they take.",
                  "Unset one of them.");
    if (set.value("AWS_CONTAINER_CREDENTIALS_FULL_URI").starts_with("https://"))
        out.doubt("variables",
                  "AWS_CONTAINER_CREDENTIALS_FULL_URI is an https address: botocore before 1.42.5 and AWS CLI before "
                  "that take none, and no botocore takes a private CA for it.",
                  "Use `hourkey exec`, or a profile of `hourkey configure`.");
    for (const auto& name : stage_variables(here.entries))
        out.doubt("variables", name + " is set: the Serverless Framework takes it for that stage before all else.",
                  by_exec);
    if (out.size() == before) out.good("variables", "None leads to another identity.");
}

void look_at_files(findings& out, const machine& here) {
    const auto before = out.size();
    if (has_static_keys(here.credentials.text, "default"))
        out.bad("default keys",
                here.credentials.path +
                    " has keys under [default]: every tool takes them before a container endpoint, and "
                    "nearly every one before a credential_process of [default].",
                "Give them a name of their own, or delete them; `hourkey exec` hides them.");
    if (has_key(here.config.text, "default", "credential_process"))
        out.doubt("default profile",
                  here.config.path +
                      " has a credential_process under [default]: keys under [default] of the credentials "
                      "file win over it.",
                  "Use a named profile wherever the tool reads one.");
    if (here.config.text.find("credential-process ") != string::npos &&
        variables(here.entries).value("AWS_SDK_LOAD_CONFIG").empty())
        out.doubt("AWS_SDK_LOAD_CONFIG",
                  "A profile is hourkey's: JavaScript v2 and the Serverless Framework v3 read it only with "
                  "AWS_SDK_LOAD_CONFIG=1.",
                  "Set it, or use `hourkey exec`.");
    if (here.container_token_file &&
        (here.container_token_file->text.ends_with('\n') || here.container_token_file->text.ends_with('\r')))
        out.bad("token file",
                here.container_token_file->path +
                    " ends with a line's end: botocore refuses the token, JavaScript v2 crashes.",
                "Write it with printf %s.");
    if (out.size() == before) out.good("files", "No keys under [default], and no profile that is read by some only.");
}

void look_at_role(findings& out, const machine& here) {
    const bool is_off = variables(here.entries).value("AWS_EC2_METADATA_DISABLED") == "true";
    if (!here.metadata_answers)
        out.good("machine's role", "No metadata service answers.");
    else if (is_off)
        out.good("machine's role", "The metadata service answers, and AWS_EC2_METADATA_DISABLED keeps tools from it.");
    else
        out.bad("machine's role",
                "The metadata service answers: JavaScript v2 and v3, Java v2, Serverless v3 and osls 3 sign with the "
                "machine's role, in silence, when hourkey refuses or cannot be reached.",
                "Set AWS_EC2_METADATA_DISABLED=true; `hourkey exec` does.");
}

}  // namespace

std::vector<finding> diagnose(const machine& here) {
    findings out;
    look_at_variables(out, here);
    look_at_files(out, here);
    look_at_role(out, here);
    return out.take();
}

}  // namespace hourkey::cli

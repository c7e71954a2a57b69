#include "credentials/sources/credential_process.hpp"

#include "credentials/access_key.hpp"
#include "credentials/expiration_text.hpp"
#include "credentials/split_arguments.hpp"
#include "os/child_process.hpp"

#include <utility>

namespace hourkey::credentials {

result<process_command> process_of_profile(const profile& p, const std::string& name) {
    auto arguments = split_arguments(*p.find("credential_process"));
    if (!arguments) return unusable_profile(name, "cannot be used: " + std::string(arguments.error().text()));
    return process_command{*std::move(arguments)};
}

task<result<fetched_keys>> fetch(process_command command, fetch_tools tools) {
    const auto document =
        co_await os::run_child(std::move(command.arguments), tools.within(tools.settings.process_timeout));
    if (!document)
        co_return unusable("credential_process " + document.error().what + "; run it by hand and repair it",
                           document.error().cause);
    auto output = read_process_output_json(document->expose());
    // The reader's own words might quote the document.
    if (!output)
        co_return unusable(
            "credential_process wrote no valid JSON document with Version, AccessKeyId and SecretAccessKey");
    HK_CO_TRY(auto keys, judge_process_output(*output));
    co_return fetched_keys{std::move(keys)};
}

result<aws::credentials> judge_process_output(const process_output& output) {
    if (output.version != 1) return unusable("credential_process wrote a document of another Version than 1");
    std::optional<wall_time> expiration;
    if (!output.expiration.empty()) {
        const auto parsed = parse_expiration(output.expiration);
        if (!parsed)
            return unusable(
                "credential_process wrote an Expiration that is no time with its zone, such as 2026-11-22T02:59:40Z");
        expiration = *parsed;
    }
    return make_credentials(output.access_key_id, output.secret_access_key.expose(), output.session_token.expose(),
                            expiration, "credential_process", {"AccessKeyId", "SecretAccessKey", "SessionToken"});
}

}  // namespace hourkey::credentials

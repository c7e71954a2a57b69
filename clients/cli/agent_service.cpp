#include "clients/cli/agent_service.hpp"

#include "clients/cli/agent_source.hpp"
#include "clients/cli/output/report.hpp"
#include "core/number.hpp"
#include "core/time_text.hpp"

#include <iterator>
#include <utility>

namespace hourkey::cli {
namespace {

struct place {
    std::string address;
    std::uint16_t port = 0;
};

result<place> place_of(const std::string& text) {
    const auto colon = text.rfind(':');
    const auto port = colon == std::string::npos ? std::nullopt : parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!port) {
        return failure(errc::invalid_configuration, "--listen has no port.",
                       "Write ADDRESS:PORT, as in 127.0.0.1:0, where 0 takes a free one.");
    }
    auto address = text.substr(0, colon);
    if (address.size() > 2 && address.front() == '[' && address.back() == ']')
        address = address.substr(1, address.size() - 2);
    return place{.address = std::move(address), .port = *port};
}

std::string told(const agent::notice& n) {
    const auto name = "'" + n.connection.str() + "'";
    switch (n.told) {
        case agent::notice::what::served_on:
            return "The credentials of " + name + " cannot be renewed, and are handed out on until " +
                   to_rfc3339(n.until) + ": " + std::string(n.why.text());
        case agent::notice::what::back: return "The credentials of " + name + " are renewed again.";
        case agent::notice::what::refused:
            return "The credentials of " + name + " are handed out no longer: " + std::string(n.why.text()) +
                   (n.why.request_id ? " (request " + *n.why.request_id + ")" : std::string());
        case agent::notice::what::clock: return clock_warning(n.clock_offset);
    }
    return {};
}

void tell(const agent::notice& n) {
    if (const auto sentence = told(n); !sentence.empty()) note(sentence);
}

}  // namespace

std::vector<command::option> with_agent_options(agent_flags& flags, std::vector<command::option> own) {
    own.push_back({.name = "--listen",
                   .value = "ADDRESS:PORT",
                   .text = "where the agent listens; port 0: a free one",
                   .target = &flags.listen});
    own.push_back({.name = "--imds",
                   .text = "the agent also answers as an EC2 machine's metadata service (IMDSv2), for tools that know "
                           "nothing else; there every process of this user has the credentials",
                   .target = &flags.imitates_metadata});
    return own;
}

result<std::unique_ptr<agent_service>> agent_service::open(const agent_plan& plan) {
    HK_TRY(const auto where, place_of(plan.agent.listen));
    std::unique_ptr<agent_service> out(new agent_service);
    HK_TRY(out->session_, open_session(plan.server));
    agent::settings with;
    with.connections = plan.connections;
    with.keeps.renews = plan.renews;
    with.keeps.tell = tell;
    with.keeps.fetch_time = out->session_->settings().patience;
    with.imitates_metadata = plan.agent.imitates_metadata;
    with.region = plan.vend.region;
    auto& on = out->session_->reactor();
    out->endpoint_.emplace(on, make_agent_source(*out->session_, plan.server, request_of(plan.vend)), std::move(with));
    out->imitates_metadata_ = plan.agent.imitates_metadata;
    HK_CHECK(out->endpoint_->listen_tcp(where.address, where.port));
    return out;
}

result<agent::keeper::handed> agent_service::prefetch(const connection_name& connection) {
    return session_->wait(endpoint_->get(connection, session_->until()));
}

void agent_service::add_metadata(environment_changes& to) const {
    if (!imitates_metadata_) return;
    for (auto& one : to.set)
        if (one.name == "AWS_EC2_METADATA_DISABLED") one.value = "false";
    to.set.push_back({"AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint_->url() + "/"});
}

}  // namespace hourkey::cli

#include "clients/cli/commands/commands.hpp"

#include "clients/cli/credential_cache.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/output/terminal.hpp"
#include "clients/cli/vend.hpp"
#include "core/time_text.hpp"
#include "json/writer.hpp"

#include <cstdio>
#include <memory>
#include <utility>

namespace hourkey::cli {
namespace {

struct credential_process_options {
    server_flags server;
    vend_flags vend;
    bool no_cache = false;
    bool explain = false;
};

/// What is said beside an answer. Some SDKs show what a credential_process writes to standard error even when all went
/// well: so only a person who looks, or who asks for it, is told.
class remarks {
public:
    explicit remarks(bool wanted) : wanted_(wanted || this_terminal().err_is_watched) {}
    void add(std::string_view what) const {
        if (wanted_) note(what);
    }

private:
    bool wanted_;
};

std::string of_those_kept(const kept_credentials& kept) {
    return "the credentials fetched at " + to_rfc3339(kept.fetched_at) + ", which end at " +
           to_rfc3339(kept.credentials.expiration);
}

/// What the SDKs read, and no more.
secret as_sdks_read_it(const api::credentials& c) {
    json::writer w(4096);
    w.begin_object()
        .integer("Version", c.version)
        .string("AccessKeyId", c.access_key_id)
        .string("SecretAccessKey", c.secret_access_key.expose())
        .string("SessionToken", c.session_token.expose())
        .string("Expiration", to_rfc3339(c.expiration))
        .string("AccountId", c.account_id)
        .end_object();
    auto text = w.take();
    text += '\n';
    secret out(text);
    wipe_container(text);
    return out;
}

/// The cache beside the server.
class supply {
public:
    supply(const credential_process_options& options, server_settings settings)
        : options_(options), settings_(std::move(settings)), remarks_(options.explain) {
        if (options.no_cache) return;
        auto opened = credential_cache::open(settings_, options.vend);
        if (opened) {
            cache_.emplace(*std::move(opened));
        } else {
            remarks_.add(opened.error().text());
        }
    }

    result<api::credentials> get() {
        if (auto kept = look(); is_fresh(kept)) return taken(*std::move(kept));
        // Of several that are started at once, one asks the server.
        const auto alone = cache_ ? cache_->lock(deadline::after(settings_.patience)) : os::unique_descriptor();
        auto kept = look();
        if (is_fresh(kept)) return taken(*std::move(kept));
        auto fetched = fetch();
        if (fetched || !kept || !is_outage(fetched.error().code)) return fetched;
        remarks_.add(std::string(fetched.error().text()) + " Until it can, " + of_those_kept(*kept) +
                     ", are given out.");
        return std::move(kept->credentials);
    }

private:
    [[nodiscard]] static bool is_fresh(const std::optional<kept_credentials>& kept) {
        return kept && worth_of(kept->fetched_at, kept->credentials.expiration, system_clock().now()) == worth::fresh;
    }

    [[nodiscard]] api::credentials taken(kept_credentials kept) const {
        if (options_.explain) remarks_.add("Given out are " + of_those_kept(kept) + ".");
        return std::move(kept.credentials);
    }

    /// Of some worth, or nothing.
    std::optional<kept_credentials> look() {
        if (!cache_) return std::nullopt;
        auto found = cache_->read();
        if (!found) {
            if (!std::exchange(has_told_, true)) remarks_.add(found.error().text());
            return std::nullopt;
        }
        auto kept = *std::move(found);
        if (!kept) return std::nullopt;
        const auto value = worth_of(kept->fetched_at, kept->credentials.expiration, system_clock().now());
        if (value == worth::nothing) return std::nullopt;
        return kept;
    }

    result<api::credentials> fetch() {
        HK_TRY(auto connection, connection_of(options_.vend));
        HK_TRY(const auto session, server_session::open(settings_.clone()));
        HK_TRY(auto vended, session->wait(session->api().get_credentials(std::move(connection),
                                                                         request_of(options_.vend), session->until())));
        const auto now = system_clock().now();
        const auto warning = clock_warning(session->clock_difference());
        if (vended.expiration <= now)
            return failure(errc::invalid_configuration,
                           "By this machine's clock the credentials have run out already. " + warning,
                           "Set the clock: AWS refuses what is signed at a wrong time.");
        if (!warning.empty()) remarks_.add(warning);
        if (cache_)
            if (const auto kept = cache_->write(vended, now); !kept) remarks_.add(kept.error().text());
        return vended;
    }

    const credential_process_options& options_;
    server_settings settings_;
    remarks remarks_;
    std::optional<credential_cache> cache_;
    bool has_told_ = false;
};

result<> give(const credential_process_options& options) {
    HK_CHECK(connection_of(options.vend));
    HK_TRY(auto settings, load_settings(options.server));
    supply from(options, std::move(settings));
    HK_TRY(const auto credentials, from.get());
    const auto text = as_sdks_read_it(credentials);
    if (std::fwrite(text.expose().data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return {};
    return failure(errc::store_unavailable, "The credentials could not be written to standard output.");
}

/// SDKs show one line, if any.
int tell(const failure& why) {
    std::fputs((one_line(why) + "\n").c_str(), stderr);
    return command::exit_code_of(why.code);
}

}  // namespace

command::spec credential_process_command() {
    auto o = std::make_shared<credential_process_options>();
    return {
        .path = "credential-process",
        .summary = "Print a connection's credentials as the SDKs' credential_process wants them",
        .text =
            "For a profile of ~/.aws/config, which `hourkey configure` writes. It prints one JSON object, and nothing "
            "on "
            "standard error when all went well and no person looks; else one line that says why not.\n\n"
            "What it fetched it keeps, for this user alone: in $XDG_RUNTIME_DIR/hourkey, else in "
            "~/.cache/hourkey. It gives that out again while 16 minutes of life are left, or half of the life of those "
            "that live short, and until their end while the server cannot be reached. Of several that are started at "
            "once one asks the server.",
        .options = with_vend_options(
            o->vend, o->server,
            {{.name = "--no-cache", .text = "ask the server each time, and keep nothing", .target = &o->no_cache},
             {.name = "--explain",
              .text = "say on standard error where the credentials came from",
              .target = &o->explain}}),
        .examples = {{"hourkey credential-process demo", "What an SDK is given"}},
        .run =
            [o] {
                const auto done = give(*o);
                return done ? static_cast<int>(exit_ok) : tell(done.error());
            },
        .report_usage = tell,
    };
}

}  // namespace hourkey::cli

#include "credentials/base_credentials.hpp"

#include "core/time_text.hpp"
#include "credentials/credential_board.hpp"
#include "credentials/credential_fetch.hpp"
#include "credentials/refresh_rules.hpp"
#include "credentials/shared_files.hpp"
#include "net/reactor.hpp"
#include "obs/log.hpp"
#include "os/child_process.hpp"
#include "sts/operations.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <thread>
#include <utility>

namespace hourkey::credentials {
namespace {

/// Also when what it stands for ends with an exception.
class flag_while {
public:
    explicit flag_while(bool& flag) noexcept : flag_(flag) { flag_ = true; }
    ~flag_while() { flag_ = false; }
    flag_while(const flag_while&) = delete;
    flag_while& operator=(const flag_while&) = delete;

private:
    bool& flag_;
};

}  // namespace

/// The background thread: everything below the board belongs to it alone. The channel (the connection pool in it) is
/// owned by the coroutines that use it, so that at the end it goes after the connections they hold.
struct base_credentials::worker {
    worker(base_credentials_settings s, std::shared_ptr<credential_board> b, sts::sts_endpoint endpoint)
        : settings(std::move(s)), board(std::move(b)), rules(random()), learning_back_off(random()) {
        reactor.on_escaped = say_what_escaped;
        board->open([this] { boost::asio::post(reactor.get_executor(), [this] { waiting.cancel(); }); });
        reactor.spawn(keep_fresh(std::make_shared<sts::channel>(reactor, std::move(endpoint), settings.calls)));
        thread = std::thread([this] { reactor.run(); });
    }
    ~worker() {
        board->close();
        reactor.stop();
        thread.join();
    }
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    [[nodiscard]] random_source random() const {
        return settings.calls.random ? settings.calls.random : make_random_source();
    }

    task<> keep_fresh(std::shared_ptr<sts::channel> calls) {
        for (;;) {
            co_await look_after(calls);
            waiting.expires_after(settings.poll);
            co_await waiting.async_wait(as_task_tuple);
        }
    }

    /// What is thrown ends this look, and not those to come: nobody else keeps the credentials fresh.
    task<> look_after(std::shared_ptr<sts::channel> calls) {
        try {
            os::reap_orphans();
            if (std::exchange(fetch_again, false) || board->is_wanted() || files_have_changed() ||
                rules.is_due(settings.calls.clock->now(), settings.calls.clock->steady_now()))
                co_await fetch(*calls);
            learn_later(calls);
        } catch (const std::exception& escaped) {
            say_what_escaped(escaped.what());
        }
    }

    static void say_what_escaped(const char* what) {
        obs::log(obs::level::error, "an exception escaped while the base credentials were looked after",
                 {{"cause", what}});
    }

    [[nodiscard]] bool files_have_changed() const { return files && stamp_of(*files) != stamp; }

    task<> fetch(sts::channel& calls) {
        try {
            auto plan = make_plan();
            if (plan) {
                const fetch_tools tools{calls, reactor, settings};
                auto fetched = co_await fetch_credentials(*std::move(plan), tools);
                finish(std::move(fetched));
            } else {
                finish(std::move(plan).error());
            }
        } catch (const std::exception& escaped) {
            finish(failure(errc::base_credentials_unavailable, {}, {}, escaped.what()));
        }
    }

    [[nodiscard]] result<credential_plan> make_plan() {
        files.reset();
        return plan_credentials(settings.variables, settings.profile, [this] {
            files = find_shared_files(settings.variables);
            stamp = stamp_of(*files);  // before reading: a change meanwhile is seen the next time
            return read_shared_files(*files);
        });
    }

    void finish(result<sts::base_identity> fetched) {
        if (!fetched) {
            const auto& why = fetched.error();
            rules.failed(settings.calls.clock->steady_now());
            obs::log(obs::level::warn, "base credentials could not be fetched",
                     {{"reason", why.hint}, {"cause", why.cause}});
            board->settle(why);
            return;
        }
        rules.succeeded(settings.calls.clock->now(), fetched->keys.expiration);
        const auto before = board->latest();
        const bool is_new = !before || before->keys.access_key_id != fetched->keys.access_key_id;
        if (before && !fetched->who && (!is_new || before->source == fetched->source)) {
            fetched->who = before->who;
            fetched->who_is_presumed = is_new || before->who_is_presumed;
        }
        if (is_new) {
            learning_back_off.reset();
            learn_at.reset();
            recheck_at = settings.calls.clock->steady_now() + settings.recheck;
            const auto expires =
                fetched->keys.expiration ? to_rfc3339(*fetched->keys.expiration) : std::string("never");
            obs::log(
                obs::level::info, "base credentials fetched",
                {{"source", fetched->source}, {"access_key_id", fetched->keys.access_key_id}, {"expires", expires}});
        }
        board->settle(std::make_shared<const sts::base_identity>(*std::move(fetched)));
    }

    void learn_later(const std::shared_ptr<sts::channel>& calls) {
        const auto identity = board->latest();
        if (learning || !identity) return;
        const auto now = settings.calls.clock->steady_now();
        if (is_taken(*identity) ? now < recheck_at || !board->current() : learn_at && now < *learn_at) return;
        reactor.spawn(learn(calls, identity, std::make_unique<flag_while>(learning)));
    }

    /// STS has told whose key it is, and has not refused it since.
    [[nodiscard]] bool is_taken(const sts::base_identity& identity) const {
        return identity.is_told() && !board->is_refused();
    }

    /// GetCallerIdentity needs no permission: what STS refuses here is the key or its signature. AccessDenied alone is
    /// not about them: a VPC endpoint's policy can shut the call out. Not fatal otherwise: until it is learned the
    /// longest session is an hour.
    task<> learn(std::shared_ptr<sts::channel> calls, sts::base_identity_ptr identity, std::unique_ptr<flag_while>) {
        const bool was_taken = is_taken(*identity);
        const auto answer = co_await sts::get_caller_identity(
            *calls, identity->keys, deadline(settings.calls.clock->steady_now() + settings.fetch_timeout));
        recheck_at = settings.calls.clock->steady_now() + settings.recheck;
        if (answer) {
            learning_back_off.reset();
            learn_at.reset();
            board->learned(identity->keys.access_key_id, answer->who);
            if (!was_taken) obs::log(obs::level::info, "base identity learned", {{"arn", answer->who.arn}});
            co_return;
        }
        const auto& why = answer.error();
        const bool refused = why.code == errc::base_credentials_unavailable || why.code == errc::sts_rejected;
        if (was_taken && !refused) co_return;  // no word about the key
        learn_at = settings.calls.clock->steady_now() + learning_back_off.next();
        const auto cause = why.cause.empty() ? why.text() : std::string_view(why.cause);
        if (refused) {
            board->refused(identity->keys.access_key_id, why.hint);
            // It was good once, so its source may have another by now. Without a vend nobody else would ask.
            fetch_again = fetch_again || identity->is_told();
            waiting.cancel();
        }
        if (identity->is_told()) {
            obs::log(obs::level::error, "AWS STS refuses hourkey's own access key: nothing can be vended",
                     {{"cause", cause}, {"fix", why.hint}});
            co_return;
        }
        obs::log(obs::level::warn,
                 "the base identity's ARN could not be learned; trust policies cannot be shown without it",
                 {{"cause", cause},
                  {"fix", why.code == errc::trust_refused
                              ? std::string_view("let sts:GetCallerIdentity through, or set aws.principal_arn")
                              : why.hint}});
    }

    const base_credentials_settings settings;
    const std::shared_ptr<credential_board> board;
    bool learning = false;  ///< before the reactor, whose coroutines set it
    net::reactor reactor;
    steady_timer waiting{reactor.get_executor()};
    refresh_rules rules;
    std::optional<shared_file_paths> files;  ///< when the last plan looked at them
    std::string stamp;
    back_off learning_back_off;
    std::optional<steady_time> learn_at;
    steady_time recheck_at{};
    bool fetch_again = false;
    std::thread thread;
};

result<std::unique_ptr<base_credentials>> base_credentials::start(base_credentials_settings settings,
                                                                  const sts::endpoint_table& endpoints) {
    HK_TRY(auto endpoint, endpoints.for_region(endpoints.default_region()));
    return std::unique_ptr<base_credentials>(new base_credentials(std::move(settings), std::move(endpoint)));
}

base_credentials::base_credentials(base_credentials_settings settings, sts::sts_endpoint endpoint)
    : board_(std::make_shared<credential_board>(*settings.calls.clock, settings.calls.correction)),
      worker_(std::make_unique<worker>(std::move(settings), board_, std::move(endpoint))) {}

base_credentials::~base_credentials() = default;

result<sts::base_identity_ptr> base_credentials::current() const { return board_->current(); }

sts::base_identity_ptr base_credentials::latest() const { return board_->latest(); }

task<result<sts::base_identity_ptr>> base_credentials::refresh(std::string seen_access_key_id, deadline until) {
    return credential_board::refresh(board_, std::move(seen_access_key_id), until);
}

base_credentials_status base_credentials::status() const { return board_->status(); }

bool base_credentials::wait_for_first(deadline until) const { return board_->wait_for_first(until); }

bool base_credentials::wait_for_owner(deadline until) const { return board_->wait_for_owner(until); }

}  // namespace hourkey::credentials

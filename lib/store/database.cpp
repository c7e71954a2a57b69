#include "store/database.hpp"

#include <boost/asio/async_result.hpp>

#include <future>
#include <string>

namespace hourkey::store {

std::string_view to_text(soundness s) noexcept {
    switch (s) {
        case soundness::trusted: return "trusted";
        case soundness::doubtful: return "doubtful";
        case soundness::checking: return "checking";
        case soundness::sound: return "sound";
        case soundness::damaged: break;
    }
    return "damaged";
}

task<ending> database::submit(std::shared_ptr<submission> s) {
    auto hand_over = [this, &s]<class Handler>(Handler handler) {
        enqueue(std::move(s), std::make_unique<suspended<Handler>>(std::move(handler)));
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<executor>, void(ending)>(
        std::move(hand_over), use_task);
}

void database::submit_and_wait(std::shared_ptr<submission> s) {
    std::promise<void> done;
    const auto settled = done.get_future();
    enqueue(std::move(s), std::make_unique<blocked>(std::move(done)));
    settled.wait();
}

failure database::given_up(ending how) {
    if (how == ending::not_begun)
        return failure(errc::store_unavailable, {}, "Nothing was stored. Try again in a moment.",
                       "the writer did not come to it in time");
    return failure(errc::outcome_unknown, "The store did not answer in time; what was sent may have been stored.",
                   std::string(look_first), "the writer did not end in time");
}

task<result<std::uint64_t>> database::append(std::shared_ptr<append_submission> what) {
    const auto ended = co_await submit(what);
    if (ended != ending::settled) co_return given_up(ended);
    co_return what->take();
}

}  // namespace hourkey::store

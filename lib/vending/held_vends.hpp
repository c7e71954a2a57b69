#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"
#include "model/vend_facts.hpp"
#include "policy/vend_decision.hpp"
#include "vending/vended.hpp"

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

namespace hourkey::vending {

/// Which connection and grants, by their revisions, which never come back: what is taken away and given again is
/// another one.
struct authorisation_revisions {
    std::uint64_t connection = 0, app_grant = 0, any_grant = 0;  ///< 0: there is none
    friend bool operator==(const authorisation_revisions&, const authorisation_revisions&) = default;
};
[[nodiscard]] authorisation_revisions revisions_of(const model::vend_facts& facts);

struct held_vend {
    vended what;
    policy::vend_approval approval;
    authorisation_revisions rests_on;
};

/// What tokens got last of connections, for a minute and in memory only: for protocols whose clients read one field of
/// a credential a request. It decides nothing: whoever finds something here authorises it anew. Wiped when its minute
/// is over. Thread-safe.
class held_vends {
public:
    static constexpr std::chrono::seconds kept_for{60};
    /// Each is some two kilobytes. A tenant that holds more gives up its own oldest; when all are taken, whoever holds
    /// most does.
    static constexpr std::size_t most_of_tenant = 512, most = 4'096;

    struct key {
        ulid tenant, token;
        connection_name connection;
        friend auto operator<=>(const key&, const key&) = default;
    };
    void put(const key& k, held_vend what, steady_time now);
    [[nodiscard]] std::optional<held_vend> find(const key& k, steady_time now);

    /// The right to ask AWS for what is not held: reads that come at once then get what the first of them does. It ends
    /// with the object, which must not outlive this one.
    class claim {
    public:
        claim(claim&& other) noexcept : in_(std::exchange(other.in_, nullptr)), of_(std::move(other.of_)) {}
        claim& operator=(claim&&) = delete;
        ~claim();

    private:
        friend class held_vends;
        claim(held_vends& in, key of) : in_(&in), of_(std::move(of)) {}
        held_vends* in_;
        key of_;
    };
    /// has: it is held, nobody need ask. busy: somebody else is asking.
    enum class standing : std::uint8_t { has, claimed, busy };
    [[nodiscard]] standing look(const key& k, steady_time now, std::optional<claim>& mine);

    /// What nobody asks for any more is wiped by whoever calls this now and then.
    void drop_ended(steady_time now);
    [[nodiscard]] std::size_t size() const;

private:
    struct entry {
        key of;
        held_vend what;
        steady_time until;
    };
    using entries = std::list<entry>;  ///< the oldest first

    void erase(entries::iterator at);
    void make_room(const ulid& for_tenant);
    [[nodiscard]] entries::iterator oldest_of(const ulid& tenant);

    mutable std::mutex mutex_;
    entries by_age_;
    std::map<key, entries::iterator> by_key_;
    std::map<ulid, std::size_t> held_by_;
    std::set<key> claimed_;
};

}  // namespace hourkey::vending

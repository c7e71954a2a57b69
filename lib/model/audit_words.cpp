#include "model/audit_words.hpp"

#include <array>
#include <cstddef>

namespace hourkey::model {
namespace {

constexpr std::array<std::string_view, 16> actions{
    "vend",           "tenant.create",     "tenant.delete",     "app.put",          "app.delete",
    "connection.put", "connection.delete", "connection.verify", "connection.probe", "grant.put",
    "grant.delete",   "token.create",      "token.revoke",      "store.restore",    "key.rotate",
    "key.retire",
};
constexpr std::array<std::string_view, 7> outcomes{"granted",  "denied", "error",      "changed",
                                                   "reissued", "shared", "undelivered"};
constexpr std::array<std::string_view, 6> actors{"server",       "machine",     "token",
                                                 "oidc_session", "certificate", "platform"};

static_assert(actions.size() == static_cast<std::size_t>(audit_action::key_retire));
static_assert(outcomes.size() == static_cast<std::size_t>(audit_outcome::undelivered));
static_assert(actors.size() == static_cast<std::size_t>(audit_actor::platform));

template <class Word, std::size_t Size>
std::string_view text_of(const std::array<std::string_view, Size>& names, Word w) noexcept {
    return names[static_cast<std::size_t>(w) - 1];
}

template <class Word, std::size_t Size>
std::optional<Word> word_of(const std::array<std::string_view, Size>& /*names*/, std::int64_t number) noexcept {
    if (number < 1 || number > static_cast<std::int64_t>(Size)) return std::nullopt;
    return static_cast<Word>(number);
}

}  // namespace

std::string_view to_text(audit_action a) noexcept { return text_of(actions, a); }
std::string_view to_text(audit_outcome o) noexcept { return text_of(outcomes, o); }
std::string_view to_text(audit_actor a) noexcept { return text_of(actors, a); }

std::optional<audit_action> audit_action_of(std::int64_t number) noexcept {
    return word_of<audit_action>(actions, number);
}
std::optional<audit_outcome> audit_outcome_of(std::int64_t number) noexcept {
    return word_of<audit_outcome>(outcomes, number);
}
std::optional<audit_actor> audit_actor_of(std::int64_t number) noexcept { return word_of<audit_actor>(actors, number); }

}  // namespace hourkey::model

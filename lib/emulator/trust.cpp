#include "emulator/trust.hpp"

#include "emulator/text.hpp"

#include <algorithm>

namespace hourkey::emulator {
namespace {

bool names(std::string_view element, const principal& caller) noexcept {
    if (element == "*" || element == caller.arn || element == caller.principal_arn) return true;
    const auto who = split_arn(caller.arn);
    if (element.size() == 12 && std::ranges::all_of(element, is_digit)) return element == who.account;
    const auto named = split_arn(element);
    return named.service == "iam" && named.resource == "root" && named.partition == who.partition && named.account == who.account;
}

/// `*` stands for any characters, also none, `?` for one.
bool fits(std::string_view pattern, std::string_view text) noexcept {
    std::size_t at = 0, of = 0, star = std::string_view::npos, taken = 0;
    while (of < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            taken = of;
        } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[of])) {
            ++at, ++of;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            of = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

/// ArnEquals compares field by field, so a wildcard does not reach beyond a colon.
bool arn_equals(std::string_view pattern, std::string_view arn) noexcept {
    const auto wanted = split_arn(pattern), given = split_arn(arn);
    return !wanted.resource.empty() && fits(wanted.partition, given.partition) && fits(wanted.service, given.service) && fits(wanted.account, given.account) &&
           fits(wanted.resource, given.resource);
}

}  // namespace

arn_parts split_arn(std::string_view arn) noexcept {
    if (take_until(arn, ':') != "arn") return {};
    arn_parts parts;
    parts.partition = take_until(arn, ':');
    parts.service = take_until(arn, ':');
    static_cast<void>(take_until(arn, ':'));
    parts.account = take_until(arn, ':');
    parts.resource = arn;
    return parts;
}

std::string_view role::name() const noexcept {
    const std::string_view text(arn);
    return text.substr(text.rfind('/') + 1);
}

bool trusts(const role& asked, const principal& caller, const std::optional<std::string>& external_id) {
    const auto who = split_arn(caller.arn);
    if (who.partition != split_arn(asked.arn).partition || who.resource == "root") return false;
    if (std::ranges::none_of(asked.principals, [&](const auto& element) { return names(element, caller); })) return false;
    const auto meets = [&](const auto& pattern) { return arn_equals(pattern, caller.principal_arn); };
    if (!asked.principal_arns.empty() && std::ranges::none_of(asked.principal_arns, meets)) return false;
    if (asked.external_ids.empty()) return true;
    return external_id && std::ranges::find(asked.external_ids, *external_id) != asked.external_ids.end();
}

}  // namespace hourkey::emulator

#pragma once

#include "core/failure.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::emulator {

/// What a request tells to conditions: the values of each key that it has, under the key's name in lower case. Keys
/// compare without case; those with a name behind a slash (aws:RequestTag/team) as well.
class condition_context {
public:
    void set(std::string_view key, std::string value);
    /// A key of many values; of none it is absent.
    void set_all(std::string_view key, std::vector<std::string> values);
    /// nullptr: absent.
    [[nodiscard]] const std::vector<std::string>* find(std::string_view key) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// One line of a policy's Condition: `operator: {key: values}`.
struct condition {
    enum class comparison {
        string,
        string_without_case,
        string_like,
        numeric,
        date,
        boolean,
        ip_address,
        arn,
        is_null
    };
    enum class relation { equal, less, less_or_equal, greater, greater_or_equal };
    enum class quantifier { none, for_any, for_all };

    comparison compares = comparison::string;
    relation wants = relation::equal;
    bool is_negated = false;    ///< StringNotEquals and its like
    bool if_exists = false;     ///< holds when the key is absent
    quantifier over = quantifier::none;
    std::string key;            ///< as it was written
    std::vector<std::string> values;
};

/// Whether IAM has such an operator, with its quantifier and IfExists: also BinaryEquals, which is not evaluated here.
[[nodiscard]] bool is_condition_operator(std::string_view name) noexcept;
/// Whether it is one of those that compare dates.
[[nodiscard]] bool compares_dates(std::string_view operator_name) noexcept;

/// Refuses operators that AWS does not have, keys and texts that are not evaluated here, and values of the wrong type:
/// what is taken is evaluated.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
[[nodiscard]] result<condition> make_condition(std::string_view operator_name, std::string_view key,
                                               std::vector<std::string> values);

[[nodiscard]] bool holds(const condition& c, const condition_context& request);

/// `*` stands for any characters, also none, `?` for one.
[[nodiscard]] bool fits(std::string_view pattern, std::string_view text) noexcept;

}  // namespace hourkey::emulator

#include "emulator/policy_document.hpp"

#include "emulator/condition.hpp"
#include "json/reader.hpp"

namespace hourkey::emulator {
namespace {

using texts = std::vector<std::string>;

/// The reader takes null for absent, IAM takes it nowhere. `from` is a copy: to ask for a field marks it as known.
result<> refuse_nulls(json::object from) {
    for (const auto name : from.names())
        if (!from.has(name)) return invalid_field(name, "is null");
    return {};
}

result<policy_statement::principals> read_principals(json::object& from, std::string_view element) {
    policy_statement::principals all;
    if (const auto alone = from.optional_string(element); alone && *alone) {
        if (**alone != "*")
            return invalid_field(element, "is a string other than \"*\"", "Write it as {\"AWS\": \"...\"}.");
        all.emplace_back("*", texts{"*"});
        return all;
    }
    HK_TRY(auto map, from.optional_object(element));
    HK_CHECK(refuse_nulls(*map));
    for (const auto type : map->names()) {
        HK_TRY(auto values, map->optional_texts(type));
        if (values->empty()) return invalid_field(element, "has no value for " + std::string(type));
        all.emplace_back(type, *std::move(values));
    }
    if (all.empty()) return invalid_field(element, "names nobody");
    return all;
}

result<> read_conditions(json::object& from, policy_statement& into) {
    HK_TRY(auto block, from.optional_object("Condition"));
    if (!block) return {};
    HK_CHECK(refuse_nulls(*block));
    for (const auto operator_name : block->names()) {
        HK_TRY(auto keys, block->optional_object(operator_name));
        HK_CHECK(refuse_nulls(*keys));
        const auto names = keys->names();
        // IAM takes any operator that says nothing.
        if (!names.empty() && !is_condition_operator(operator_name))
            return invalid_field("Condition", "has the operator " + std::string(operator_name) + ", which is none");
        for (const auto key : names) {
            HK_TRY(auto values, keys->optional_texts(key));
            into.conditions.push_back({std::string(operator_name), std::string(key), *std::move(values)});
        }
    }
    return {};
}

result<policy_statement> read_statement(json::object from) {
    policy_statement s;
    HK_CHECK(refuse_nulls(from));
    HK_TRY(const auto sid, from.optional_string("Sid"));
    s.sid = sid.value_or("");
    HK_TRY(const auto effect, from.string("Effect"));
    if (effect != "Allow" && effect != "Deny") return invalid_field("Effect", "is neither Allow nor Deny");
    s.is_deny = effect == "Deny";
    HK_TRY(s.actions, from.optional_texts("Action"));
    HK_TRY(s.not_actions, from.optional_texts("NotAction"));
    if (s.actions && s.not_actions) return invalid_field("Statement", "has both Action and NotAction");
    HK_TRY(s.resources, from.optional_texts("Resource"));
    HK_TRY(s.not_resources, from.optional_texts("NotResource"));
    if (s.resources && s.not_resources) return invalid_field("Statement", "has both Resource and NotResource");
    if (from.has("Principal") && from.has("NotPrincipal"))
        return invalid_field("Statement", "has both Principal and NotPrincipal");
    if (from.has("Principal")) {
        HK_TRY(s.who, read_principals(from, "Principal"));
    }
    if (from.has("NotPrincipal")) {
        HK_TRY(s.not_who, read_principals(from, "NotPrincipal"));
    }
    HK_CHECK(read_conditions(from, s));
    HK_CHECK(from.finish());
    return s;
}

/// A list of one may be written as its element.
result<std::vector<json::object>> read_list(json::object& from) {
    if (auto one = from.optional_object("Statement"); one && *one) return std::vector<json::object>{**std::move(one)};
    HK_TRY(auto many, from.optional_objects("Statement"));
    if (!many) return invalid_field("Statement", "is missing");
    if (many->empty()) return invalid_field("Statement", "is empty");
    return *std::move(many);
}

}  // namespace

result<std::vector<policy_statement>> parse_policy(std::string_view json) {
    HK_TRY(const auto document, json::parse(json));
    auto root = document.root();
    HK_CHECK(refuse_nulls(root));
    HK_TRY(const auto version, root.optional_string("Version"));
    if (version && *version != "2012-10-17" && *version != "2008-10-17")
        return invalid_field("Version", "is neither 2012-10-17 nor 2008-10-17");
    HK_CHECK(root.optional_string("Id"));
    HK_TRY(const auto list, read_list(root));
    HK_CHECK(root.finish());
    std::vector<policy_statement> all;
    for (const auto& one : list) {
        HK_TRY(auto s, read_statement(one));
        all.push_back(std::move(s));
    }
    return all;
}

}  // namespace hourkey::emulator

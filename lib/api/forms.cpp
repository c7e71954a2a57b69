#include "api/forms.hpp"

#include "aws/arn.hpp"
#include "aws/partition.hpp"
#include "core/name.hpp"

namespace hourkey::api {

result<> check_name(std::string_view field, std::string_view text) {
    if (is_name(text)) return {};
    return not_a_name(field);
}

result<> check_kind(std::string_view field, std::string_view text) {
    if (text == "role") return {};
    return invalid_field(field, "must be 'role'",
                         R"(Send {"kind":"role","role_arn":"arn:aws:iam::123456789012:role/name"}.)");
}

result<> check_role_arn(std::string_view, std::string_view text) {
    HK_CHECK(aws::role_arn::parse(text));
    return {};
}

result<> check_region(std::string_view field, std::string_view text) {
    if (aws::has_region_form(text)) return {};
    return invalid_field(field, "is not an AWS region", "Write it like eu-west-1, or leave it out.");
}

}  // namespace hourkey::api

#include "aws/region.hpp"

namespace hourkey::aws {

result<region> region::parse(std::string_view text) {
    if (!has_region_form(text))
        return invalid_field("region", "is not an AWS region", "Write it like eu-west-1, or leave it out.");
    return region(text);
}

}  // namespace hourkey::aws

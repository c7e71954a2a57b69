#include "aws/arn.hpp"
#include "aws/partition.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace aws = hourkey::aws;

/// Whatever is accepted reads back as it was given and keeps the grammar's promises.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto arn = aws::role_arn::parse(text)) {
        std::string again("arn:");
        again.append(arn->partition())
            .append(":iam::")
            .append(arn->account_id())
            .append(":role")
            .append(arn->path())
            .append(arn->role_name());
        if (again != text || arn->str() != text || aws::find_partition(arn->partition()) == nullptr) std::abort();
        if (text.find_first_of("*?$\"\\ \n") != std::string_view::npos) std::abort();
    } else if (arn.error().hint.empty()) {
        std::abort();
    }
    if (const auto who = aws::parse_caller_identity(text)) {
        if (who->arn != text || who->account_id.size() != aws::role_arn::account_size ||
            who->is_role_session() == who->session.empty())
            std::abort();
    }
    if (const auto host = aws::sts_host(text); host.has_value() != aws::has_region_form(text)) std::abort();
    return 0;
}

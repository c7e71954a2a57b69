#include "aws/sigv4.hpp"
#include "aws/sigv4_verifier.hpp"
#include "core/encoding.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace aws = hourkey::aws;

namespace {

/// The next line of the input, taken off it.
std::string_view take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
}

}  // namespace

/// A request in lines: method, target, `name:value` fields, an empty line, the body. The verifier takes it as it is
/// (and must not believe it), then signed by our own signer (and must believe that, and nothing changed after it).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const aws::credentials keys{"AKIDEXAMPLE", hourkey::secret("a secret that no input holds"), {}, {}};
    static const auto find_key = [](std::string_view id) { return id == keys.access_key_id ? &keys : nullptr; };
    static const hourkey::wall_time now{std::chrono::seconds(1'767'323'045)};  // 2026-01-02T03:04:05Z

    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const auto method = take_line(rest), target = take_line(rest);
    std::vector<aws::header_view> headers;
    for (auto line = take_line(rest); !line.empty(); line = take_line(rest)) {
        const auto colon = line.find(':');
        headers.emplace_back(line.substr(0, colon),
                             colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1));
    }
    if (aws::verify_signature({method, target, headers, rest}, {"us-east-1", "sts"}, find_key, now).outcome ==
        aws::signature_outcome::valid)
        std::abort();

    const auto canonical = aws::canonical_query(target);
    if (aws::canonical_query(canonical) != canonical) std::abort();

    // Fields of the shape that a parser delivers and that a client would sign.
    std::vector<aws::header_view> sent{{"host", "sts.us-east-1.amazonaws.com"}};
    for (const auto& [name, value] : headers) {
        const auto lower = aws::lower_case(name);
        if (!name.empty() && name.find_first_of(";:, \t\r=") == std::string_view::npos &&
            !lower.starts_with("x-amz-") && lower != "host" && lower != "authorization")
            sent.emplace_back(name, value);
    }
    const auto payload = hourkey::to_hex(hourkey::crypto::sha256(rest));
    const auto signature = aws::sign_header({method, target, sent, payload}, keys, {"us-east-1", "sts", now});
    if (signature.authorization.size() > 4096) return 0;  // the verifier's bound
    sent.emplace_back("X-Amz-Date", signature.amz_date);
    sent.emplace_back("Authorization", signature.authorization);
    if (aws::verify_signature({method, target, sent, rest}, {"us-east-1", "sts"}, find_key, now).outcome !=
        aws::signature_outcome::valid)
        std::abort();
    const auto longer = std::string(rest) + "x";
    if (aws::verify_signature({method, target, sent, longer}, {"us-east-1", "sts"}, find_key, now).outcome !=
        aws::signature_outcome::mismatch)
        std::abort();
    return 0;
}

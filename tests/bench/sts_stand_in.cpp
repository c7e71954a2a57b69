// An STS that costs as little as it can: it reads which role and session are asked for and answers with fixed keys. It
// checks no signature (hourkey-sts-emulator does), but it is strict in one thing: the first external id that it sees
// opens every role, any other or none opens nothing, so that a connection to it can be verified.

#include "core/encoding.hpp"
#include "core/time_text.hpp"
#include "serving.hpp"

#include <charconv>
#include <mutex>
#include <optional>

namespace hourkey::bench {
namespace {

constexpr std::string_view any_account = "123456789012";

/// A parameter of a form body, decoded; STS's own clients write no '+' for a space.
std::optional<std::string> parameter(std::string_view body, std::string_view name) {
    for (std::size_t at = 0; at < body.size();) {
        const auto end = std::min(body.find('&', at), body.size());
        const auto field = body.substr(at, end - at);
        if (field.size() > name.size() && field.starts_with(name) && field[name.size()] == '=') {
            auto value = percent_decoded(field.substr(name.size() + 1));
            if (!value) return std::nullopt;
            return *std::move(value);
        }
        at = end + 1;
    }
    return std::nullopt;
}

/// The one external id that opens the roles; over all threads.
class external_id_lock {
public:
    bool opens(const std::optional<std::string>& external_id) {
        if (!external_id) return false;
        std::call_once(once_, [&] { first_ = *external_id; });
        return *external_id == first_;
    }

private:
    std::once_flag once_;
    std::string first_;
};

/// `now + duration`, formatted once a second.
class expiration_text {
public:
    const std::string& after(long duration_seconds) {
        const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
        if (now != second_ || duration_seconds != duration_) {
            second_ = now;
            duration_ = duration_seconds;
            text_ = to_rfc3339(now + std::chrono::seconds(duration_seconds));
        }
        return text_;
    }

private:
    std::chrono::sys_seconds second_{};
    long duration_ = 0;
    std::string text_;
};

class stand_in : public plain_service {
public:
    explicit stand_in(external_id_lock& lock) : lock_(lock) {}

    task<http::response> answer(const http::request& r) override {
        const auto action = parameter(r.body, "Action");
        if (action == "GetCallerIdentity") co_return caller_identity();
        co_return assume_role(r.body);
    }

private:
    static http::response answer_with(int status, std::string body) {
        http::response out;
        out.status = status;
        out.content_type = "text/xml";
        out.headers.push_back({"x-amzn-RequestId", "c6104cbe-af31-11e0-8154-cbc7ccf896c7"});
        out.body = std::move(body);
        return out;
    }

    static http::response caller_identity() {
        return answer_with(
            200,
            "<GetCallerIdentityResponse "
            "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>arn:aws:sts::" +
                std::string(any_account) +
                ":assumed-role/bench/bench</Arn><UserId>AROAEXAMPLEEXAMPLE000:bench</UserId><Account>" +
                std::string(any_account) +
                "</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>"
                "c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata></GetCallerIdentityResponse>");
    }

    static http::response refusal(int status, std::string_view code) {
        return answer_with(
            status,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>" +
                std::string(code) +
                "</Code><Message>The stand-in "
                "refuses.</Message></Error><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>"
                "</ErrorResponse>");
    }

    http::response assume_role(std::string_view body) {
        const auto role = parameter(body, "RoleArn"), session = parameter(body, "RoleSessionName"),
                   duration = parameter(body, "DurationSeconds");
        if (!role || !session) return refusal(400, "ValidationError");
        if (!lock_.opens(parameter(body, "ExternalId"))) return refusal(403, "AccessDenied");
        const auto account = role->find("::"), name = role->rfind('/');
        if (account == std::string::npos || name == std::string::npos) return refusal(400, "ValidationError");
        long seconds = 3600;
        if (duration) std::from_chars(duration->data(), duration->data() + duration->size(), seconds);
        std::string out;
        out.reserve(2048);
        out +=
            "<AssumeRoleResponse "
            "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/"
            "\"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROAEXAMPLEEXAMPLE000:";
        out += *session;
        out += "</AssumedRoleId><Arn>arn:aws:sts::";
        out += role->substr(account + 2, any_account.size());
        out += ":assumed-role/";
        out += role->substr(name + 1);
        out += '/';
        out += *session;
        out +=
            "</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIAEXAMPLEEXAMPLE00</AccessKeyId>"
            "<SecretAccessKey>wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab</SecretAccessKey><SessionToken>";
        out += token_;
        out += "</SessionToken><Expiration>";
        out += expires_.after(seconds);
        out +=
            "</Expiration></Credentials></"
            "AssumeRoleResult><ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></"
            "ResponseMetadata>"
            "</AssumeRoleResponse>";
        return answer_with(200, std::move(out));
    }

    external_id_lock& lock_;
    expiration_text expires_;
    const std::string token_ =
        "IQoJb3JpZ2luX2VjE" + std::string(880, 'x') + "==";  // AWS's are this long, and so shape the answer's cost
};

}  // namespace
}  // namespace hourkey::bench

int main(int argc, char** argv) {
    using namespace hourkey;
    CLI::App app{"A static-answer STS for measuring hourkeyd"};
    bench::serving_options options;
    options.add_to(app);
    CLI11_PARSE(app, argc, argv);
    bench::external_id_lock lock;
    return bench::serve(options, [&lock](net::reactor&) { return std::make_unique<bench::stand_in>(lock); });
}

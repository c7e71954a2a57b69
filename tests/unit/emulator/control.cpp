#include "emulator/control.hpp"

#include "emulator/declaration.hpp"
#include "signing.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace hourkey::emulator;
using namespace hourkey::emulator::test;

namespace {

struct door {
    fixed_clock clock;
    sts_emulator sts{clock};

    answer tell(const parameter_list& parameters) { return control(sts, form_text(parameters)); }
    int assume(const parameter_list& more = {}) {
        return sts.answer_to(signed_post(assume_role_parameters(deploy_role, more), clock.at).view()).status;
    }
    void put_all() {
        CHECK(tell({{"Action", "PutUser"},
                    {"AccessKeyId", std::string(user_key)},
                    {"SecretAccessKey", std::string(user_secret)},
                    {"Arn", std::string(user_arn)}})
                  .status == 200);
        CHECK(tell({{"Action", "PutRole"},
                    {"RoleArn", std::string(deploy_role)},
                    {"Principal.1", std::string(user_arn)},
                    {"ExternalId", "hk-1"},
                    {"ExternalId.2", "hk-2"}})
                  .status == 200);
    }
};

}  // namespace

TEST_CASE_FIXTURE(door, "users and roles put through the door count") {
    CHECK(assume() == 403);
    put_all();
    CHECK(assume({{"ExternalId", "hk-1"}}) == 200);
    CHECK(assume({{"ExternalId", "hk-2"}}) == 200);
    CHECK(assume({{"ExternalId", "hk-3"}}) == 403);
    CHECK(assume({{"ExternalId", "hk-1"}, {"DurationSeconds", "7200"}}) == 400);
    CHECK(tell({{"Action", "PutRole"}, {"RoleArn", std::string(deploy_role)}, {"MaxSessionDuration", "7200"}}).status ==
          200);
    CHECK(assume({{"DurationSeconds", "7200"}}) == 200);
    CHECK(tell({{"Action", "PutRole"},
                {"RoleArn", std::string(deploy_role)},
                {"PrincipalArn", "arn:aws:iam::111122223333:user/other"}})
              .status == 200);
    CHECK(assume() == 403);
    CHECK(tell({{"Action", "DeleteRole"}, {"RoleArn", std::string(deploy_role)}}).status == 200);
    CHECK(assume() == 403);
}

TEST_CASE_FIXTURE(door,
                  "a role is put with a whole trust policy, and one that is not evaluated is refused with its field") {
    put_all();
    const auto put = [&](const std::string& policy, const parameter_list& more = {}) {
        parameter_list all{
            {"Action", "PutRole"}, {"RoleArn", std::string(deploy_role)}, {"AssumeRolePolicyDocument", policy}};
        all.insert(all.end(), more.begin(), more.end());
        return tell(all);
    };
    const std::string policy =
        R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"StringLike":{"sts:ExternalId":"hk-*"}}}})";
    CHECK(put(policy).status == 200);
    CHECK(assume({{"ExternalId", "hk-7"}}) == 200);
    CHECK(assume({{"ExternalId", "h-7"}}) == 403);
    CHECK(put(policy, {{"ExternalId", "hk-1"}}).status == 400);
    const auto refused = put(
        R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}})");
    CHECK(refused.status == 400);
    CHECK(refused.body.find("aws:PrincipalOrgID") != std::string::npos);
    CHECK(assume({{"ExternalId", "hk-7"}}) == 200);
}

TEST_CASE_FIXTURE(door, "a role can be told to another emulator, and each change of roles is told") {
    int changes = 0;
    sts.on_roles_change([&changes] { ++changes; });
    put_all();
    const std::string second = "arn:aws:iam::444455556666:role/a&b/b=c",
                      policy = R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}})";
    CHECK(tell({{"Action", "PutRole"},
                {"RoleArn", second},
                {"AssumeRolePolicyDocument", policy},
                {"MaxSessionDuration", "7200"}})
              .status == 200);
    CHECK(changes == 2);
    sts_emulator other(clock);
    for (const auto& r : sts.roles()) CHECK(control(other, form_of(r)).status == 200);
    REQUIRE(other.roles().size() == 2);
    CHECK(other.roles()[0].arn == second);
    CHECK(other.roles()[0].trust->document == policy);
    CHECK(other.roles()[0].max_session_duration == 7200s);
    CHECK(other.roles()[1].external_ids == std::vector<std::string>{"hk-1", "hk-2"});
    CHECK(other.roles()[1].principals == std::vector<std::string>{std::string(user_arn)});
    CHECK(tell({{"Action", "DeleteRole"}, {"RoleArn", second}}).status == 200);
    CHECK(changes == 3);
}

TEST_CASE_FIXTURE(door, "a user's second factor is a fixed code") {
    put_all();
    parameter_list user{{"Action", "PutUser"},
                        {"AccessKeyId", std::string(user_key)},
                        {"SecretAccessKey", std::string(user_secret)},
                        {"Arn", std::string(user_arn)},
                        {"MfaSerialNumber", "arn:aws:iam::111122223333:mfa/me"}};
    CHECK(tell(user).status == 400);
    user.emplace_back("MfaCode", "123456");
    CHECK(tell(user).status == 200);
    CHECK(assume({{"ExternalId", "hk-1"},
                  {"SerialNumber", "arn:aws:iam::111122223333:mfa/me"},
                  {"TokenCode", "123456"}}) == 200);
    CHECK(assume({{"ExternalId", "hk-1"},
                  {"SerialNumber", "arn:aws:iam::111122223333:mfa/me"},
                  {"TokenCode", "123457"}}) == 403);
}

TEST_CASE_FIXTURE(door, "faults and the clock are set and cleared through the door") {
    put_all();
    CHECK(tell({{"Action", "SetFault"}, {"Fault", "internal"}, {"Count", "1"}}).status == 200);
    CHECK(assume({{"ExternalId", "hk-1"}}) == 500);
    CHECK(assume({{"ExternalId", "hk-1"}}) == 200);
    CHECK(tell({{"Action", "SetFault"}, {"Fault", "retry_after"}, {"Every", "2"}, {"DelayMs", "77"}}).status == 200);
    CHECK(assume({{"ExternalId", "hk-1"}}) == 200);
    const auto second = sts.answer_to(signed_post(identity_parameters, clock.at).view());
    CHECK(second.status == 503);
    CHECK(header_of(second, "x-amz-retry-after") == "77");
    CHECK(tell({{"Action", "ClearFaults"}}).status == 200);
    CHECK(tell({{"Action", "SetFault"}, {"Fault", "internal"}, {"Operation", "GetCallerIdentity"}, {"After", "1"}})
              .status == 200);
    CHECK(assume({{"ExternalId", "hk-1"}}) == 200);
    CHECK(sts.answer_to(signed_post(identity_parameters, clock.at).view()).status == 200);
    CHECK(sts.answer_to(signed_post(identity_parameters, clock.at).view()).status == 500);
    CHECK(tell({{"Action", "ClearFaults"}}).status == 200);
    CHECK(tell({{"Action", "SetClockOffset"}, {"Seconds", "3600"}}).status == 200);
    CHECK(assume({{"ExternalId", "hk-1"}}) == 403);
    CHECK(tell({{"Action", "SetClockOffset"}, {"Seconds", "-60"}}).status == 200);
    CHECK(assume({{"ExternalId", "hk-1"}}) == 200);
}

TEST_CASE_FIXTURE(door, "the history has a line for each AssumeRole, which no client can forge") {
    put_all();
    CHECK(assume({{"ExternalId", "hk-1"}, {"Policy", std::string(deny_all)}}) == 200);
    CHECK(assume() == 403);
    CHECK(sts.answer_to(
                 signed_post(assume_role_parameters("arn:aws:iam::444455556666:role/x\nat=never"), clock.at).view())
              .status == 403);
    const auto text = tell({{"Action", "History"}}).body;
    CHECK(std::count(text.begin(), text.end(), '\n') == 3);
    CHECK(text.starts_with(
        "at=2026-01-02T03:04:05Z\tcaller=arn:aws:iam::111122223333:user/hourkey\trole=" + std::string(deploy_role) +
        "\tsession=app-1\texternal_id=hk-1\tduration=3600\tpolicy=yes\toutcome=ok\taccess_key=ASIA"));
    CHECK(text.find("\tduration=3600\tpolicy=no\toutcome=AccessDenied\n") != std::string::npos);
    CHECK(tell({{"Action", "ClearHistory"}}).status == 200);
    CHECK(tell({{"Action", "History"}}).body == "\n");
}

TEST_CASE_FIXTURE(door, "a mistake at the door is answered with the field's name") {
    struct row {
        const char* form;
        const char* says;
    };
    const row rows[] = {
        {"", "Action is missing"},
        {"Action=Dance", "Action is none of PutUser"},
        {"Action=%", ""},
        {"Action=PutUser&SecretAccessKey=s&Arn=arn:aws:iam::111122223333:user/u", "AccessKeyId is missing"},
        {"Action=PutUser&AccessKeyId=A&Arn=arn:aws:iam::111122223333:user/u", "SecretAccessKey is missing"},
        {"Action=PutUser&AccessKeyId=A&SecretAccessKey=s", "Arn is missing"},
        {"Action=PutUser&AccessKeyId=A&SecretAccessKey=s&Arn=me", "Arn names no identity"},
        {"Action=PutUser&AccessKeyId=A&SecretAccessKey=s&Arn=arn:aws:iam::1:user/u", "Arn names no identity"},
        {"Action=PutRole", "RoleArn is missing"},
        {"Action=PutRole&RoleArn=arn:aws:iam::444455556666:user/x", "RoleArn is not"},
        {"Action=PutRole&RoleArn=arn:aws:iam::444455556666:role/x&Principal=bob", "Invalid principal in policy"},
        {"Action=PutRole&RoleArn=arn:aws:iam::444455556666:role/x&MaxSessionDuration=3599",
         "MaxSessionDuration is not"},
        {"Action=PutRole&RoleArn=arn:aws:iam::444455556666:role/x&MaxSessionDuration=43201",
         "MaxSessionDuration is not"},
        {"Action=DeleteRole&RoleArn=arn:aws:iam::444455556666:role/x", "RoleArn names no role here"},
        {"Action=SetFault", "Fault is missing"},
        {"Action=SetFault&Fault=earthquake", "Fault names no fault"},
        {"Action=SetFault&Fault=internal&Count=0", "Count is not"},
        {"Action=SetFault&Fault=internal&Every=x", "Every is not"},
        {"Action=SetFault&Fault=internal&Every=2&Count=2", "Every cannot be used with Count"},
        {"Action=SetFault&Fault=conn_reset&RoleArn=arn:aws:iam::444455556666:role/x",
         "RoleArn cannot be used with conn_reset"},
        {"Action=SetFault&Fault=conn_reset&Operation=AssumeRole", "Operation cannot be used with conn_reset"},
        {"Action=SetFault&Fault=internal&Operation=Dance", "Operation is none of"},
        {"Action=SetFault&Fault=internal&After=-1", "After is not"},
        {"Action=SetFault&Fault=slow&DelayMs=-1", "DelayMs is not"},
        {"Action=SetClockOffset", "Seconds is missing"},
        {"Action=SetClockOffset&Seconds=1h", "Seconds is not"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.form);
        const auto a = control(sts, r.form);
        CHECK(a.status == 400);
        CHECK(a.body.starts_with(r.says));
    }
    CHECK_FALSE(sts.fault_at_accept().has_value());
}

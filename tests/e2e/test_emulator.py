"""hourkey-sts-emulator as boto3 meets it: what it refuses and answers has the shape that AWS's own clients know."""
import base64
import json
import time
import unittest

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from harness import HOURKEY_ACCOUNT, HOURKEY_USER, TARGET_ACCOUNT, Authority, Emulator, temporary_folder

ROLE = f"arn:aws:iam::{TARGET_ACCOUNT}:role/team/deploy"
DENY_ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})


class Sts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(Authority(temporary_folder()))
        cls.addClassCleanup(cls.emulator.stop)

    def client(self, credentials=None, region="eu-central-1"):
        keys = credentials or {"AccessKeyId": self.emulator.access_key, "SecretAccessKey": self.emulator.secret_key}
        made = boto3.client("sts", region_name=region, endpoint_url=self.emulator.url, verify=str(self.emulator.authority.ca),
                            aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys.get("SessionToken"),
                            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
        self.addCleanup(made.close)
        return made

    def trust(self, *statements):
        self.emulator.control("PutRole", RoleArn=ROLE, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}))

    def allow(self, **more):
        return {"Effect": "Allow", "Principal": {"AWS": HOURKEY_ACCOUNT}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], **more}

    def assume(self, **more):
        return self.client().assume_role(**({"RoleArn": ROLE, "RoleSessionName": "app-1"} | more))

    def refused(self, code, **more):
        with self.assertRaises(ClientError) as raised:
            self.assume(**more)
        self.assertEqual(raised.exception.response["Error"]["Code"], code, raised.exception)
        return raised.exception.response["Error"]["Message"]

    def test_parameters_are_refused_in_the_words_of_sts(self):
        self.trust(self.allow())
        self.assertTrue(self.refused("ValidationError", RoleSessionName="!").startswith("2 validation errors detected: "))
        self.refused("ValidationError", Policy=DENY_ALL + " " * 2048)
        self.refused("MalformedPolicyDocument", Policy="{}")
        self.refused("ValidationError", PolicyArns=[{"arn": "ReadOnlyAccessForAll"}])
        self.refused("InvalidParameterValue", Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}])
        self.refused("InvalidParameterValue", TransitiveTagKeys=["team"])
        self.refused("ValidationError", RoleArn="arn:aws:iam::444455556666:user/deploy")
        self.refused("PackedPolicyTooLarge", Tags=[{"Key": f"{i:0128}", "Value": "v" * 256} for i in range(6)])
        for region in ("moon-base-1", "us-moon-1", "eu-west-9"):
            with self.subTest(region), self.assertRaisesRegex(ClientError, "SignatureDoesNotMatch.*valid region"):
                self.client(region=region).get_caller_identity()

    def test_session_policies_that_iam_takes_from_nobody_are_refused(self):
        self.trust(self.allow())
        for change, words in (({"Action": "foo"}, "prefaced by a vendor"), ({"Resource": "foo"}, "ARN format"), ({"Sid": "a-b"}, "alpha-numeric"),
                              ({"Condition": {"Foo": {"a:b": "c"}}}, "Syntax errors"), ({"Principal": "*"}, "principal")):
            policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **change}]}
            with self.subTest(words):
                self.assertIn(words, self.refused("MalformedPolicyDocument", Policy=json.dumps(policy)))
        managed = {"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
        self.assume(PolicyArns=[managed])
        self.refused("InvalidParameterValue", PolicyArns=[managed, managed])
        for arn in ("arn:foo:iam::aws:policy/X", "arn:aws-cn:iam::aws:policy/X", "arn:aws:iam::aws:policy/a b$"):
            with self.subTest(arn):
                self.refused("ValidationError", PolicyArns=[{"arn": arn}])

    def test_tags_and_a_source_identity_are_answered(self):
        self.trust(self.allow())
        answer = self.assume(Tags=[{"Key": "team", "Value": "a"}], TransitiveTagKeys=["team"], SourceIdentity="alice", Policy=DENY_ALL)
        self.assertEqual(answer["PackedPolicySize"], 5)
        self.assertEqual(answer["SourceIdentity"], "alice")

    def test_a_whole_trust_policy_decides(self):
        deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:ExternalId": "xx-*"}}}
        self.trust(self.allow(), deny)
        self.assume(ExternalId="hk-1")
        self.assume()
        self.refused("AccessDenied", ExternalId="xx-1")

    def test_user_sessions_have_the_shape_that_clients_read(self):
        session = self.client().get_session_token(DurationSeconds=900)["Credentials"]
        self.assertEqual(self.client(session).get_caller_identity()["Arn"], HOURKEY_USER)
        with self.assertRaisesRegex(ClientError, "AccessDenied.*Cannot call GetSessionToken with session credentials"):
            self.client(session).get_session_token()
        answer = self.client().get_federation_token(Name="jane", Policy=DENY_ALL)
        arn = f"arn:aws:sts::{HOURKEY_ACCOUNT}:federated-user/jane"
        self.assertEqual(answer["FederatedUser"], {"FederatedUserId": f"{HOURKEY_ACCOUNT}:jane", "Arn": arn})
        self.assertEqual(self.client(answer["Credentials"]).get_caller_identity()["Arn"], arn)

    def test_a_web_identity_assumes_a_role_without_a_signature(self):
        provider = f"arn:aws:iam::{TARGET_ACCOUNT}:oidc-provider/ci.example.com"
        self.trust({"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {"StringEquals": {"ci.example.com:sub": "repo:acme/app"}}})

        def token(**claims):
            parts = ({"alg": "RS256"}, {"iss": "https://ci.example.com", "aud": "sts", "sub": "repo:acme/app", "exp": int(time.time()) + 600} | claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + ".c2ln"

        def ask(text):
            return self.client().assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="app-1", WebIdentityToken=text)

        answer = ask(token())
        self.assertEqual((answer["SubjectFromWebIdentityToken"], answer["Audience"], answer["Provider"]), ("repo:acme/app", "sts", provider))
        self.assertIn(":assumed-role/deploy/app-1", self.client(answer["Credentials"]).get_caller_identity()["Arn"])
        for text, code in ((token(sub="repo:other/app"), "AccessDenied"), (token(iss="https://other.example.com"), "InvalidIdentityToken"),
                           (token(exp=1), "ExpiredTokenException"), ("a.b.c", "InvalidIdentityToken")):
            with self.subTest(code), self.assertRaises(ClientError) as raised:
                ask(text)
            self.assertEqual(raised.exception.response["Error"]["Code"], code)


if __name__ == "__main__":
    unittest.main()

#include "api/aws_variables.hpp"

#include "api/description.hpp"
#include "api/forms.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void aws_variables::describe(Of& of, Fields& has) {
    has({"AWS_ACCESS_KEY_ID", "Not a secret; it joins CloudTrail's records."}, of.access_key_id);
    has({"AWS_SECRET_ACCESS_KEY", "A secret."}, of.secret_access_key);
    has({"AWS_SESSION_TOKEN", "A secret."}, of.session_token);
    has({"AWS_CREDENTIAL_EXPIRATION", "When AWS stops taking them."}, of.expiration);
    has({"AWS_REGION", "The connection's default_region, when it has one.", region_form}, of.region);
    has({"AWS_DEFAULT_REGION", "The same, as older tools read it.", region_form}, of.default_region);
}

template struct shape<aws_variables>;

}  // namespace hourkey::api

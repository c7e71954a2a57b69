#include "source_tree.hpp"

namespace hourkey::test {

std::string vectors_folder() { return HOURKEY_TEST_VECTORS; }
std::string schema_folder() { return HOURKEY_TEST_SCHEMA; }
std::string shared_vectors_folder() { return HOURKEY_SHARED_VECTORS; }

}  // namespace hourkey::test

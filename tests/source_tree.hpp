#pragma once

#include <string>

namespace hourkey::test {

/// The folders are compiled into one file only: a path in every test's command line would make each clone compile all
/// anew.
[[nodiscard]] std::string vectors_folder();         ///< tests/vectors
[[nodiscard]] std::string schema_folder();          ///< schema
[[nodiscard]] std::string shared_vectors_folder();  ///< of AWS's own suite, where it is present

}  // namespace hourkey::test

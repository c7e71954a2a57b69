#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <stdlib.h>

namespace hourkey::test {

class scratch_folder {
public:
    scratch_folder() {
        path_ = (std::filesystem::temp_directory_path() / "hourkey-test-XXXXXX").string();
        REQUIRE(::mkdtemp(path_.data()) != nullptr);
    }
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(file(name)); }
    /// A new file under the name, as editors and agents do it: written in place, the same size within one tick of the
    /// file system's clock would look unchanged.
    std::string put(const std::string& name, std::string_view text, unsigned mode = 0600) const {
        const auto fresh = file(name + ".new");
        std::ofstream(fresh, std::ios::binary) << text;
        std::filesystem::permissions(fresh, static_cast<std::filesystem::perms>(mode));
        std::filesystem::rename(fresh, file(name));
        return file(name);
    }
    std::string program(const std::string& name, const std::string& script) const {
        return put(name, "#!/bin/sh\n" + script, 0700);
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream in(file(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    [[nodiscard]] unsigned mode_of(const std::string& name) const {
        return static_cast<unsigned>(std::filesystem::status(file(name)).permissions());
    }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            out.push_back(entry.path().filename().string());
        return out;
    }

private:
    std::string path_;
};

}  // namespace hourkey::test

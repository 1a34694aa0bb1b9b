#include "tests/interop/peer.h"

#include <clocale>
#include <fstream>
#include <string_view>

#include "gtest/gtest.h"

namespace sspilab::interop {
namespace {

void AppendUtf8(char32_t point, std::string* out) {
  const auto put = [out](char32_t byte) {
    out->push_back(static_cast<char>(byte));
  };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6);
    put(0x80 | (point & 0x3F));
  } else {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

}  // namespace

void UseUtf8Locale() {
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) {
    ADD_FAILURE() << "there is no locale C.UTF-8";
  }
}

std::string ToUtf8(std::u16string_view text) {
  std::string out;
  for (const char16_t unit : text) AppendUtf8(unit, &out);
  return out;
}

std::u16string ToUtf16(std::string_view text) {
  std::u16string out;
  for (size_t i = 0; i < text.size();) {
    const uint8_t lead = static_cast<uint8_t>(text[i++]);
    const int more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : 2;
    uint32_t point = lead & (more == 0 ? 0x7F : 0x3F >> more);
    for (int n = 0; n < more && i < text.size(); ++n) {
      point = point << 6 | (static_cast<uint8_t>(text[i++]) & 0x3F);
    }
    out.push_back(static_cast<char16_t>(point));
  }
  return out;
}

std::string WriteTestFile(const std::string& name, const std::string& content) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::ofstream file(path, std::ios::trunc);
  file << content;
  file.close();
  if (!file) {
    ADD_FAILURE() << "cannot write " << path;
  }
  return path;
}

}  // namespace sspilab::interop

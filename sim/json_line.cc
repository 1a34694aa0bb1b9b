#include "sim/json_line.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace sspilab::sim {
namespace {

// Where the parser stumbles: its other way of telling errors is exceptions.
class ErrorPlace : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t position, const std::string& last_token,
                   const nlohmann::detail::exception&) override {
    column_ = position;
    last_token_ = last_token;
    return false;
  }

  size_t column() const { return column_; }
  const std::string& last_token() const { return last_token_; }

 private:
  size_t column_ = 0;
  std::string last_token_;
};

}  // namespace

absl::StatusOr<Json> ParseJsonLine(std::string_view line,
                                   std::string_view place) {
  Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_discarded()) {
    return json;
  }
  ErrorPlace error;
  Json::sax_parse(line, &error);
  return absl::InvalidArgumentError(absl::StrCat(
      place, ":", error.column(), ": not JSON at '", error.last_token(), "'"));
}

}  // namespace sspilab::sim

// sspilab decode: a token, field by field.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "sim/commands/command.h"
#include "sim/json_values.h"
#include "sim/render/field_tree.h"
#include "sim/render/kerberos_opened.h"
#include "sim/render/token_fields.h"
#include "sim/token_text.h"

namespace sspilab::sim {
namespace {

absl::Span<const uint8_t> BytesOf(const std::string& token) {
  return {reinterpret_cast<const uint8_t*>(token.data()), token.size()};
}

int Run(const ParsedOptions& options, const Console& console) {
  std::string input;
  if (const auto hex = options.Get("hex"); hex.has_value()) {
    if (!options.arguments().empty()) {
      console.PrintError("give --hex or a file, not both");
      return kExitBadInput;
    }
    if (!BytesFromHex(*hex).has_value()) {
      console.PrintError("--hex needs an even number of hexadecimal digits");
      return kExitBadInput;
    }
    input = std::string(*hex);
  } else if (options.arguments().empty()) {
    console.PrintError("decode what? Give --hex HEX, a file, or -");
    return kExitBadInput;
  } else {
    absl::StatusOr<std::string> contents =
        console.ReadFile(std::string(options.arguments()[0]));
    if (!contents.ok()) {
      console.PrintError(contents.status().message());
      return kExitBadInput;
    }
    input = *std::move(contents);
  }

  const std::optional<std::string> token = RecognizeToken(input);
  if (!token.has_value()) {
    console.PrintError(
        "this is no token of NTLM, Kerberos, SPNEGO, TLS or CredSSP: neither "
        "binary, nor hexadecimal, nor base64 of one");
    return kExitBadInput;
  }
  KerberosKeys keys;
  for (const std::string_view text : options.All("key")) {
    kerberos::Key key;
    if (const absl::Status status = ReadJsonValue(text, &key); !status.ok()) {
      console.PrintError(absl::StrCat("--key ", status.message()));
      return kExitBadInput;
    }
    keys.Add(key);
  }
  const FieldTree tree = TokenFields(BytesOf(*token));
  console.Print(FieldTreeToText(tree, console.style().columns));
  const bool has_keys = !keys.empty();
  const std::vector<OpenedPart> parts =
      OpenKerberosParts(BytesOf(*token), tree, &keys);
  for (const OpenedPart& part : parts) {
    console.Print(
        absl::StrCat("\nencrypted in it: ", part.tree.root.name, "\n",
                     FieldTreeToText(part.tree, console.style().columns)));
  }
  if (has_keys && parts.empty()) {
    console.PrintError("nothing in it is encrypted with the keys given");
    return kExitCheckFailed;
  }
  return tree.error.empty() ? kExitOk : kExitCheckFailed;
}

constexpr OptionSpec kOptions[] = {
    {"hex", "HEX", "The token itself, in hexadecimal."},
    {"key", "ETYPE:HEX",
     "A key that opens encrypted parts of Kerberos' messages: a service's "
     "opens its tickets, and the session key in a ticket what is encrypted "
     "with that. klist -ekK prints those of a keytab. May be repeated.",
     /*repeats=*/true},
};

}  // namespace

constinit const Command kDecodeCommand = {
    .name = "decode",
    .usage = "[--key ETYPE:HEX]... (--hex HEX | FILE | -)",
    .summary = "take a token apart, field by field",
    .description =
        "Prints each field of a token with its offset and size, tokens inside "
        "it included. It may be an NTLM message, a message of Kerberos (in the "
        "framing of GSS-API, as a KDC gets it, or what was encrypted in one), "
        "a SPNEGO token, TLS records or CredSSP's TSRequest or TSCredentials; "
        "its bytes tell which. FILE "
        "(- is standard input) is binary, hexadecimal, or base64 as HTTP "
        "carries it, with its header or without.\n"
        "Of a malformed token it prints what can be read and what is wrong, "
        "and ends with status 1; so it does with keys that open nothing.",
    .examples =
        "sspilab decode --hex 4e544c4d535350000100000007820000\n"
        "echo 'Authorization: NTLM "
        "TlRMTVNTUAABAAAAt4II4gAAAAAAAAAAAAAAAAAAAAAKAHxPAAAADw==' | sspilab "
        "decode -\n"
        "sspilab decode token.bin\n"
        "sspilab decode ap-req.bin --key "
        "aes128-cts-hmac-sha1-96:00112233445566778899aabbccddeeff",
    .options = kOptions,
    .max_arguments = 1,
    .run = Run,
};

}  // namespace sspilab::sim

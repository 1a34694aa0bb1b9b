#include "core/negotiate/attributes.h"

#include "core/common_attributes.h"

namespace sspilab::negotiate {

std::optional<SECURITY_STATUS> AnswerItself(const NegotiateContext& context,
                                            ULONG attribute,
                                            AttributeWriter& out) {
  // Of the package under Negotiate, as the documents of
  // SECPKG_ATTR_PACKAGE_INFO and ..._NEGOTIATION_INFO say: "NTLM", not
  // "Negotiate".
  switch (attribute) {
    case SECPKG_ATTR_PACKAGE_INFO:
      return PutPackageInfo(context.chosen().info(), out);
    case SECPKG_ATTR_NEGOTIATION_INFO:
      return PutNegotiationInfo(context.chosen().info(),
                                context.negotiation_state(), out);
    default:
      return std::nullopt;
  }
}

}  // namespace sspilab::negotiate

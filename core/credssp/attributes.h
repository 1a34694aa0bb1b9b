#ifndef SSPILAB_CORE_CREDSSP_ATTRIBUTES_H_
#define SSPILAB_CORE_CREDSSP_ATTRIBUTES_H_

#include "core/attribute_writer.h"
#include "core/credssp/context.h"

namespace sspilab::credssp {

// Answers QueryContextAttributes: CredSSP's own attributes, Schannel's of the
// TLS session, Negotiate's of who authenticated. SEC_E_INVALID_HANDLE for an
// attribute that the context does not have yet.
SECURITY_STATUS QueryAttribute(const CredSspContext& context, ULONG attribute,
                               AttributeWriter& out);

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_ATTRIBUTES_H_

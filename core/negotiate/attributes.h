#ifndef SSPILAB_CORE_NEGOTIATE_ATTRIBUTES_H_
#define SSPILAB_CORE_NEGOTIATE_ATTRIBUTES_H_

#include <optional>

#include "core/attribute_writer.h"
#include "core/negotiate/context.h"

namespace sspilab::negotiate {

// The attributes that Negotiate answers itself, at any time: which package it
// is, and how far the negotiation has come. Nothing for the others, which are
// the mechanism's.
std::optional<SECURITY_STATUS> AnswerItself(const NegotiateContext& context,
                                            ULONG attribute,
                                            AttributeWriter& out);

}  // namespace sspilab::negotiate

#endif  // SSPILAB_CORE_NEGOTIATE_ATTRIBUTES_H_

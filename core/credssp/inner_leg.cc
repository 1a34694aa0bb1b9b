#include "core/credssp/inner_leg.h"

#include "core/context_buffer.h"

namespace sspilab::credssp {

InnerLeg::~InnerLeg() {
  // It is known to be such memory, or null.
  if (output_.pvBuffer != nullptr) {
    (void)FreeContextBufferMemory(output_.pvBuffer);
  }
}

SECURITY_STATUS InnerLeg::Advance(Context& context,
                                  const absl::Span<uint8_t>* token,
                                  const Arguments& arguments) {
  SecBuffer buffers[2] = {{0, SECBUFFER_TOKEN, nullptr},
                          {0, SECBUFFER_EMPTY, nullptr}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 0, nullptr};
  if (token != nullptr) {
    buffers[0].cbBuffer = static_cast<ULONG>(token->size());
    buffers[0].pvBuffer = token->data();
    descriptor.cBuffers = 2;
    descriptor.pBuffers = buffers;
  }
  BufferList input;
  if (!BufferList::View(&descriptor, &input)) return SEC_E_INTERNAL_ERROR;
  output_ = {0, SECBUFFER_TOKEN, nullptr};
  OutputToken output(world_, &output_, /*allocate=*/true);
  Leg leg{.credential = arguments.credential,
          .requirements = arguments.requirements,
          .target = arguments.target,
          .input = input,
          .output = output};
  SECURITY_STATUS status = context.Advance(leg);
  if (status >= 0 || leg.error_token) output.Commit();
  SecBufferDesc made = {SECBUFFER_VERSION, 1, &output_};
  BufferList finished;
  if (!BufferList::View(&made, &finished)) return SEC_E_INTERNAL_ERROR;
  status = CompleteInside(context, status, finished);
  attributes_ = leg.attributes;
  expiry_ = leg.expiry;
  return status;
}

absl::Span<const uint8_t> InnerLeg::output() const { return BytesOf(output_); }

}  // namespace sspilab::credssp

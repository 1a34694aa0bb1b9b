#ifndef SSPILAB_CORE_NEGOTIATE_POLICY_H_
#define SSPILAB_CORE_NEGOTIATE_POLICY_H_

namespace sspilab {

// What the administrator of the machine has decided about Negotiate.
struct NegotiatePolicy {
  // Whether the acceptor answers with request-mic also where it takes the
  // initiator's first choice. RFC 4178 4.2.2 lets it; Windows never does.
  bool request_mic = false;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_NEGOTIATE_POLICY_H_

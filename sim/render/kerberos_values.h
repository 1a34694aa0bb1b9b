#ifndef SSPILAB_SIM_RENDER_KERBEROS_VALUES_H_
#define SSPILAB_SIM_RENDER_KERBEROS_VALUES_H_

#include <cstdint>
#include <string>

#include "sim/render/der_fields.h"
#include "sim/render/piece.h"

namespace sspilab::sim {

// What the members of Kerberos' messages hold, as the value of their field
// (RFC 4120 5.2). Each is a DerDissector::Show.
void ShowKerberosNumber(DerDissector& dissector, Piece in, Field* field);
// "2024-01-01 10:00:00".
void ShowKerberosTime(DerDissector& dissector, Piece in, Field* field);
// "host/server.example.test".
void ShowPrincipalName(DerDissector& dissector, Piece in, Field* field);
void ShowRealm(DerDissector& dissector, Piece in, Field* field);
void ShowEtype(DerDissector& dissector, Piece in, Field* field);
void ShowEtypes(DerDissector& dissector, Piece in, Field* field);
void ShowErrorCode(DerDissector& dissector, Piece in, Field* field);
void ShowTicketFlags(DerDissector& dissector, Piece in, Field* field);
void ShowKdcOptions(DerDissector& dissector, Piece in, Field* field);
void ShowApOptions(DerDissector& dissector, Piece in, Field* field);

// "PA-ENC-TIMESTAMP" for 2, by IANA's list.
std::string PaDataName(int32_t type);
// What an initiator asks for in the authenticator (RFC 4121 4.1.1.1).
std::string GssFlagNames(uint32_t flags);
// A signed INTEGER of at most four bytes; 0 for others.
int32_t NumberIn(Piece in);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_KERBEROS_VALUES_H_

#ifndef SSPILAB_SIM_RENDER_TLS_VALUES_H_
#define SSPILAB_SIM_RENDER_TLS_VALUES_H_

#include <cstddef>

#include "sim/render/field_tree.h"
#include "sim/render/piece.h"

namespace sspilab::sim {

// What stands in the parts of TLS handshake messages. Each says what `in` is,
// as the value or the children of `*field`.
using ShowTls = void (*)(FirstError& error, Piece in, Field* field);

void ShowHex(FirstError& error, Piece in, Field* field);
// Of at most four bytes.
void ShowNumber(FirstError& error, Piece in, Field* field);

// One name or several, by numbers of two bytes.
void ShowVersion(FirstError& error, Piece in, Field* field);
void ShowCipherSuite(FirstError& error, Piece in, Field* field);
void ShowGroup(FirstError& error, Piece in, Field* field);
void ShowScheme(FirstError& error, Piece in, Field* field);
// Each suite a child.
void ShowCipherSuites(FirstError& error, Piece in, Field* field);

// RFC 8446 4.2: each extension a child.
void ShowExtensions(FirstError& error, Piece in, Field* field);

// Each certificate a child: RFC 5246 7.4.2, and with extensions RFC 8446 4.4.2.
void ShowCertificates(FirstError& error, Piece in, Field* field);
void ShowCertificateEntries(FirstError& error, Piece in, Field* field);
// RFC 5246 7.4.4: each issuer's name a child.
void ShowAuthorities(FirstError& error, Piece in, Field* field);

// Cuts a vector off, whose length stands before it in `prefix` bytes. False
// where it ends past `*from`.
bool CutVector(size_t prefix, Piece* from, Piece* vector);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_TLS_VALUES_H_

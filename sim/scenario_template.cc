#include "sim/scenario_template.h"

namespace sspilab::sim {

std::string_view ScenarioTemplate() {
  static constexpr std::string_view kText =
      R"toml(# The client has a wrong password, and the server refuses it. This comment is the
# description: say in a sentence or two what your scenario shows.

# Run it:       sspilab run FILE
# All in a folder, with one line each:        sspilab run FOLDER
# Some that are there already:                sspilab run --list
#
# A key behind a # without a space is not used. Where nothing else is said, it
# has the value that holds anyway: take the # away and change it. The other keys
# are listed in sim/README.md.

# NTLM, Negotiate, Kerberos, Schannel or CREDSSP. What the file does not say is
# as in that package's ordinary exchange: alice of EXAMPLE, at the machine
# CLIENT, logs on to SERVER, and each side then sends one sealed message.
# Kerberos has a realm for it, EXAMPLE.TEST; sim/README.md says how one has
# others ([[realm]]).
package = "NTLM"

# Of all randomness. The same file is always the same bytes.
#seed = 0

# message: what is sent together arrives together. stream: bytes, as on a socket.
#form = "message"

# What goes wrong on the wire: KIND:DIRECTION:LEG[:WHERE][:VALUE]. An example:
#faults = ["flip:to-server:2:AUTHENTICATE.MIC"]

# What the callers do otherwise than they should. An example, a call too many:
#deviation = [{ side = "server", at = "before AcceptSecurityContext 2", call = "QuerySecurityContextToken" }]

# Who the client is, and what it asks for.
[client]
#user = "alice"
#domain = "EXAMPLE"
password = "battery staple"
#target = "host/server.example.test"
# ISC_REQ_*, and ISC_RET_* without which it goes no further.
#flags = ["REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "ALLOCATE_MEMORY", "CONNECTION", "INTEGRITY"]
#insists_on = ["CONFIDENTIALITY"]
#message = "Good morning, this is alice."
# For Schannel and CREDSSP: it has a certificate for this name, which it shows
# when the server asks for it; and it speaks this version only. Two examples:
#certificate = "alice@example.test"
#tls.protocols = ["1.2"]
# Its machine: clock, names, and what the administrator has decided.
#world.now = 2024-01-01T00:00:00Z
#world.names.computer = "CLIENT"
#world.ntlm.lm_compatibility_level = 3

# The same of the service. Its flags are ASC_REQ_*.
[server]
#flags = ["REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "CONNECTION", "INTEGRITY"]
#insists_on = ["CONFIDENTIALITY"]
#message = "Good morning, alice."
# Whether a domain controller answers it.
#world.authority_reachable = true
#world.names.computer = "SERVER"
#world.ntlm.lm_compatibility_level = 3

# The accounts that the server's authority knows, each with a table like this.
# A file without any has one, the client's.
[[account]]
user = "alice"
domain = "EXAMPLE"
password = "correct horse"
# enabled, disabled, locked, expired, or password expired.
#state = "enabled"

# What is to happen; a file without this table expects that all goes well.
[expect]
# What each side's calls of InitializeSecurityContext and AcceptSecurityContext
# return, one after the other.
client = ["SEC_I_CONTINUE_NEEDED", "SEC_E_OK"]
server = ["SEC_I_CONTINUE_NEEDED", "SEC_E_LOGON_DENIED"]
# authenticated, call failed, lacks attributes, expired, refused by the peer,
# connection lost, not understood, too many legs.
client_ends = "refused by the peer"
#server_ends = "call failed"
# Both sides are content, have one key, and got each other's message.
#ok = false
#same_key = false
# Who the client is for the server.
#identity = ""
# Rules of the SSPI that somebody breaks (sspilab rules).
#broken_rules = []

# One call, with one table for each.
[[expect.call]]
side = "client"
function = "InitializeSecurityContext"
# Which of that side's calls of the function.
nth = 2
#status = "SEC_E_OK"
# Flags that it grants, and that it does not.
has = ["INTEGRITY", "CONFIDENTIALITY"]
#lacks = ["DELEGATE"]
)toml";
  return kText;
}

}  // namespace sspilab::sim

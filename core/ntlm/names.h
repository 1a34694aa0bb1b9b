#ifndef SSPILAB_CORE_NTLM_NAMES_H_
#define SSPILAB_CORE_NTLM_NAMES_H_

#include <string>
#include <string_view>

namespace sspilab::ntlm {

// "DOMAIN\user", or "user" where there is no domain.
inline std::u16string QualifiedName(std::u16string_view domain,
                                    std::u16string_view user) {
  std::u16string name(domain);
  if (!name.empty()) name += u'\\';
  name += user;
  return name;
}

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_NAMES_H_

package dev.culvert.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Host names as certificates and clients write them: ASCII, with A-labels for what is not (RFC
 * 5890). The form in which they are compared is lower case with no final dot.
 */
final class HostNames {
  private static final int DNS_NAME = 2;
  private static final int MAX_CHARS = 253;

  /** Only a whole first label may be a wildcard (RFC 9525, section 6.3). */
  private static final Pattern NAME =
      Pattern.compile("(\\*\\.)?[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");

  private HostNames() {}

  /** The host names that the certificate is for, in its order; what is no such name is left out. */
  static Set<String> of(X509Certificate certificate) {
    Collection<List<?>> alternatives;
    try {
      alternatives = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return Set.of();
    }
    Set<String> names = new LinkedHashSet<>();
    if (alternatives != null) {
      for (List<?> alternative : alternatives) {
        if (alternative.getFirst().equals(DNS_NAME)) {
          String name = normal((String) alternative.getLast());
          if (name.length() <= MAX_CHARS && NAME.matcher(name).matches()) {
            names.add(name);
          }
        }
      }
    }
    return names;
  }

  static String normal(String name) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    return lowerCase.endsWith(".") ? lowerCase.substring(0, lowerCase.length() - 1) : lowerCase;
  }

  /** The wildcard that covers {@code normalName}; empty where none can. */
  static String wildcard(String normalName) {
    int dot = normalName.indexOf('.');
    return dot > 0 ? "*" + normalName.substring(dot) : "";
  }
}

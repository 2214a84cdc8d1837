package dev.culvert.tls;

import java.nio.file.Path;
import java.util.Set;

/** What makes the dialling end believe that the server is the one it means. */
public sealed interface Trust
    permits Trust.SystemAuthorities, Trust.AuthorityFile, Trust.PinnedKey, Trust.AnythingHere {

  /** The certificate authorities of the Java runtime vouch for the server's host name. */
  record SystemAuthorities() implements Trust {}

  /** The authorities in a PEM file, and no others, vouch for the server's host name. */
  record AuthorityFile(Path pem) implements Trust {}

  /**
   * The server holds a known key. Host name, dates and issuer of its certificate do not matter.
   * Several pins let a server's key be replaced.
   */
  record PinnedKey(Set<String> pins) implements Trust {
    public PinnedKey {
      if (pins.isEmpty()) {
        throw new IllegalArgumentException("pins: none (expected: at least one)");
      }
      pins = Set.copyOf(pins);
      pins.forEach(SpkiPin::parse);
    }
  }

  /**
   * Any server at a loopback address, for development. Whoever dials must see to the address, which
   * TLS knows nothing of, before it says anything secret: {@link ClientTls#trusts}.
   */
  record AnythingHere() implements Trust {}

  /**
   * Trust in one key, from the text that the server prints: {@code sha256/} and 44 base64
   * characters. Throws {@link IllegalArgumentException} that says what is wrong with the text.
   */
  static PinnedKey pinned(String pin) {
    return new PinnedKey(Set.of(pin));
  }
}

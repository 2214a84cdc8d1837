package dev.culvert.server.token;

import dev.culvert.mux.control.Secret;
import java.nio.file.Path;

/** What the signing keys are encrypted with at rest. */
public sealed interface KeysetProtection {
  /** Nothing: whoever may read the state directory has the keys. */
  record None() implements KeysetProtection {}

  /** A passphrase, which a second of computing makes a key of. */
  record Passphrase(Secret text) implements KeysetProtection {
    /** Refuses what can be guessed in no time. */
    public Passphrase {
      if (text.reveal().length() < MIN_CHARS) {
        throw new IllegalArgumentException(
            "the passphrase is shorter than " + MIN_CHARS + " characters");
      }
    }

    private static final int MIN_CHARS = 8;
  }

  /**
   * A file with a key of its own: 32 random bytes in base64, to be kept apart from the state
   * directory. Made where it is missing and no keyset needs it yet.
   */
  record KeyFile(Path path) implements KeysetProtection {}
}

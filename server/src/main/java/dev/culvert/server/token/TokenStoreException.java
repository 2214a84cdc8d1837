package dev.culvert.server.token;

import org.jspecify.annotations.Nullable;

/**
 * A failure to read or change the token store; the message names the file or the input and says
 * what to do. It never holds a token or key.
 */
public final class TokenStoreException extends Exception {
  TokenStoreException(String message) {
    this(message, null);
  }

  TokenStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

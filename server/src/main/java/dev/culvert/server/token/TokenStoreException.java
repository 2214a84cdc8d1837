package dev.culvert.server.token;

import org.jspecify.annotations.Nullable;

/**
 * A failure to read or change the token store; the message names the file or the input and says
 * what to do. It never holds a token or key.
 */
public final class TokenStoreException extends Exception {
  private final String problem;
  private final String remedy;

  /** The remedy is a sentence without its full stop. */
  TokenStoreException(String problem, String remedy) {
    this(problem, remedy, null);
  }

  TokenStoreException(String problem, String remedy, @Nullable Throwable cause) {
    super(problem + ". " + remedy + ".", cause);
    this.problem = problem;
    this.remedy = remedy;
  }

  /** What is wrong, without the remedy. */
  public String problem() {
    return problem;
  }

  /** What to do about it, a sentence. */
  public String remedy() {
    return remedy + ".";
  }
}
